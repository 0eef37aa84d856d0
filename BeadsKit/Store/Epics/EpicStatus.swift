public import BeadsModel
public import BeadsSystem

/// How far an epic is.
public struct EpicStatus: Sendable {
  /// The epic.
  public let epic: Issue
  /// Its direct children.
  public let totalChildren: Int
  /// Those that are done.
  public let closedChildren: Int

  /// Whether all children are done, so that the epic may be closed.
  public var isEligibleForClose: Bool { totalChildren > 0 && closedChildren == totalChildren }
}

extension Store {
  /// The epics that are not done and have children, by priority, oldest first.
  ///
  /// One grouped query for all children.
  /// - Parameter eligibleOnly: Whether to leave out epics with open children.
  public func epicStatuses(eligibleOnly: Bool = false) throws(BeadsError) -> [EpicStatus] {
    try read { () throws(BeadsError) in
      var counts: [IssueID: (total: Int, closed: Int)] = [:]
      try connection.query(
        """
        SELECT e.id, COUNT(*), SUM(k.status IN (SELECT status FROM done))
        FROM issues e
          JOIN dependencies d ON d.depends_on_id = e.id AND d.type = 'parent-child'
          JOIN issues k ON k.id = d.issue_id
        WHERE e.issue_type = 'epic' AND e.status NOT IN (SELECT status FROM done) AND k.status <> 'tombstone'
        GROUP BY e.id
        """.withDoneStatuses
      ) { row throws(BeadsError) in counts[IssueID(unchecked: row.text(0))] = (row.int(1), row.int(2)) }
      let chosen = counts.filter { !eligibleOnly || $0.value.closed == $0.value.total }
      return try issues(Array(chosen.keys))
        .sorted { ($0.priority, $0.createdAt, $0.id) < ($1.priority, $1.createdAt, $1.id) }
        .map { epic in
          let count = chosen[epic.id] ?? (0, 0)
          return EpicStatus(epic: epic, totalChildren: count.total, closedChildren: count.closed)
        }
    }
  }
}

extension String {
  /// The query with `done` as the statuses that mean finished.
  fileprivate var withDoneStatuses: String {
    "WITH done (status) AS (SELECT status FROM status_categories WHERE category = 'done') " + self
  }
}
