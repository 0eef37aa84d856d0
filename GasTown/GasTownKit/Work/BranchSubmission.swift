public import BeadsKit

/// Gives a finished branch to the merge queue without ending an assignment: `gt mq submit`.
///
/// It may be the branch that is checked out, one of a polecat that is gone, or one that somebody has pushed. What
/// `gt done` demands of a branch is demanded here too. It can be done again: a branch that is in the queue as it is
/// stays there.
public struct BranchSubmission {
  /// What is to be merged.
  public struct Request: Sendable {
    /// Who asks.
    public var caller: AgentAddress
    /// Where that is: a checkout of the rig's repository, or anywhere else.
    public var directory: String
    /// The branch; nil for the one that is checked out.
    public var branch: String?
    /// The issue that the work is for; nil for the one that the branch or the hook names.
    public var issue: IssueID?
    /// Where it is to go; nil for the integration branch of an epic above the issue, else the default branch.
    public var target: String?
    /// The epic whose integration branch is the target.
    public var epic: IssueID?
    /// Its priority; nil for that of the issue.
    public var priority: Int?
    /// Whether it is submitted although its issue waits for others.
    public var ignoresBlockers = false
    /// Whether a branch that was turned away is submitted again as it is.
    public var isAgain = false

    /// Asks for the branch that is checked out.
    public init(_ caller: AgentAddress, in directory: String) {
      self.caller = caller
      self.directory = directory
    }
  }

  /// What came of it.
  public struct Result: Sendable, Equatable {
    /// The merge request.
    public var mergeRequest: IssueID
    /// The issue that the work is for.
    public var issue: IssueID
    /// The branch.
    public var branch: String
    /// Its last commit.
    public var commit: String
    /// Where it is to go.
    public var target: String
    /// Whose work it is.
    public var worker: String
    /// Whether it was in the queue before.
    public var isRepeated = false
    /// What the caller should know.
    public var warnings: [String] = []
  }

  let rig: Rig
  let ledgers: Ledgers
  let database: TownDatabase
  private var town: Town { ledgers.town }
  private static let command = "gt mq submit"

  /// The way into the queue of a rig.
  public init(_ rig: Rig, _ ledgers: Ledgers, _ database: TownDatabase) {
    self.rig = rig
    self.ledgers = ledgers
    self.database = database
  }

  /// Pushes the branch and asks for its merge.
  /// - Throws: `not_found`, `invalid`, `conflict` and `refused` when something is to be put right first: then nothing was
  ///   pushed or written.
  public func run(_ request: Request) throws(BeadsError) -> Result {
    let (name, head, place) = try locate(request)
    let issue = try issue(request, name)
    let worker = try worker(of: name) ?? request.caller
    try check(issue, worker, request)
    let target = try target(request, issue)
    if name == target || name == rig.defaultBranch {
      throw BeadsError(
        .invalid, "\(name) is what branches are merged into",
        hint: "commit on a branch of your own: `git switch -c NAME`")
    }
    try fetch(target, in: place)
    let base = "refs/remotes/origin/\(target)"
    guard let targetHead = try GitCommand(within: place, town.environment).commit(base) else {
      throw BeadsError(.notFound, "the origin of \(rig.name) has no branch \(target)", hint: "push it first")
    }
    let branch = try FinishedBranch(
      name, at: head, into: target, targetHead, of: worker, in: place, rig, ledgers, command: Self.command)
    if branch.count == 0 {
      throw BeadsError(
        .conflict, "\(name) has no commit that \(target) does not have", hint: "commit your work first")
    }
    if let known = try known(branch, issue, request) { return known }
    try branch.refuseManagedFiles()
    let secrets = try branch.refuseSecrets(issue: issue.id)
    try branch.push(isOwn: worker.role == .polecat && worker == request.caller)
    let id = try branch.ask(for: issue, priority: request.priority, secrets)
    try note(branch, issue, id)
    try database.decide(
      id.rawValue, "\(request.caller) submitted \(name)", "in the queue for \(target)",
      evidence: "commit \(head.prefix(7)), \(branch.count) \(branch.count == 1 ? "commit" : "commits")",
      bead: issue.id)
    EventLog(town).append(
      "merge_submitted", actor: request.caller.text,
      [
        ("mr", id.rawValue), ("bead", issue.id.rawValue), ("branch", name.rawValue),
        ("rig", rig.name.rawValue),
      ])
    return result(branch, issue, id, isRepeated: false, FinishedBranch.warnings(of: secrets))
  }

  private func result(
    _ branch: FinishedBranch, _ issue: Issue, _ id: IssueID, isRepeated: Bool, _ warnings: [String] = []
  ) -> Result {
    Result(
      mergeRequest: id, issue: issue.id, branch: branch.name.rawValue, commit: branch.head,
      target: branch.target.rawValue, worker: branch.worker.text, isRepeated: isRepeated,
      warnings: branch.warnings + warnings)
  }

  // MARK: What was submitted before

  /// The merge request that the same commit has already; nil when a new one is to be made.
  private func known(
    _ branch: FinishedBranch, _ issue: Issue, _ request: Request
  ) throws(BeadsError) -> Result? {
    func isSame(_ other: MergeRequest) -> Bool {
      other.branch == branch.name.rawValue && other.commit == branch.head
        && other.target == branch.target.rawValue && other.sourceIssue == issue.id.rawValue
    }
    let queue = MergeQueue(rig, ledgers, policy: try MergePolicy(RigSettings.load(rig)))
    if let entry = try queue.entries().first(where: { isSame($0.request) }) {
      let isTurnedAway = [.needsFix, .needsResubmit, .needsHelp].contains(entry.state)
      if isTurnedAway {
        guard request.isAgain else {
          throw BeadsError(
            .conflict, "\(entry.issue.id) was turned away at this very commit: \(entry.state.rawValue)",
            hint: "`gt mq status \(entry.issue.id)` tells why; commit what mends it, or add --resubmit")
        }
        try queue.retry(entry.issue.id)
      }
      return result(branch, issue, entry.issue.id, isRepeated: !isTurnedAway)
    }
    let closed = try MergeRequests(rig, ledgers).closed().first { MergeRequest($0).map(isSame) == true }
    if let closed, MergeRequest.outcome(closed) == "rejected", !request.isAgain {
      throw BeadsError(
        .conflict, "\(closed.id) was \(closed.closeReason)", hint: "add --resubmit to ask for it again")
    }
    return nil
  }

  /// Says on the issue that its work waits to be merged.
  private func note(_ branch: FinishedBranch, _ issue: Issue, _ request: IssueID) throws(BeadsError) {
    let store = try ledgers.store(for: issue.id)
    try TownVocabulary.teach(store)
    try store.write("mq submit") { tx throws(BeadsError) in
      try tx.update(issue.id, force: true) { issue throws(BeadsError) in
        guard !issue.isClosed else { return }
        issue.status = .inReview
        try issue.setMetadata("branch", .string(branch.name.rawValue))
        try issue.setMetadata("commit_sha", .string(branch.head))
        try issue.setMetadata("mr_id", .string(request.rawValue))
        try issue.removeLabel(Done.recoveryLabel)
      }
    }
  }
}
