public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// The molecule below an issue: all its descendants along parent-child edges, deleted ones left out.
  ///
  /// One query for all steps and one for the root.
  /// - Throws: `notFound`.
  public func moleculeGraph(of rootID: IssueID) throws(BeadsError) -> MoleculeGraph {
    guard let root = try issue(rootID), !root.isTombstone else { throw Self.noIssue(rootID.rawValue) }
    let condition = try readyCondition()
    let sql = """
      WITH RECURSIVE part (id, parent) AS (
        SELECT issue_id, depends_on_id FROM dependencies
        WHERE depends_on_id = \(condition.nextParameter) AND type = 'parent-child'
        UNION
        SELECT d.issue_id, d.depends_on_id
        FROM part JOIN dependencies d ON d.depends_on_id = part.id AND d.type = 'parent-child')
      SELECT i.id, part.parent, i.title, i.status, i.priority, i.issue_type, i.assignee, i.created_at, i.updated_at,
        i.closed_at, i.pinned OR i.status IN (SELECT status FROM settled_statuses), \(condition.sql),
        b.issue_id IS NOT NULL,
        CASE WHEN b.issue_id IS NOT NULL THEN (
          SELECT p.depends_on_id FROM dependencies p JOIN blocked_issues_cache q ON q.issue_id = p.depends_on_id
          WHERE p.issue_id = i.id AND p.type = 'parent-child' ORDER BY p.depends_on_id LIMIT 1) END
      FROM part CROSS JOIN issues i ON i.id = part.id
        LEFT JOIN blocked_issues_cache b ON b.issue_id = i.id
      WHERE i.status <> 'tombstone'
      """
    var steps: [MoleculeStep] = []
    var seen: Set<IssueID> = [rootID]
    try connection.withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(condition.values + [rootID.rawValue])
      while try statement.step() {
        let step = try step(statement.row)
        // An issue with several parents is one step, and a circle of parents ends where it began.
        if seen.insert(step.id).inserted { steps.append(step) }
      }
    }
    steps.sort {
      ($0.createdAt, $0.id.rawValue.utf8.count, $0.id) < ($1.createdAt, $1.id.rawValue.utf8.count, $1.id)
    }
    return MoleculeGraph(root: root, steps: steps)
  }

  private func step(_ row: borrowing Row) throws(BeadsError) -> MoleculeStep {
    let (status, isReady) = (Status(rawValue: row.text(3)), row.bool(11))
    return MoleculeStep(
      id: IssueID(unchecked: row.text(0)), title: row.text(2), status: status,
      state: MoleculeStep.state(status, rules.vocabulary.category(of: status), isReady: isReady),
      priority: row.int(4), type: IssueType(rawValue: row.text(5)), assignee: row.text(6),
      parentID: IssueID(unchecked: row.text(1)), createdAt: try time(row, 7), updatedAt: try time(row, 8),
      closedAt: row.isNull(9) ? nil : try time(row, 9), isSettled: row.bool(10), isReady: isReady,
      isBlocked: row.bool(12), blockedParent: row.optionalText(13).map(IssueID.init(unchecked:)))
  }

  private func time(_ row: borrowing Row, _ column: Int32) throws(BeadsError) -> Timestamp {
    guard let time = row.withText(column, { $0.flatMap { Timestamp(utf8: $0) } }) else {
      throw BeadsError(.corrupt, "\(row.text(0)) has \(quoted(row.text(column))) as a time, which is none")
    }
    return time
  }
}
