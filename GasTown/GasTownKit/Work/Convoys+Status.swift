public import BeadsKit

extension Convoys {
  /// A convoy with the present state of everything it follows; one query for each tracker concerned.
  public func status(_ id: IssueID) throws(BeadsError) -> ConvoyProgress {
    try status(of: [try convoy(id)])[0]
  }

  /// Convoys with the present state of everything they follow; one query for each tracker concerned, whatever the
  /// number of convoys.
  ///
  /// A tracker that cannot be read makes its issues unknown, and those of the others stay known.
  public func status(of convoys: [Convoy]) throws(BeadsError) -> [ConvoyProgress] {
    let known = try states(of: Self.unique(convoys.flatMap(\.tracked)))
    return convoys.map { convoy in
      ConvoyProgress(convoy: convoy, tracked: convoy.tracked.compactMap { known[$0] })
    }
  }

  /// The present state of issues of any trackers.
  public func states(of ids: [IssueID]) throws(BeadsError) -> [IssueID: TrackedIssue] {
    let workers = try workersByBead()
    var states: [IssueID: TrackedIssue] = [:]
    let groups = Dictionary(grouping: ids) { ledgers.router.route(for: $0.rawValue)?.path ?? "" }
    for (_, ids) in groups {
      do throws(BeadsError) {
        try read(ids, workers, &states)
      } catch {
        for id in ids {
          states[id] = TrackedIssue(
            id: id, issue: nil, isDone: false, isBlocked: false, worker: workers[id], problem: error.message)
        }
      }
    }
    let now = ledgers.town.now.unixNanoseconds
    for (id, tracked) in states {
      states[id]?.workerAge = tracked.worker?.assignedAt.map { max(0, now - $0) }
    }
    return states
  }

  private func read(
    _ ids: [IssueID], _ workers: [IssueID: AgentRecord], _ states: inout [IssueID: TrackedIssue]
  ) throws(BeadsError) {
    let store = try ledgers.store(for: ids[0])
    let issues = try store.issues(ids)
    let blocked = try store.heldUp(among: ids)
    for issue in issues {
      states[issue.id] = TrackedIssue(
        id: issue.id, issue: issue, isDone: store.rules.vocabulary.category(of: issue.status) == .done,
        isBlocked: blocked.contains(issue.id), worker: workers[issue.id], problem: nil)
    }
    for id in ids where states[id] == nil {
      states[id] = TrackedIssue(
        id: id, issue: nil, isDone: false, isBlocked: false, worker: workers[id],
        problem: "its tracker has no such issue")
    }
  }

  private func workersByBead() throws(BeadsError) -> [IssueID: AgentRecord] {
    var workers: [IssueID: AgentRecord] = [:]
    for agent in try database?.agents() ?? [] { if let bead = agent.bead { workers[bead] = agent } }
    return workers
  }
}
