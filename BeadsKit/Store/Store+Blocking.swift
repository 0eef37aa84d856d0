public import BeadsModel
public import BeadsSystem

/// An edge that keeps an issue from being ready right now.
public struct ActiveBlocker: Sendable, Hashable {
  /// The issue that has to wait.
  public let issueID: IssueID
  /// What it waits for: an issue, or an external capability.
  public let blockerID: IssueID
  /// The type of the edge; `parent-child` when the wait is inherited from the parent.
  public let type: DependencyType
}

extension Store {
  /// What keeps an issue from being ready, by its own edges; empty when only its parent, or nothing, does.
  ///
  /// A few point queries.
  public func activeBlockers(of id: IssueID) throws(BeadsError) -> [ActiveBlocker] {
    try connection.all(
      "SELECT issue_id, blocker_id, type FROM active_blockers WHERE issue_id = ?1 ORDER BY blocker_id",
      id.rawValue
    ) { Self.blocker($0) }
  }

  /// Whether an issue is in the blocked set: it has an active blocker, or its parent is blocked.
  public func isBlocked(_ id: IssueID) throws(BeadsError) -> Bool {
    try connection.int64("SELECT 1 FROM blocked_issues_cache WHERE issue_id = ?1", id.rawValue) != nil
  }

  private static func blocker(_ row: borrowing Row) -> ActiveBlocker {
    ActiveBlocker(
      issueID: IssueID(unchecked: row.text(0)), blockerID: IssueID(unchecked: row.text(1)),
      type: DependencyType(rawValue: row.text(2)))
  }
}
