public import BeadsModel
public import BeadsSystem

extension Store {
  /// Open issues that waited for any of these and wait for nothing now, most urgent first.
  public func unblocked(by ids: [IssueID]) throws(BeadsError) -> [Issue] {
    let found = try connection.all(
      """
      WITH finished (id) AS (SELECT value FROM json_each(?1)),
        waiting (id) AS (
          SELECT d.issue_id FROM dependencies d JOIN finished f ON f.id = d.depends_on_id
          WHERE d.type IN ('blocks', 'conditional-blocks')
          UNION
          SELECT w.issue_id FROM waits w JOIN finished f ON f.id IN (w.spawner_id, w.depends_on_id)
          UNION
          SELECT w.issue_id FROM dependencies p JOIN finished f ON f.id = p.issue_id AND p.type = 'parent-child'
            JOIN waits w ON w.spawner_id = p.depends_on_id)
      SELECT i.id FROM waiting JOIN issues i ON i.id = waiting.id
      WHERE i.status IN (SELECT status FROM status_categories WHERE category = 'active')
        AND i.pinned = 0 AND i.is_template = 0
        AND NOT EXISTS (SELECT 1 FROM blocked_issues_cache b WHERE b.issue_id = i.id)
      ORDER BY i.priority, i.created_at, i.id
      """, Self.jsonList(ids)
    ) { IssueID(unchecked: $0.text(0)) }
    return try issues(found)
  }
}
