public import BeadsModel
public import BeadsSystem

extension Store {
  /// Says of one issue why it is, or is not, ready: every rule of ready work that it does not meet.
  ///
  /// A few point queries, whatever the size of the store.
  /// - Throws: `notFound`.
  public func readiness(of id: IssueID) throws(BeadsError) -> Readiness {
    try read { () throws(BeadsError) in
      guard let issue = try issue(id), !issue.isTombstone else { throw Self.noIssue(id.rawValue) }
      let now = now
      var obstacles = stateObstacles(issue, now)
      obstacles += try kindObstacles(issue)
      obstacles += try deferralObstacles(issue, now)
      // What is finished, pinned or a template is in no blocked set, whatever its edges say.
      let active = try activeBlockers(of: id)
      if try isBlocked(id) {
        obstacles += active.isEmpty ? try inheritedObstacles(issue) : [try blockedObstacle(active)]
      }
      let waits = issue.dependencies.filter { $0.type.isBlocking && $0.type != .parentChild }
      let resolved = Set(waits.map(\.dependsOnID)).subtracting(active.map(\.blockerID)).sorted()
      return Readiness(issue: issue, obstacles: obstacles, resolvedBlockers: resolved)
    }
  }

  // MARK: The issue itself

  private func stateObstacles(_ issue: Issue, _ now: Timestamp) -> [Readiness.Obstacle] {
    var found: [Readiness.Obstacle] = []
    if let obstacle = statusObstacle(issue, now) { found.append(obstacle) }
    if issue.isPinned { found.append(Readiness.Obstacle(kind: .pinned, message: "it is pinned")) }
    if issue.isTemplate { found.append(Readiness.Obstacle(kind: .template, message: "it is a template")) }
    if issue.isEphemeral {
      found.append(
        Readiness.Obstacle(kind: .ephemeral, message: "it is a wisp, which only --include-ephemeral shows"))
    }
    return found
  }

  private func statusObstacle(_ issue: Issue, _ now: Timestamp) -> Readiness.Obstacle? {
    // That it is deferred is said with the time.
    if issue.status == .deferred { return nil }
    switch rules.vocabulary.category(of: issue.status) {
    case .active: return nil
    case .done: return Readiness.Obstacle(kind: .closed, message: "it is \(issue.status)")
    default: break
    }
    if issue.hasEndedLease(at: now) { return nil }
    if issue.status == .inProgress || issue.status == .hooked, !issue.assignee.isEmpty {
      let end = issue.lease.map { ", by a lease until \($0.until)" } ?? ""
      return Readiness.Obstacle(kind: .claimed, message: "\(issue.assignee) works on it\(end)")
    }
    return Readiness.Obstacle(kind: .status, message: "its status is \(issue.status)")
  }

  private func kindObstacles(_ issue: Issue) throws(BeadsError) -> [Readiness.Obstacle] {
    if IssueType.neverReady.contains(issue.type) || rules.vocabulary.isInfrastructure(issue.type) {
      return [
        Readiness.Obstacle(kind: .type, message: "its type is \(issue.type), which only --type shows")
      ]
    }
    if issue.hasNoHistory { return [] }
    guard let pattern = try excludedIDPatterns().first(where: { issue.id.rawValue.contains($0) }) else {
      return []
    }
    return [
      Readiness.Obstacle(
        kind: .idPattern, message: "its ID contains \(pattern) (setting ready.exclude_id_patterns)")
    ]
  }

