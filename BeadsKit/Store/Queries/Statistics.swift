import BeadsModel
public import BeadsSystem

/// Numbers about a store or one actor's part of it (contract 1.12).
///
/// Deleted issues count only as tombstones.
public struct Statistics: Sendable, Equatable {
  /// Every issue.
  public var total = 0
  /// Open, deferred until a time that has passed included.
  public var open = 0
  /// In progress.
  public var inProgress = 0
  /// Closed, or in a custom status that means done.
  public var closed = 0
  /// In the blocked set.
  public var blocked = 0
  /// Deferred.
  public var deferred = 0
  /// What `ready` offers.
  public var ready = 0
  /// Deleted.
  public var tombstones = 0
  /// Pinned by status or flag.
  public var pinned = 0
  /// Open epics that have children, all of them finished.
  public var epicsEligibleForClosure = 0
  /// How long closed issues were open on average.
  public var averageLeadTimeHours = 0.0
}

extension Store {
  /// Counts everything in one pass over the issues.
  /// - Parameter assignee: Whose issues; nil for all.
  public func statistics(assignee: String? = nil) throws(BeadsError) -> Statistics {
    var condition = try condition(ReadyQuery().matching)
    let now = condition.bind(now)
    let isDue = "(i.status = 'deferred' AND i.defer_until <= \(now)) IS TRUE"
    let done = "(SELECT status FROM status_categories WHERE category = 'done')"
    let person = assignee.map { "WHERE i.assignee = \(condition.bind($0))" } ?? ""
    let sql = """
      SELECT SUM(i.status <> 'tombstone'), SUM(i.status = 'open' OR \(isDue)), SUM(i.status = 'in_progress'),
        SUM(i.status IN \(done) AND i.status <> 'tombstone'),
        SUM(i.id IN (SELECT issue_id FROM blocked_issues_cache)),
        SUM(i.status = 'deferred' AND NOT \(isDue)), SUM(CASE WHEN \(condition.sql) THEN 1 ELSE 0 END),
        SUM(i.status = 'tombstone'), SUM((i.pinned OR i.status = 'pinned') AND i.status <> 'tombstone'),
        SUM(CASE WHEN i.issue_type = 'epic' AND i.status NOT IN \(done) THEN (
          SELECT COUNT(*) > 0 AND SUM(k.status IN \(done)) = COUNT(*)
          FROM dependencies c JOIN issues k ON k.id = c.issue_id
          WHERE c.depends_on_id = i.id AND c.type = 'parent-child' AND k.status <> 'tombstone') ELSE 0 END),
        AVG(CASE WHEN i.status = 'closed' THEN (julianday(i.closed_at) - julianday(i.created_at)) * 24 END)
      FROM issues i \(person)
      """
    return try connection.withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(condition.values)
      return try statement.first { row in
        Statistics(
          total: row.int(0), open: row.int(1), inProgress: row.int(2), closed: row.int(3),
          blocked: row.int(4),
          deferred: row.int(5), ready: row.int(6), tombstones: row.int(7), pinned: row.int(8),
          epicsEligibleForClosure: row.int(9), averageLeadTimeHours: row.double(10))
      } ?? Statistics()
    }
  }
}
