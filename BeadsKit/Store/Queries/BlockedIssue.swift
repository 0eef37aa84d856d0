public import BeadsModel
public import BeadsSystem

/// An issue that has to wait, and for what.
public struct BlockedIssue: Sendable, Equatable {
  /// The issue.
  public let issue: Issue
  /// The targets of its own edges that are not finished, in ID order.
  public let blockers: [IssueID]
  /// Its parents that are blocked, in ID order; children wait with their parent.
  public let blockedParents: [IssueID]

  /// What it waits for: its own blockers, or, when it has none, its blocked parents.
  public var blockedBy: [IssueID] { blockers.isEmpty ? blockedParents : blockers }
}

extension Store {
  /// The blocked set with the reasons, most urgent first, the oldest first among equals.
  ///
  /// Two queries beside those for the issues.
  /// - Parameter filter: Which of the blocked issues; all of them by default.
  public func blocked(
    _ filter: IssueFilter = .everything, limit: Int? = nil
  ) throws(BeadsError) -> [BlockedIssue] {
    var filter = filter
    filter.isBlocked = true
    let issues = try issues(matching: filter, order: .urgency, limit: limit)
    let ids = issues.map(\.id)
    let blockers = try activeBlockers(of: ids)
    let parents = try blockedParents(of: ids)
    return issues.map { issue in
      BlockedIssue(
        issue: issue, blockers: Set(blockers[issue.id, default: []].map(\.blockerID)).sorted(),
        blockedParents: parents[issue.id, default: []])
    }
  }

  private func blockedParents(of ids: [IssueID]) throws(BeadsError) -> [IssueID: [IssueID]] {
    var parents: [IssueID: [IssueID]] = [:]
    try connection.query(
      """
      SELECT p.issue_id, p.depends_on_id FROM dependencies p
      JOIN blocked_issues_cache b ON b.issue_id = p.depends_on_id
      WHERE p.issue_id IN (SELECT value FROM json_each(?1)) AND p.type = 'parent-child'
      ORDER BY p.depends_on_id
      """, Self.jsonList(ids)
    ) { row throws(BeadsError) in
      parents[IssueID(unchecked: row.text(0)), default: []].append(IssueID(unchecked: row.text(1)))
    }
    return parents
  }

  /// What keeps the issues from being ready by their own edges, by the issue that waits; one query.
  public func activeBlockers(of ids: [IssueID]) throws(BeadsError) -> [IssueID: [ActiveBlocker]] {
    Dictionary(grouping: try activeEdges("issue_id", ids), by: \.issueID)
  }

  /// What waits for the issues right now, by the issue that is waited for; one query.
  public func activeDependents(of ids: [IssueID]) throws(BeadsError) -> [IssueID: [ActiveBlocker]] {
    Dictionary(grouping: try activeEdges("blocker_id", ids), by: \.blockerID)
  }

  private func activeEdges(_ end: String, _ ids: [IssueID]) throws(BeadsError) -> [ActiveBlocker] {
    if ids.isEmpty { return [] }
    var sql = "SELECT issue_id, blocker_id, type FROM active_blockers"
    // SQLite carries a list of values into the parts of the view, but not a subquery. For much of the store, the
    // whole view is cheaper.
    let isFiltered = ids.count <= 500
    if isFiltered {
      // Without numbers: SQLite looks a numbered parameter up among all before it.
      sql += " WHERE \(end) IN (\(repeatElement("?", count: ids.count).joined(separator: ",")))"
    }
    sql += " ORDER BY issue_id, blocker_id, type"
    return try connection.withStatement(sql) { statement throws(BeadsError) in
      if isFiltered { try statement.bind(ids.map(\.rawValue)) }
      var edges: [ActiveBlocker] = []
      while try statement.step() {
        edges.append(
          ActiveBlocker(
            issueID: IssueID(unchecked: statement.row.text(0)),
            blockerID: IssueID(unchecked: statement.row.text(1)),
            type: DependencyType(rawValue: statement.row.text(2))))
      }
      return edges
    }
  }
}