  private func deferralObstacles(
    _ issue: Issue, _ now: Timestamp
  ) throws(BeadsError) -> [Readiness.Obstacle] {
    var found: [Readiness.Obstacle] = []
    if let until = issue.deferUntil, until > now {
      found.append(Readiness.Obstacle(kind: .deferred, message: "it is deferred until \(until.utc)"))
    } else if issue.status == .deferred, issue.deferUntil == nil {
      found.append(
        Readiness.Obstacle(kind: .deferred, message: "it is deferred until somebody brings it back"))
    }
    try connection.query(
      """
      SELECT q.id, q.defer_until FROM dependencies p JOIN issues q ON q.id = p.depends_on_id
      WHERE p.issue_id = ?1 AND p.type = 'parent-child' AND q.defer_until > ?2
        AND q.status NOT IN (SELECT status FROM settled_statuses) ORDER BY q.id
      """, issue.id.rawValue, now.sortableText
    ) { row throws(BeadsError) in
      let until = Timestamp(row.text(1)).map { "\($0.utc)" } ?? row.text(1)
      found.append(
        Readiness.Obstacle(
          kind: .parentDeferred, message: "its parent \(row.text(0)) is deferred until \(until)",
          ancestor: IssueID(unchecked: row.text(0))))
    }
    return found
  }

  // MARK: What it waits for

  private func blockedObstacle(_ active: [ActiveBlocker]) throws(BeadsError) -> Readiness.Obstacle {
    let blockers = try details(active)
    let what = blockers.count == 1 ? "\(blockers[0].id)" : "\(blockers.count) others"
    return Readiness.Obstacle(kind: .blocked, message: "it waits for \(what)", blockers: blockers)
  }

  /// Of the blocked ancestors those that have blockers of their own, the nearest first.
  private func inheritedObstacles(_ issue: Issue) throws(BeadsError) -> [Readiness.Obstacle] {
    let ancestors = try connection.all(
      """
      WITH RECURSIVE up (id, depth) AS (
        SELECT ?1, 0
        UNION
        SELECT p.depends_on_id, up.depth + 1 FROM up
          JOIN dependencies p ON p.issue_id = up.id AND p.type = 'parent-child'
          JOIN blocked_issues_cache b ON b.issue_id = p.depends_on_id
        WHERE up.depth < 50)
      SELECT id FROM up WHERE depth > 0 GROUP BY id ORDER BY min(depth), id
      """, issue.id.rawValue
    ) { IssueID(unchecked: $0.text(0)) }
    let active = try activeBlockers(of: ancestors)
    var found: [Readiness.Obstacle] = []
    for ancestor in ancestors {
      guard let own = active[ancestor], !own.isEmpty else { continue }
      let blockers = try details(own)
      let what = blockers.count == 1 ? "\(blockers[0].id)" : "\(blockers.count) others"
      found.append(
        Readiness.Obstacle(
          kind: .parentBlocked, message: "\(ancestor), which it is part of, waits for \(what)",
          ancestor: ancestor, blockers: blockers))
    }
    return found
  }

  private func details(_ active: [ActiveBlocker]) throws(BeadsError) -> [Readiness.Blocker] {
    var rows: [IssueID: Readiness.Blocker] = [:]
    let edges = Dictionary(active.map { ($0.blockerID, $0.type) }) { first, _ in first }
    try connection.query(
      """
      SELECT id, title, status, priority, issue_type, assignee, await_type, await_id FROM issues
      WHERE id IN (SELECT value FROM json_each(?1))
      """, Self.jsonList(Array(edges.keys))
    ) { row throws(BeadsError) in
      let id = IssueID(unchecked: row.text(0))
      rows[id] = Readiness.Blocker(
        id: id, edge: edges[id] ?? .blocks, title: row.text(1), status: Status(rawValue: row.text(2)),
        priority: row.int(3), type: IssueType(rawValue: row.text(4)), assignee: row.text(5),
        awaitType: row.text(6), awaitID: row.text(7))
    }
    return edges.keys.sorted().map { id in
      rows[id]
        ?? Readiness.Blocker(
          id: id, edge: edges[id] ?? .blocks, title: "", status: Status(rawValue: "external"), priority: 0,
          type: IssueType(rawValue: ""), assignee: "", awaitType: "", awaitID: "")
    }
  }
}
