public import BeadsKit

/// What a polecat does when it ends its assignment: `gt done`.
///
/// Every step can be done again: whatever was interrupted, the same call goes on where the other one ended. The issue
/// is not closed, because its commits are not where they are to be yet: it waits in review until they are proven
/// there.
public struct Done {
  /// How an assignment ends.
  public enum Exit: String, Sendable, CaseIterable {
    /// The work is finished and is to be merged.
    case completed = "COMPLETED"
    /// The agent needs help.
    case escalated = "ESCALATED"
    /// The agent stops here; the work goes on later.
    case deferred = "DEFERRED"
  }

  /// What the agent says about it.
  public struct Request: Sendable {
    /// Who ends its work.
    public var agent: AgentAddress
    /// How it ends.
    public var exit = Exit.completed
    /// The issue; nil for what is on the agent's hook.
    public var issue: IssueID?
    /// The priority of the merge request; nil for that of the issue.
    public var priority: Int?
    /// The branch to merge into; nil for the one the work started from.
    public var target: String?
    /// Whether the agent says that there is nothing to merge.
    public var isReportOnly = false
    /// Whether the agent has run the gates itself.
    public var isPreVerified = false
    /// Why, for those who are asked for help.
    public var reason = ""

    /// A finished assignment.
    public init(_ agent: AgentAddress) { self.agent = agent }
  }

  /// What came of it.
  public struct Result: Sendable, Equatable {
    /// How it ended.
    public var exit: Exit
    /// The issue.
    public var issue: IssueID
    /// Its status now.
    public var status: Status
    /// The branch with the work.
    public var branch: String?
    /// The last commit of the work.
    public var commit: String?
    /// Where it is to go.
    public var target: String?
    /// The merge request.
    public var mergeRequest: IssueID?
    /// Files that were committed for the agent.
    public var savedFiles: [String] = []
    /// What the agent should know.
    public var warnings: [String] = []
    /// Whether it was all done before.
    public var isRepeated = false
  }

  let polecats: Polecats
  /// Asks somebody for help: the issue, who asks, and why.
  public var escalate: (_ issue: Issue, _ agent: AgentAddress, _ reason: String) throws(BeadsError) -> Void =
    {
      _, _, _ in
    }
  /// Tells whoever gave out the work that a branch waits for a look at it.
  public var announce: (_ issue: Issue, _ to: String, _ result: Result) throws(BeadsError) -> Void = {
    _, _, _ in
  }

  var town: Town { polecats.town }
  var rig: Rig { polecats.rig }
  var database: TownDatabase { polecats.database }
  var worktrees: RigWorktrees { polecats.worktrees }

  /// The end of an assignment of a polecat of this rig.
  public init(_ polecats: Polecats) { self.polecats = polecats }

  /// What is known of the assignment that ends.
  struct Work {
    var request: Request
    var record: AgentRecord
    var issue: Issue
    var attachment: Attachment
    var worktree: String
  }

  /// Ends an assignment.
  /// - Throws: `conflict` and `invalid` when something is to be put right first, `io_error` when the branch could not
  ///   be pushed or the merge request not be recorded: then the issue and the polecat stay as they are.
  public func run(_ request: Request) throws(BeadsError) -> Result {
    guard request.agent.role == .polecat, let name = request.agent.name else {
      throw BeadsError(
        .invalid, "`gt done` is for polecats, and this is \(request.agent)",
        hint: "`bd close` closes an issue")
    }
    guard let record = try database.agent(request.agent) else {
      throw BeadsError(
        .notFound, "there is no polecat \(request.agent)", hint: "`gt polecat list` shows them")
    }
    if record.bead == nil, request.issue == nil || request.issue == record.lastDone?.issue,
      let earlier = try repeated(record)
    {
      return earlier
    }
    let worktree = rig.polecatWorktree(name)
    if let (issue, result) = try handedIn(request, record, worktree) {
      try finish(issue, request.agent, result)
      tell(result, request.agent)
      return result
    }
    guard FileSystem.isDirectory(worktree) else {
      throw BeadsError(
        .notFound, "the worktree \(worktree) is gone",
        hint: "`gt polecat status \(rig.name)/\(name)` tells more")
    }
    if let target = request.target { try requireTarget(target) }
    let saved = try AutoSave(worktree: worktree, agent: request.agent, environment: town.environment)
      .run("Save the work of \(request.agent)")
    var work = try self.work(request, record, worktree)
    work.request = request
    var result: Result
    switch request.exit {
    case .completed: result = try complete(work)
    case .escalated: result = try callForHelp(work)
    case .deferred: result = try putOff(work)
    }
    result.savedFiles = saved.files
    tell(result, request.agent)
    return result
  }

