import BeadsModel
import BeadsSystem

/// What a new edge must not break (contract 5.4).
struct EdgeRules {
  let store: Store

  // MARK: Ends

  /// Throws unless there is such an issue.
  func requireIssue(_ id: IssueID) throws(BeadsError) {
    if try !isLive(id) { throw Store.noIssue(id.rawValue) }
  }

  /// Throws unless there is such an issue or it belongs to another project.
  func requireTarget(_ id: IssueID) throws(BeadsError) {
    if id.isExternal { return }
    if try isLive(id) { return }
    let prefixes = try store.prefixes()
    if prefixes.known(id) != nil || prefixes.prefix(of: id) == nil { throw Store.noIssue(id.rawValue) }
  }

  func isPresent(_ edge: Dependency) throws(BeadsError) -> Bool {
    try store.connection.int64(
      "SELECT 1 FROM dependencies WHERE issue_id = ?1 AND depends_on_id = ?2 AND type = ?3",
      edge.issueID.rawValue,
      edge.dependsOnID.rawValue, edge.type.rawValue) != nil
  }

  private func isLive(_ id: IssueID) throws(BeadsError) -> Bool {
    try store.connection.int64("SELECT 1 FROM issues WHERE id = ?1 AND status <> 'tombstone'", id.rawValue)
      != nil
  }

  // MARK: Deadlock between child and ancestor

  /// Throws if an issue would wait for its own ancestor, which is not done before its children are.
  ///
  /// Costs the ancestors, and for a new parent also the descendants of the child.
  func requireNoDeadlock(_ edge: Dependency) throws(BeadsError) {
    switch edge.type {
    case .blocks, .conditionalBlocks: try requireNoAncestor(edge)
    case .parentChild: try requireNoWaitUpwards(edge)
    default: break
    }
  }

  private func requireNoAncestor(_ edge: Dependency) throws(BeadsError) {
    let found = try store.connection.int64(
      """
      WITH RECURSIVE up (id) AS (
        SELECT depends_on_id FROM dependencies WHERE issue_id = ?1 AND type = 'parent-child'
        UNION
        SELECT d.depends_on_id FROM up JOIN dependencies d ON d.issue_id = up.id AND d.type = 'parent-child')
      SELECT 1 FROM up WHERE id = ?2 LIMIT 1
      """, edge.issueID.rawValue, edge.dependsOnID.rawValue)
    if found == nil { return }
    throw BeadsError(
      .conflict,
      "\(edge.issueID) is already a child of \(edge.dependsOnID), it cannot wait for it to be closed",
      hint: "a parent is finished when its children are")
  }

  private func requireNoWaitUpwards(_ edge: Dependency) throws(BeadsError) {
    let wait = try store.connection.first(
      """
      WITH RECURSIVE
        up (id) AS (
          VALUES (?2)
          UNION
          SELECT d.depends_on_id FROM up JOIN dependencies d ON d.issue_id = up.id AND d.type = 'parent-child'),
        down (id) AS (
          VALUES (?1)
          UNION
          SELECT d.issue_id FROM down JOIN dependencies d ON d.depends_on_id = down.id AND d.type = 'parent-child')
      SELECT d.issue_id, d.depends_on_id, d.type FROM down JOIN dependencies d ON d.issue_id = down.id
      WHERE d.type IN ('blocks', 'conditional-blocks') AND d.depends_on_id IN up LIMIT 1
      """, edge.issueID.rawValue, edge.dependsOnID.rawValue
    ) { (issue: $0.text(0), target: $0.text(1), type: $0.text(2)) }
    guard let wait else { return }
    throw BeadsError(
      .conflict,
      "\(edge.issueID) cannot become a child of \(edge.dependsOnID): \(wait.issue) depends on \(wait.target) "
        + "(\(wait.type)), so neither could be finished",
      hint: "`bd dep list \(wait.issue)` shows what it waits for")
  }

  // MARK: Cycles

  /// Throws if a path of blocking edges leads from the target back to the issue.
  ///
  /// A new `waits-for` edge does not close a cycle through parents: it waits for children, not for the target itself.
  /// Costs what the target reaches; nothing when nobody depends on the issue.
  func requireNoCycle(_ edge: Dependency) throws(BeadsError) {
    guard edge.type.isBlocking else { return }
    let types = DependencyType.blocking.filter { edge.type != .waitsFor || $0 != .parentChild }
    guard let path = try path(from: edge.dependsOnID, to: edge.issueID, types: types) else { return }
    throw BeadsError(
      .cycle,
      "\(edge.issueID) cannot depend on \(edge.dependsOnID): it would close a cycle: "
        + ([edge.issueID] + path).map(\.rawValue).joined(separator: " → "),
      hint: "remove one of these dependencies first; `bd dep tree \(edge.dependsOnID)` shows them")
  }

  /// A shortest path along edges of some types, both ends included, or nil when there is none.
  func path(
    from start: IssueID, to goal: IssueID, types: [DependencyType]
  ) throws(BeadsError) -> [IssueID]? {
    let list = types.map { "'\($0)'" }.joined(separator: ",")
    let isGoal = try store.connection.int64(
      "SELECT 1 FROM dependencies WHERE depends_on_id = ?1 AND type IN (\(list)) LIMIT 1", goal.rawValue)
    if isGoal == nil { return nil }
    let isReached = try store.connection.int64(
      """
      WITH RECURSIVE reached (id) AS (
        VALUES (?1)
        UNION
        SELECT d.depends_on_id FROM reached r JOIN dependencies d ON d.issue_id = r.id AND d.type IN (\(list)))
      SELECT 1 FROM reached WHERE id = ?2 LIMIT 1
      """, start.rawValue, goal.rawValue)
    return isReached == nil ? nil : try shortestPath(from: start.rawValue, to: goal.rawValue, list)
  }

  /// Walks only when there is a path, to name it.
  private func shortestPath(
    from start: String, to goal: String, _ types: String
  ) throws(BeadsError) -> [IssueID] {
    var origin = [start: start]
    var queue = [start]
    var head = 0
    while head < queue.count, origin[goal] == nil {
      let node = queue[head]
      head += 1
      try store.connection.query(
        "SELECT depends_on_id FROM dependencies WHERE issue_id = ?1 AND type IN (\(types)) ORDER BY rowid",
        node
      ) { row throws(BeadsError) in
        let next = row.text(0)
        if origin[next] == nil {
          origin[next] = node
          queue.append(next)
        }
      }
    }
    var path = [goal]
    while let node = path.last, let before = origin[node], before != node { path.append(before) }
    return path.reversed().map { IssueID(unchecked: $0) }
  }
}
