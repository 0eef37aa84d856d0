public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// A swarm: the issue that stands for agents who work on an epic together, and how far they are.
public struct Swarm: Sendable {
  /// The issue.
  public let issue: Issue
  /// The epic; nil when it is gone.
  public let epic: Issue?
  /// How far the epic is.
  public let status: SwarmStatus
}

/// How far the children of an epic are.
public struct SwarmStatus: Sendable {
  /// A child that waits, and for what.
  public struct Waiting: Sendable {
    /// The child.
    public let issue: Issue
    /// What it waits for; empty when it was set aside.
    public let blockers: [IssueID]

    /// Makes an entry.
    public init(issue: Issue, blockers: [IssueID] = []) {
      self.issue = issue
      self.blockers = blockers
    }
  }

  /// The children that are done.
  public internal(set) var completed: [Issue] = []
  /// The children that somebody works on.
  public internal(set) var active: [Issue] = []
  /// The children that can be taken up.
  public internal(set) var ready: [Issue] = []
  /// The children that have to wait, blocked or set aside.
  public internal(set) var blocked: [Waiting] = []

  /// How many children there are.
  public var total: Int { completed.count + active.count + ready.count + blocked.count }
  /// From 0 to 100, rounded down; 0 without children.
  public var percent: Int { total == 0 ? 0 : completed.count * 100 / total }
}

extension Store {
  /// Analyses the direct children of an epic: in which waves they can be worked on, and what is wrong.
  ///
  /// Three queries; linear in the number of children and their edges.
  /// - Throws: `notFound`, `invalid` when it is neither an epic nor a molecule.
  public func swarmAnalysis(of epicID: IssueID) throws(BeadsError) -> SwarmAnalysis {
    try read { () throws(BeadsError) in
      let epic = try swarmableIssue(epicID)
      let children = try childIssues(of: epicID)
      let ids = Set(children.map(\.id))
      let targets = Set(
        children.flatMap { $0.dependencies.filter(\.ordersWork).map(\.dependsOnID) }.filter {
          !ids.contains($0)
        })
      // What is not known here counts as open: nobody can say that it is done.
      let finished = try issues(Array(targets)).filter { isFinished($0) }.map(\.id)
      return SwarmAnalysis(
        epic: epic, children: children, isFinished: { isFinished($0) }, outside: targets.subtracting(finished)
      )
    }
  }

  private func swarmableIssue(_ id: IssueID) throws(BeadsError) -> Issue {
    guard let issue = try issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    if issue.type == .epic || issue.type == .molecule { return issue }
    throw BeadsError(
      .invalid, "\(id) is not an epic, its type is \(issue.type)",
      hint: "`bd swarm create \(id)` wraps it in an epic")
  }

  /// How far the children of an epic, or of the epic of a swarm, are.
  ///
  /// - Throws: `notFound`, `invalid` when it is none of these.
  public func swarmStatus(of id: IssueID) throws(BeadsError) -> (epic: Issue, status: SwarmStatus) {
    try read { () throws(BeadsError) in
      guard let issue = try issue(id), !issue.isTombstone else {
        throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
      }
      let epic = try swarmableIssue(issue.swarmedEpic ?? id)
      return (epic, try swarmStatuses([epic.id])[epic.id] ?? SwarmStatus())
    }
  }

  /// Every swarm, oldest first; a handful of queries for any number of them.
  public func swarms() throws(BeadsError) -> [Swarm] {
    try read { () throws(BeadsError) in
      let swarms = try issues(
        where: "i.mol_type = 'swarm' AND i.status <> 'tombstone'", order: "i.created_at, i.id")
      let ids = Array(Set(swarms.compactMap(\.swarmedEpic)))
      let epics = Dictionary(
        try issues(ids).filter { !$0.isTombstone }.map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first })
      let statuses = try swarmStatuses(Array(epics.keys))
      return swarms.map { swarm in
        let epic = swarm.swarmedEpic.flatMap { epics[$0] }
        return Swarm(issue: swarm, epic: epic, status: epic.flatMap { statuses[$0.id] } ?? SwarmStatus())
      }
    }
  }

  /// The swarm of an epic that is not finished, or nil.
  public func openSwarm(of epic: IssueID) throws(BeadsError) -> Issue? {
    let ids = try dependents(of: epic).filter { $0.type == .relatesTo }.map(\.issueID)
    return try issues(ids).first { $0.molType == "swarm" && !isFinished($0) }
  }

  private func swarmStatuses(_ epics: [IssueID]) throws(BeadsError) -> [IssueID: SwarmStatus] {
    let edges = try edges(.up, of: epics).filter { $0.type == .parentChild }
    let children = try issues(Array(Set(edges.map(\.issueID)))).filter { !$0.isTombstone }
    let byID = Dictionary(children.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let waiting = try blocked(among: byID.keys)
    let blockers = try activeBlockers(of: waiting.sorted())
    var statuses: [IssueID: SwarmStatus] = [:]
    for edge in edges.sorted(by: { $0.issueID < $1.issueID }) {
      guard let issue = byID[edge.issueID] else { continue }
      let waits = Set(blockers[issue.id, default: []].map(\.blockerID)).sorted()
      statuses[edge.dependsOnID, default: SwarmStatus()].add(
        issue, rules.vocabulary.category(of: issue.status), isBlocked: waiting.contains(issue.id), waits)
    }
    return statuses
  }
}

extension SwarmStatus {
  fileprivate mutating func add(
    _ issue: Issue, _ category: StatusCategory, isBlocked: Bool, _ blockers: [IssueID]
  ) {
    switch category {
    case .done: completed.append(issue)
    case .wip where issue.status != .blocked: active.append(issue)
    case .active where !isBlocked && !issue.isPinned: ready.append(issue)
    case .wip, .active, .frozen, .unspecified: blocked.append(Waiting(issue: issue, blockers: blockers))
    }
  }
}

extension Issue {
  /// The epic that a swarm works on; nil for anything but a swarm.
  var swarmedEpic: IssueID? {
    molType == "swarm" ? dependencies.first { $0.type == .relatesTo }?.dependsOnID : nil
  }
}
