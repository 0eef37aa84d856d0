public import BeadsKit

/// A merge request as it stands in the queue.
public struct QueueEntry: Sendable {
  /// Whether it can be merged now, and if not, what it waits for.
  public enum State: String, Sendable {
    /// It is next when its turn comes.
    case ready
    /// The engine is at it.
    case merging
    /// Somebody other than the engine looks after it.
    case claimed
    /// Another issue has to be closed first, such as the resolution of its conflict.
    case blocked
    /// Its gates failed; it is submitted anew when that is mended.
    case needsFix = "needs-fix"
    /// Its branch is not what was submitted.
    case needsResubmit = "needs-resubmit"
    /// Nobody has said that work may be merged here without gates, or a person has to approve it.
    case needsApproval = "needs-approval"
    /// It failed too often: a person has to look at it.
    case needsHelp = "needs-help"
    /// It is in the queue no more.
    case closed

    /// Whether it failed, and is tried again only when somebody says so.
    public var isTurnedAway: Bool { [.needsFix, .needsResubmit, .needsHelp].contains(self) }
  }

  /// Its issue.
  public let issue: Issue
  /// What it asks for.
  public let request: MergeRequest
  /// Whether it can be merged now.
  public let state: State
  /// What it waits for, in a few words; nil when it can be merged now.
  public let waitsFor: String?
  /// The issues that have to be closed first.
  public let blockers: [IssueID]
  /// Higher is earlier; see `MergeQueue.score`.
  public let score: Double
  /// How often it failed.
  public let attempts: Int

  /// Whether the engine may try it now.
  public var isDue: Bool { state == .ready }

  /// How long it is in the queue, in nanoseconds.
  public func age(at now: Timestamp) -> Int64 {
    max(0, now.unixNanoseconds - issue.createdAt.unixNanoseconds)
  }
}

/// The merge requests of a rig in the order in which they are merged.
public struct MergeQueue {
  /// The rig.
  public let rig: Rig
  let ledgers: Ledgers
  let policy: MergePolicy

  /// The queue of a rig.
  public init(_ rig: Rig, _ ledgers: Ledgers, policy: MergePolicy) {
    self.rig = rig
    self.ledgers = ledgers
    self.policy = policy
  }

  /// Labels on merge requests.
  static let needsFix = "needs-fix"
  static let needsRebase = "needs-rebase"
  static let needsResubmit = "needs-resubmit"
  static let approved = "approved"
  static let needsHelp = "needs-help"

  /// The open merge requests, first the one that is merged first.
  ///
  /// Two queries, and a third one when some of them are blocked, whatever their number.
  public func entries() throws(BeadsError) -> [QueueEntry] {
    let store = try ledgers.store(of: rig.name)
    let issues = try MergeRequests(rig, ledgers).issues()
    let blocked = try store.blocked(among: issues.map(\.id))
    let blockers = blocked.isEmpty ? [:] : try store.activeBlockers(of: blocked.sorted())
    let now = ledgers.town.now
    var entries: [QueueEntry] = []
    for issue in issues {
      guard let request = MergeRequest(issue) else { continue }
      let waited = Set(blockers[issue.id, default: []].map(\.blockerID)).sorted()
      let state = state(issue, isBlocked: blocked.contains(issue.id))
      entries.append(
        QueueEntry(
          issue: issue, request: request, state: state, waitsFor: need(issue, state, waited),
          blockers: waited,
          score: Self.score(issue, now: now), attempts: Self.attempts(issue)))
    }
    return entries.sorted { $0.score == $1.score ? $0.issue.id < $1.issue.id : $0.score > $1.score }
  }

  /// How often a merge request failed.
  public static func attempts(_ issue: Issue) -> Int {
    issue.townField("retry_count").flatMap { Int($0) } ?? 0
  }

  var engine: String { AgentAddress.refinery(rig.name).text }

