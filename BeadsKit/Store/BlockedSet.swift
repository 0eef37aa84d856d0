import BeadsModel
import BeadsSystem

/// Keeps `blocked_issues_cache` equal to what the blocking predicate says, at a cost that grows with the change.
///
/// A member is an issue that is not settled, pinned or a template and that has an active blocker of its own or a
/// parent that is a member. The cache is a table because `ready` must not evaluate a graph to answer.
struct BlockedSet {
  /// What a transaction changed that can block or unblock something.
  struct Touched {
    /// Issues whose own row or edges changed.
    var issues: Set<String> = []
    /// Targets whose waiting dependents may be affected: parents before and after a change.
    var spawners: Set<String> = []
    var isEverything = false

    /// Notes a change if it can matter.
    mutating func note(before: Issue?, after: Issue) {
      if isEverything { return }
      if let before, before.status == after.status, before.isPinned == after.isPinned,
        before.isTemplate == after.isTemplate, before.closeReason == after.closeReason,
        before.dependencies == after.dependencies
      {
        return
      }
      issues.insert(after.id.rawValue)
      for edge in (before?.dependencies ?? []) + after.dependencies where edge.type == .parentChild {
        spawners.insert(edge.dependsOnID.rawValue)
      }
      // One set-based pass beats many small ones.
      if issues.count > 500 { isEverything = true }
    }
  }

  let connection: Connection

  /// Brings the cache up to date after a transaction's changes.
  func refresh(_ touched: Touched) throws(BeadsError) {
    if touched.isEverything { return try rebuild() }
    if touched.issues.isEmpty { return }
    var queue = touched.issues
    for id in touched.issues {
      try connection.query(
        "SELECT issue_id FROM dependencies WHERE depends_on_id = ?1 AND type IN ('blocks','conditional-blocks')",
        id
      ) { row throws(BeadsError) in queue.insert(row.text(0)) }
    }
    for id in touched.issues.union(touched.spawners) {
      try connection.query("SELECT issue_id FROM waits WHERE spawner_id = ?1", id) { row throws(BeadsError) in
        queue.insert(row.text(0))
      }
    }
    try settle(queue)
  }

  /// Recomputes each issue and, where its membership flips, its children, until nothing changes.
  private func settle(_ start: Set<String>) throws(BeadsError) {
    var queue = start.sorted()
    while let id = queue.popLast() {
      var isMember = false
      var isDirect = false
      try connection.query(Self.membership, id) { row throws(BeadsError) in
        isDirect = row.int64(0) != 0
        isMember = isDirect || row.int64(1) != 0
      }
      var wasMember = false
      var wasDirect = false
      try connection.query("SELECT is_direct FROM blocked_issues_cache WHERE issue_id = ?1", id) {
        row throws(BeadsError) in
        wasMember = true
        wasDirect = row.int64(0) != 0
      }
      // What a member inherits may be its own membership, when parents form a circle.
      if wasMember, isMember, !isDirect { isMember = try inherits(id) }
      if isMember == wasMember, isDirect == wasDirect { continue }
      if isMember {
        try connection.execute(
          "INSERT OR REPLACE INTO blocked_issues_cache (issue_id, is_direct) VALUES (?1, ?2)", id,
          isDirect ? 1 : 0)
      } else {
        try connection.execute("DELETE FROM blocked_issues_cache WHERE issue_id = ?1", id)
      }
      if isMember != wasMember {
        try connection.query(
          "SELECT issue_id FROM dependencies WHERE depends_on_id = ?1 AND type = 'parent-child'", id
        ) { row throws(BeadsError) in queue.append(row.text(0)) }
      }
    }
  }

  /// Whether a chain of live parents leads up to an issue that has a blocker of its own.
  private func inherits(_ id: String) throws(BeadsError) -> Bool {
    let chain = try connection.all(
      """
      WITH RECURSIVE up (id) AS (
        VALUES (?1)
        UNION
        SELECT i.id FROM up JOIN dependencies p ON p.issue_id = up.id AND p.type = 'parent-child'
          JOIN issues i ON i.id = p.depends_on_id
        WHERE i.pinned = 0 AND i.is_template = 0 AND i.status NOT IN (SELECT status FROM settled_statuses))
      SELECT id FROM up WHERE id <> ?1
      """, id
    ) { $0.text(0) }
    for ancestor in chain {
      if try connection.int64("SELECT 1 FROM active_blockers WHERE issue_id = ?1 LIMIT 1", ancestor) != nil {
        return true
      }
    }
    return false
  }

  /// The ID is given to both sides: SQLite looks a value up in the view, but evaluates all of it for a column.
  static let membership = """
    SELECT EXISTS (SELECT 1 FROM active_blockers a WHERE a.issue_id = ?1),
      EXISTS (SELECT 1 FROM dependencies p JOIN blocked_issues_cache b ON b.issue_id = p.depends_on_id
              WHERE p.issue_id = i.id AND p.type = 'parent-child')
    FROM issues i
    WHERE i.id = ?1 AND i.pinned = 0 AND i.is_template = 0
      AND i.status NOT IN (SELECT status FROM settled_statuses)
    """

  /// Computes the whole set again: one pass over the edges, then down the hierarchy.
  func rebuild() throws(BeadsError) {
    try connection.execute("DELETE FROM blocked_issues_cache")
    try connection.execute("INSERT INTO blocked_issues_cache (issue_id, is_direct) \(Self.computation)")
  }

  /// The rows that the cache must hold.
  static let computation = """
    WITH RECURSIVE
      live (id) AS MATERIALIZED (
        SELECT id FROM issues WHERE pinned = 0 AND is_template = 0
          AND status NOT IN (SELECT status FROM settled_statuses)),
      direct (id) AS MATERIALIZED (
        SELECT DISTINCT issue_id FROM active_blockers WHERE issue_id IN live),
      member (id) AS (
        SELECT id FROM direct
        UNION
        SELECT p.issue_id FROM member m JOIN dependencies p ON p.depends_on_id = m.id AND p.type = 'parent-child'
        WHERE p.issue_id IN live)
    SELECT id AS issue_id, id IN direct AS is_direct FROM member
    """
}
