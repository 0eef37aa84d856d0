public import BeadsModel
public import BeadsSystem

// Parenthood is what parent-child edges say, never what a dotted ID suggests.
extension Store {
  /// The direct children of an issue, by ID.
  public func children(of id: IssueID) throws(BeadsError) -> [IssueID] {
    try connection.all(
      "SELECT issue_id FROM dependencies WHERE depends_on_id = ?1 AND type = 'parent-child' ORDER BY issue_id",
      id.rawValue
    ) { IssueID(unchecked: $0.text(0)) }
  }

  /// The parents of issues that have one; the first edge counts when there are several.
  ///
  /// One query for any number of issues.
  public func parents(of ids: some Sequence<IssueID>) throws(BeadsError) -> [IssueID: IssueID] {
    var parents: [IssueID: IssueID] = [:]
    try connection.query(
      """
      SELECT issue_id, depends_on_id FROM dependencies
      WHERE issue_id IN (SELECT value FROM json_each(?1)) AND type = 'parent-child' ORDER BY rowid DESC
      """, Self.jsonList(Array(ids))
    ) { row throws(BeadsError) in
      parents[IssueID(unchecked: row.text(0))] = IssueID(unchecked: row.text(1))
    }
    return parents
  }

  /// The parent, its parent and so on, nearest first, without the issue itself.
  public func ancestors(of id: IssueID) throws(BeadsError) -> [IssueID] {
    try connection.all(
      """
      WITH RECURSIVE up (id) AS (
        VALUES (?1)
        UNION
        SELECT d.depends_on_id FROM up JOIN dependencies d ON d.issue_id = up.id AND d.type = 'parent-child')
      SELECT id FROM up WHERE id <> ?1
      """, id.rawValue
    ) { IssueID(unchecked: $0.text(0)) }
  }

  /// The children, their children and so on, nearest first, without the issue itself.
  public func descendants(of id: IssueID) throws(BeadsError) -> [IssueID] {
    try connection.all(
      """
      WITH RECURSIVE down (id) AS (
        VALUES (?1)
        UNION
        SELECT d.issue_id FROM down JOIN dependencies d ON d.depends_on_id = down.id AND d.type = 'parent-child')
      SELECT id FROM down WHERE id <> ?1
      """, id.rawValue
    ) { IssueID(unchecked: $0.text(0)) }
  }

  /// Those of the issues that are in the blocked set; one query.
  public func blocked(among ids: some Sequence<IssueID>) throws(BeadsError) -> Set<IssueID> {
    Set(
      try connection.all(
        "SELECT issue_id FROM blocked_issues_cache WHERE issue_id IN (SELECT value FROM json_each(?1))",
        Self.jsonList(Array(ids))
      ) { IssueID(unchecked: $0.text(0)) })
  }

  /// The edges from issues, or the ones that point at them, in the order they were made; one query.
  public func edges(
    _ direction: DependencyDirection, of ids: some Sequence<IssueID>
  ) throws(BeadsError) -> [Dependency] {
    let end = direction == .down ? "issue_id" : "depends_on_id"
    return try edges(
      "\(end) IN (SELECT value FROM json_each(?1))", Self.jsonList(Array(ids)), order: Self.acrossIssues)
  }
}

/// Which way edges are followed.
public enum DependencyDirection: Sendable, Hashable {
  /// To what an issue depends on.
  case down
  /// To what depends on an issue.
  case up
}

extension Dependency {
  /// The end that following the edge in this direction leads to.
  public func end(_ direction: DependencyDirection) -> IssueID { direction == .down ? dependsOnID : issueID }

  /// The end that following the edge in this direction starts from.
  public func start(_ direction: DependencyDirection) -> IssueID {
    direction == .down ? issueID : dependsOnID
  }
}