  private func state(_ issue: Issue, isBlocked: Bool) -> QueueEntry.State {
    if issue.labels.contains(Self.needsHelp) { return .needsHelp }
    if issue.labels.contains(Self.needsFix) { return .needsFix }
    if issue.labels.contains(Self.needsResubmit) { return .needsResubmit }
    if issue.status == .inProgress, !isAbandoned(issue) {
      return issue.assignee == engine ? .merging : .claimed
    }
    if isBlocked { return .blocked }
    return isPermitted || issue.labels.contains(Self.approved) ? .ready : .needsApproval
  }

  /// Whether merge requests need nobody's approval.
  private var isPermitted: Bool { !policy.requiresReview && !(policy.requiresGates && policy.gates.isEmpty) }

  /// What a merge request in this state waits for.
  private func need(_ issue: Issue, _ state: QueueEntry.State, _ blockers: [IssueID]) -> String? {
    switch state {
    case .ready, .closed: return nil
    case .merging: return "the engine, which is at it"
    case .claimed: return "\(issue.assignee), who has claimed it"
    case .blocked:
      let names = blockers.map(\.rawValue).joined(separator: ", ")
      return names.isEmpty ? "what it depends on" : "\(names) to be closed"
    case .needsFix: return "a commit that passes the gates"
    case .needsResubmit: return "its branch to be submitted again"
    case .needsHelp: return "a person: it failed \(Self.attempts(issue)) times"
    case .needsApproval:
      if !policy.requiresReview { return "an approval, because \(rig.name) has no gates" }
      return policy.isPullRequest ? "an approval, or its merge by somebody else" : "an approval"
    }
  }

  /// Whether somebody other than the engine has claimed it and let the claim run out; the engine's own claims end with
  /// its attempt.
  func isAbandoned(_ issue: Issue) -> Bool {
    guard issue.assignee != engine else { return false }
    let age = ledgers.town.now.unixNanoseconds - issue.updatedAt.unixNanoseconds
    return age > nanoseconds(policy.claimLease)
  }

  /// 1000, 100 for each step of priority above backlog, less 50 for each failed attempt (300 at the most), one for
  /// each hour of age and ten for each hour of its convoy: important work first, what was begun is finished, and nothing
  /// waits for ever (contract 4.4.2).
  static func score(_ issue: Issue, now: Timestamp) -> Double {
    func hours(since time: Timestamp) -> Double {
      max(0, Double(now.unixNanoseconds - time.unixNanoseconds)) / 3_600_000_000_000
    }
    let priority = (0...4).contains(issue.priority) ? issue.priority : 4
    let convoy = issue.townField("convoy_created_at").flatMap { Timestamp($0) }
    return 1000 + Double(100 * (4 - priority)) - Double(min(50 * attempts(issue), 300))
      + hours(since: issue.createdAt) + 10 * (convoy.map(hours) ?? 0)
  }

  /// The entry of a merge request.
  /// - Throws: `not_found`, `conflict` when it is closed already.
  public func entry(_ id: IssueID) throws(BeadsError) -> QueueEntry {
    if let found = try entries().first(where: { $0.issue.id == id }) { return found }
    if let issue = try ledgers.store(of: rig.name).issue(id), MergeRequest(issue) != nil {
      throw BeadsError(
        .conflict, "\(id) is closed: \(issue.closeReason)",
        hint: "`gt done` and `gt mq submit` hand in a branch again")
    }
    throw BeadsError(.notFound, "\(id) is no merge request of \(rig.name)", hint: "`gt mq list \(rig.name)`")
  }

  // MARK: What people do with it

  /// Puts a merge request that failed back into the queue as it is.
  @discardableResult
  public func retry(_ id: IssueID) throws(BeadsError) -> Issue {
    let entry = try entry(id)
    if entry.state == .merging { throw Self.isBeingMerged(id) }
    try takeBack(IssueID(rawValue: entry.request.sourceIssue))
    let store = try ledgers.store(of: rig.name)
    return try store.write("mq retry") { tx throws(BeadsError) in
      guard let now = try store.issue(id), !now.isClosed, now.status != .inProgress || isAbandoned(now)
      else { throw Self.isBeingMerged(id) }
      return try tx.update(id) { issue throws(BeadsError) in
        let isFresh = issue.labels.contains(Self.needsHelp)
        issue.labels.removeAll {
          [Self.needsFix, Self.needsRebase, Self.needsResubmit, Self.needsHelp].contains($0)
        }
        issue.status = .open
        issue.assignee = ""
        if isFresh { try issue.setTownField("retry_count", "0") }
      }
    }
  }

