public import BeadsKit

/// Takes a merged change back: a commit that undoes it goes through the queue as any other, tested.
///
/// The issue behind it is open again and waits for that. It can be done again: what an interrupted call has begun is
/// gone on with.
public struct MergeRevert {
  /// What is to be undone.
  public enum Subject: Sendable {
    /// What a merge request brought.
    case request(IssueID)
    /// A commit on the default branch, or on another one.
    case commit(String, target: BranchName?)
  }

  /// What came of it.
  public struct Result: Sendable, Equatable {
    /// The commit that is undone.
    public let commit: GitID
    /// The merge request that undoes it.
    public let mergeRequest: IssueID
    /// The issue of that.
    public let issue: IssueID
    /// The branch of that.
    public let branch: String
    /// Where it is to go.
    public let target: String
    /// The issue that is open again.
    public let reopened: IssueID?
    /// Whether it was asked for before.
    public let isRepeated: Bool
  }

  let rig: Rig
  let ledgers: Ledgers
  let database: TownDatabase

  /// Reverts in a rig.
  public init(_ rig: Rig, _ ledgers: Ledgers, _ database: TownDatabase) {
    self.rig = rig
    self.ledgers = ledgers
    self.database = database
  }

  /// The change that is undone.
  private struct Change {
    var commit: GitID
    var target: BranchName
    var title: String
    var request: Issue?
    var source: IssueID?
  }

  /// The label of issues whose work is to undo something.
  static let label = "gt:revert"

  /// Makes the commit, pushes it as a branch of its own and asks for its merge.
  /// - Throws: `conflict` when what came later builds on the change, or nothing of it is left; then nothing was done.
  public func run(
    _ subject: Subject, reason: String, priority: Int? = nil, by caller: AgentAddress
  ) throws(BeadsError) -> Result {
    try ledgers.town.fetchOrigin(of: rig)
    let change = try change(subject)
    let name = try BranchName("revert/\(change.commit.description.prefix(12))")
    if let known = try open(of: change) {
      let request = try MergeRequests(rig, ledgers).open().first { $0.sourceIssue == known.id.rawValue }
      if let request {
        let reopened = try reopen(change, known.id, reason, caller)
        return result(change, known.id, request.id, name, reopened, isRepeated: true)
      }
    }
    let branch = try branch(name, change, reason, caller)
    try branch.push(isOwn: true)
    let issue = try task(change, reason, priority ?? min(change.request?.priority ?? 1, 1))
    let id = try branch.ask(for: issue, priority: issue.priority, SecretSearch.Report())
    let reopened = try reopen(change, issue.id, reason, caller)
    EventLog(ledgers.town).append(
      "merge_submitted", actor: caller.text,
      [
        ("mr", id.rawValue), ("bead", issue.id.rawValue), ("branch", name.rawValue), ("reason", reason),
        ("rig", rig.name.rawValue),
      ])
    try database.decide(
      change.request?.id.rawValue ?? change.commit.description, "\(caller) asked to take it back: \(reason)",
      "revert as \(id)", evidence: "\(change.commit.short) on \(change.target)", bead: change.source)
    return result(change, issue.id, id, name, reopened, isRepeated: false)
  }

  private func result(
    _ change: Change, _ issue: IssueID, _ request: IssueID, _ name: BranchName, _ reopened: IssueID?,
    isRepeated: Bool
  ) -> Result {
    Result(
      commit: change.commit, mergeRequest: request, issue: issue, branch: name.rawValue,
      target: change.target.rawValue, reopened: reopened, isRepeated: isRepeated)
  }

  // MARK: The change

  private func change(_ subject: Subject) throws(BeadsError) -> Change {
    let repository = try GitRepository(at: rig.repository)
    var change: Change
    switch subject {
    case .request(let id):
      change = try merged(id)
      // A branch that has landed is gone, and what it brought is on the default branch.
      if try rig.remoteCommit(change.target) == nil { change.target = rig.defaultBranch }
    case .commit(let text, let target):
      guard let commit = try repository.commit(text) else {
        throw BeadsError(
          .notFound, "there is no commit \(quoted(text)) in \(rig.name)", hint: "`git log` lists them")
      }
      change = Change(
        commit: commit, target: target ?? rig.defaultBranch, title: try repository.text(of: commit).summary)
      let message = try repository.message(of: commit)
      if let id = Self.trailer("Merge-Request", message).flatMap(IssueID.init(rawValue:)) {
        change.request = try ledgers.store(of: rig.name).issue(id)
      }
      change.source =
        Self.trailer("Bead", message).flatMap(IssueID.init(rawValue:))
        ?? change.request?.townField("source_issue").flatMap(IssueID.init(rawValue:))
    }
    guard let there = try rig.remoteCommit(change.target), repository.has(commit: change.commit),
      try there == change.commit ? true : repository.isAncestor(change.commit, of: there)
    else { throw BeadsError(.conflict, "\(change.commit.short) is not on \(change.target)") }
    return change
  }