  private func tell(_ result: Result, _ agent: AgentAddress) {
    EventLog(town).append(
      "done", actor: agent.text,
      [
        ("bead", result.issue.rawValue), ("branch", result.branch), ("exit", result.exit.rawValue),
        ("mr", result.mergeRequest?.rawValue),
      ])
  }

  /// An assignment whose work was handed in by an earlier call that was interrupted after that; nil when there is
  /// something new to hand in.
  private func handedIn(
    _ request: Request, _ record: AgentRecord, _ worktree: String
  ) throws(BeadsError) -> (Issue, Result)? {
    guard request.exit == .completed, let id = record.bead, request.issue == nil || request.issue == id,
      let issue = try polecats.store(of: id).issue(id), issue.assignee == request.agent.text,
      issue.status == .inReview || issue.status == .closed,
      let fields = issue.metadata.flatMap({ JSONValue(parsing: $0) }), let branch = record.branch,
      fields["branch"]?.stringValue == branch.rawValue, let commit = fields["commit_sha"]?.stringValue
    else { return nil }
    if FileSystem.isDirectory(worktree) {
      let state = try WorktreeState.read(worktree, town.environment)
      guard state.isClean, state.head == commit || (state.branch == nil && state.unpushed == 0) else {
        return nil
      }
    }
    var result = Result(
      exit: .completed, issue: id, status: issue.status, branch: branch.rawValue, commit: commit)
    result.mergeRequest = fields["mr_id"]?.stringValue.flatMap(IssueID.init(rawValue:))
    return (issue, result)
  }

  /// The issue that ends, if it is the agent's.
  private func work(
    _ request: Request, _ record: AgentRecord, _ worktree: String
  ) throws(BeadsError) -> Work {
    let named = worktrees.checkedOutBranch(worktree).flatMap { Self.issue(inBranch: $0) }
    guard let id = request.issue ?? record.bead ?? named else {
      throw BeadsError(
        .notFound, "nothing is on the hook of \(request.agent)", hint: "name the issue with --issue")
    }
    let store = try polecats.store(of: id)
    guard let issue = try store.issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(id)")
    }
    guard issue.assignee == request.agent.text else {
      let holder = issue.assignee.isEmpty ? "nobody's" : "that of \(issue.assignee)"
      throw BeadsError(
        .conflict, "\(id) is \(holder) by now, not that of \(request.agent)",
        hint: "what you did stays on your branch; `gt hook` shows what you have to do")
    }
    if issue.isClosed {
      throw BeadsError(.conflict, "\(id) is closed already", hint: "`gt hook` shows what you have to do")
    }
    return Work(
      request: request, record: record, issue: issue, attachment: Attachment(issue), worktree: worktree)
  }

  /// The issue in a branch name `polecat/NAME/ISSUE@TIME`.
  static func issue(inBranch branch: BranchName) -> IssueID? {
    let parts = branch.rawValue.split(separator: "/")
    guard parts.count == 3, parts[0] == "polecat" else { return nil }
    return IssueID(rawValue: String(parts[2].prefix { $0 != "@" }))
  }

  /// What this polecat did last, when that is all it did.
  private func repeated(_ record: AgentRecord) throws(BeadsError) -> Result? {
    guard let last = record.lastDone, let issue = try polecats.store(of: last.issue).issue(last.issue) else {
      return nil
    }
    return Result(
      exit: last.exit, issue: issue.id, status: issue.status, branch: last.branch, commit: last.commit,
      mergeRequest: last.mergeRequest, isRepeated: true)
  }
}

/// How an agent's last assignment ended, as its record has it.
struct LastDone {
  var exit: Done.Exit
  var issue: IssueID
  var branch: String?
  var commit: String?
  var mergeRequest: IssueID?
}

extension AgentRecord {
  var lastDone: LastDone? {
    get {
      guard let done = details["done"], let exit = done["exit_type"]?.stringValue.flatMap(Done.Exit.init),
        let issue = done["issue"]?.stringValue.flatMap(IssueID.init(rawValue:))
      else { return nil }
      return LastDone(
        exit: exit, issue: issue, branch: done["branch"]?.stringValue,
        commit: done["commit_sha"]?.stringValue,
        mergeRequest: done["mr_id"]?.stringValue.flatMap(IssueID.init(rawValue:)))
    }
    set {
      if case .object = details {} else { details = .object([]) }
      details["done"] = newValue.map { done in
        .members([
          ("exit_type", .string(done.exit.rawValue)), ("issue", .string(done.issue.rawValue)),
          ("branch", done.branch.map { .string($0) }), ("commit_sha", done.commit.map { .string($0) }),
          ("mr_id", done.mergeRequest.map { .string($0.rawValue) }),
        ])
      }
    }
  }
}
