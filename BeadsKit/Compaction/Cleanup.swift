public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// Which closed issues to delete.
public struct Cleanup: Sendable, Equatable {
  /// Which kind of issues.
  public enum Scope: Sendable, Equatable {
    /// Wisps and all others.
    case everything
    /// Wisps alone.
    case wisps
    /// All but wisps.
    case lasting
  }

  /// Which kind of issues.
  public var scope: Scope
  /// How long they must have been closed, in nanoseconds.
  public var age: Int64
  /// What their IDs must look like, with `*`, `?` and `[...]`; nil for any.
  public var pattern: String?
  /// Whether what depends on them is deleted too, finished or not.
  public var cascades = false

  /// Makes one for what was closed that long ago.
  public init(_ scope: Scope, age: Int64 = 0, pattern: String? = nil) {
    self.scope = scope
    self.age = age
    self.pattern = pattern
  }
}

/// What a clean-up deletes, and what it leaves although it is closed.
public struct CleanupPlan: Sendable, Equatable {
  /// What goes, with what depends on it if that was asked for.
  public internal(set) var deleted: [IssueID] = []
  /// What was closed and old, and is pinned.
  public internal(set) var pinned: [IssueID] = []
  /// What something unfinished depends on, or is a part of something unfinished.
  public internal(set) var needed: [IssueID] = []

  /// Makes the plan that deletes nothing.
  public init() {}
}

extension Store {
  /// What a clean-up would delete; a few queries for any number of issues.
  ///
  /// Pinned issues stay; what something unfinished waits for stays unless the clean-up cascades; parts of an
  /// unfinished epic or molecule stay, whose progress would be wrong without them.
  /// - Throws: `conflict` when a pinned issue depends on what would go.
  public func cleanupPlan(_ cleanup: Cleanup) throws(BeadsError) -> CleanupPlan {
    var plan = CleanupPlan()
    let waited = cleanup.cascades ? [] : Set(try unfinishedNeeds())
    let parts = Set(try partsOfUnfinished())
    for issue in try closedIssues(cleanup) {
      if issue.isPinned {
        plan.pinned.append(issue.id)
      } else if waited.contains(issue.id) || parts.contains(issue.id) {
        plan.needed.append(issue.id)
      } else {
        plan.deleted.append(issue.id)
      }
    }
    guard cleanup.cascades, !plan.deleted.isEmpty else { return plan }
    let all = try previewDeletion(plan.deleted, cascade: true).deleted
    if let pinned = try issues(all).first(where: { $0.isPinned || $0.status == .pinned }) {
      throw BeadsError(.conflict, "\(pinned.id) is pinned and depends on what would be deleted")
    }
    plan.deleted = all
    return plan
  }

  private func closedIssues(_ cleanup: Cleanup) throws(BeadsError) -> [Issue] {
    let scope =
      switch cleanup.scope {
      case .everything: "1"
      case .wisps: "i.ephemeral = 1"
      case .lasting: "i.ephemeral = 0"
      }
    return try issues(
      where: """
        i.status = 'closed' AND i.closed_at <= ?1 AND i.is_template = 0 AND i.source_repo = '.'
        AND (?2 = '' OR i.id GLOB ?2) AND \(scope)
        """, order: "i.closed_at, i.id",
      [now.adding(nanoseconds: -cleanup.age).sortableText, cleanup.pattern ?? ""], lists: false)
  }

  private static let isUnfinished =
    "NOT IN (SELECT status FROM status_categories WHERE category = 'done')"

  private func unfinishedNeeds() throws(BeadsError) -> [IssueID] {
    try ids(
      """
      SELECT DISTINCT d.depends_on_id FROM dependencies d JOIN issues w ON w.id = d.issue_id
      WHERE d.type IN ('blocks', 'conditional-blocks', 'waits-for', ?1) AND w.status \(Self.isUnfinished)
      """, DependencyType.parentChild.rawValue)
  }

  private func partsOfUnfinished() throws(BeadsError) -> [IssueID] {
    try ids(
      """
      SELECT DISTINCT d.issue_id FROM dependencies d JOIN issues p ON p.id = d.depends_on_id
      WHERE d.type = ?1 AND p.status \(Self.isUnfinished)
      """, DependencyType.parentChild.rawValue)
  }
}

extension Transaction {
  /// Deletes what a plan says, in one operation.
  /// - Parameter erase: Whether titles and texts go too, which tombstones keep otherwise.
  @discardableResult
  public mutating func cleanUp(
    _ plan: CleanupPlan, reason: String, erase: Bool = false
  ) throws(BeadsError) -> DeletionReport {
    if plan.deleted.isEmpty { return DeletionReport() }
    return try delete(plan.deleted, reason: reason, force: true, erase: erase)
  }
}