  /// What a merge request brought.
  private func merged(_ id: IssueID) throws(BeadsError) -> Change {
    guard let issue = try ledgers.store(of: rig.name).issue(id), let request = MergeRequest(issue),
      let target = BranchName(rawValue: request.target)
    else {
      throw BeadsError(
        .notFound, "\(id) is no merge request of \(rig.name)", hint: "`gt mq list \(rig.name)`")
    }
    guard issue.isClosed else {
      throw BeadsError(
        .conflict, "\(id) is not merged yet", hint: "`gt mq reject \(id)` takes it out of the queue")
    }
    // What was on the target already, or came with the resolution of its conflict, has no commit of its own.
    guard ["merged", "merged elsewhere"].contains(issue.closeReason),
      let commit = issue.townField("merge_commit").flatMap({ GitID($0) })
    else {
      throw BeadsError(
        .conflict,
        "\(id) has no commit of its own on \(target): it is closed as \(quoted(issue.closeReason))",
        hint: "name the commit that is to be undone")
    }
    var title = Substring(issue.title)
    if title.hasPrefix("Merge: ") { title = title.dropFirst(7) }
    return Change(
      commit: commit, target: target, title: String(title), request: issue,
      source: IssueID(rawValue: request.sourceIssue))
  }

  /// The value of a line `KEY: value` of a message.
  static func trailer(_ key: String, _ message: String) -> String? {
    message.split(separator: "\n").last { $0.hasPrefix(key + ": ") }.map {
      String($0.dropFirst(key.count + 2))
    }
  }

  // MARK: The commit

  /// The commit that undoes the change, on top of its target.
  private func branch(
    _ name: BranchName, _ change: Change, _ reason: String, _ caller: AgentAddress
  ) throws(BeadsError) -> FinishedBranch {
    let repository = try GitRepository(at: rig.repository)
    guard let base = try rig.remoteCommit(change.target) else {
      throw BeadsError(.notFound, "the origin of \(rig.name) has no branch \(change.target)")
    }
    guard let parent = try repository.commit(change.commit).parents.first else {
      throw BeadsError(.conflict, "\(change.commit.short) is the first commit: there is nothing before it")
    }
    let now = try repository.tree(of: base)
    let tree: GitID
    switch try repository.merge(
      base: repository.tree(of: change.commit), ours: now, theirs: repository.tree(of: parent))
    {
    case .conflicts(let paths):
      throw BeadsError(
        .conflict, "what came after \(change.commit.short) builds on it", details: paths,
        hint: "undo it by hand on a branch of your own, then `gt mq submit`")
    case .clean(now):
      throw BeadsError(.conflict, "nothing of \(change.commit.short) is left on \(change.target)")
    case .clean(let found): tree = found
    }
    let person = try person(caller)
    let message = """
      Revert "\(change.title)"

      \(reason)

      This reverts commit \(change.commit).

      """
    let commit = try repository.add(
      GitCommitDraft(
        tree: tree, parents: [base], message: message, author: person, committer: person,
        time: ledgers.town.environment.clock() / 1_000_000_000))
    return try FinishedBranch(
      name, at: commit.description, into: change.target, base.description, of: caller, in: rig.repository,
      rig,
      ledgers, command: "gt mq revert")
  }

  /// Who the commit is by: what git knows of the person, else the agent's address.
  private func person(_ caller: AgentAddress) throws(BeadsError) -> GitPerson {
    let git = ledgers.town.git(rig.repository)
    let name = try git.ask("config", "user.name"), mail = try git.ask("config", "user.email")
    let environment = ledgers.town.environment
    return GitPerson(
      name: environment["GIT_AUTHOR_NAME"] ?? (name.text.isEmpty ? caller.text : name.text),
      mail: environment["GIT_AUTHOR_EMAIL"]
        ?? (mail.text.isEmpty ? "\(rig.name).revert@gastown.local" : mail.text))
  }

  // MARK: Issues

  /// The issue of an earlier call that is not finished.
  private func open(of change: Change) throws(BeadsError) -> Issue? {
    var filter = IssueFilter()
    filter.labels = [Self.label]
    filter.statuses = .unfinished
    return try ledgers.store(of: rig.name).issues(matching: filter, order: .oldest).first {
      $0.townField("reverts") == change.commit.description
    }
  }

  /// The issue whose work is the revert: it is closed with its merge, and what waits for it goes on then.
  private func task(_ change: Change, _ reason: String, _ priority: Int) throws(BeadsError) -> Issue {
    if let known = try open(of: change) { return known }
    let store = try ledgers.store(of: rig.name)
    try TownVocabulary.teach(store)
    var draft = IssueDraft(title: String("Revert: \(change.title)".prefix(200)))
    draft.priority = priority
    draft.labels = [Self.label]
    draft.description = """
      \(change.commit) is to be taken back from \(change.target): \(reason)

      The commit that does so is in the merge queue. If it cannot be merged, undo the change by hand, test, and submit \
      that with `gt done`.
      """
    let made = draft
    return try store.write("mq revert") { tx throws(BeadsError) in
      let id = try tx.create(made).id
      return try tx.update(id) { issue throws(BeadsError) in
        issue.status = .inReview
        try issue.setTownField("reverts", change.commit.description)
        try issue.setTownField("reverts_mr", change.request?.id.rawValue)
      }
    }
  }

  /// Opens the issue behind the change again; where it can, it waits for the revert.
  private func reopen(
    _ change: Change, _ revert: IssueID, _ reason: String, _ caller: AgentAddress
  ) throws(BeadsError) -> IssueID? {
    guard let source = change.source, ledgers.router.route(for: source.rawValue) != nil else { return nil }
    let store = try ledgers.store(for: source)
    guard let issue = try store.issue(source), issue.isClosed, !issue.isTombstone else { return nil }
    let isHere = ledgers.rig(of: source) == rig.name
    try store.write("mq revert") { tx throws(BeadsError) in
      try tx.reopen(
        source,
        reason: "\(change.commit.short) is taken back with \(revert), asked for by \(caller): \(reason)")
      try tx.update(source) { $0.assignee = "" }
      if isHere { try tx.addDependency(source, dependsOn: revert) }
    }
    return source
  }
}