  /// Lets a merge request pass without gates or review; it is recorded who said so.
  @discardableResult
  public func approve(_ id: IssueID) throws(BeadsError) -> Issue {
    _ = try entry(id)
    let actor = ledgers.actor
    return try ledgers.store(of: rig.name).write("mq approve") { tx throws(BeadsError) in
      try tx.addLabels([Self.approved], to: id)
      return try tx.update(id) { issue throws(BeadsError) in try issue.setTownField("approved_by", actor) }
    }
  }

  /// Takes a merge request out of the queue for good; its issue is open again.
  public func reject(_ id: IssueID, reason: String) throws(BeadsError) {
    let entry = try entry(id)
    if entry.state == .merging { throw Self.isBeingMerged(id) }
    let source = IssueID(rawValue: entry.request.sourceIssue)
    let store = try ledgers.store(of: rig.name)
    try store.write("mq reject") { tx throws(BeadsError) in
      // The engine may have taken it since.
      guard let now = try store.issue(id), !now.isClosed, now.status != .inProgress || isAbandoned(now)
      else { throw Self.isBeingMerged(id) }
      try tx.update(id) { issue throws(BeadsError) in try issue.setTownField("close_reason", "rejected") }
      try tx.close(id, reason: "rejected: \(reason)", force: true)
    }
    if let source { try giveBack(source, because: "\(id) was rejected: \(reason)") }
    EventLog(ledgers.town).append(
      "merge_skipped", actor: ledgers.actor,
      [("mr", id.rawValue), ("branch", entry.request.branch), ("reason", reason)])
  }

  static func isBeingMerged(_ id: IssueID) -> BeadsError {
    BeadsError(.conflict, "\(id) is being merged", hint: "wait until it is done: `gt mq status \(id)`")
  }

  /// Takes a merge request out of the queue whose issue is not to be merged; nothing has failed.
  func withdraw(_ entry: QueueEntry, because reason: String) throws(BeadsError) {
    try ledgers.store(of: rig.name).write("mq withdraw") { tx throws(BeadsError) in
      try tx.close(entry.issue.id, reason: reason, force: true)
    }
    EventLog(ledgers.town).append(
      "merge_skipped", actor: ledgers.actor,
      [("mr", entry.issue.id.rawValue), ("branch", entry.request.branch), ("reason", reason)])
  }

  /// Makes an issue whose work was not merged ready again, with the reason as a comment.
  /// - Parameter asBlocked: Whether it is not given out again before somebody has looked at it.
  func giveBack(_ id: IssueID, because reason: String, asBlocked: Bool = false) throws(BeadsError) {
    guard ledgers.rig(of: id) != nil else { return }
    let store = try ledgers.store(for: id)
    guard let issue = try store.issue(id), !issue.isClosed else { return }
    try store.write("merge failed") { tx throws(BeadsError) in
      try tx.addComment(reason, to: id)
      guard issue.status == .inReview else { return }
      try tx.update(id) { issue in
        issue.status = asBlocked ? .blocked : .open
        issue.assignee = ""
      }
    }
  }

  /// Has an issue that was given back wait for its merge again, unless somebody is at it.
  private func takeBack(_ id: IssueID?) throws(BeadsError) {
    guard let id, ledgers.rig(of: id) != nil else { return }
    let store = try ledgers.store(for: id)
    try store.write("mq retry") { tx throws(BeadsError) in
      guard let issue = try store.issue(id), issue.assignee.isEmpty,
        issue.status == .open || issue.status == .blocked
      else { return }
      try tx.update(id) { $0.status = .inReview }
    }
  }
}
