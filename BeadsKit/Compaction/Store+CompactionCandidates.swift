public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// The closed issues whose texts may be shortened, the longest closed first, without labels, edges and comments.
  ///
  /// One query, whatever the number of issues. Wisps are left out, which are deleted and not kept short, and so are
  /// issues of other projects, pinned ones, templates and those without text.
  public func compactionCandidates(
    _ tier: CompactionTier, limit: Int? = nil
  ) throws(BeadsError) -> [Issue] {
    try candidates(tier, limit: limit)
  }

  /// The same among all issues, or of one alone at the cost of that one.
  private func candidates(
    _ tier: CompactionTier, id: IssueID? = nil, limit: Int? = nil
  ) throws(BeadsError) -> [Issue] {
    let rules = try compactionRules(tier)
    return try issues(
      where: (id == nil ? "?5 = '' AND " : "i.id = ?5 AND ") + Self.eligibility, order: "i.closed_at, i.id",
      limit: limit ?? -1,
      [
        now.adding(seconds: Int64(rules.days) * -86_400).sortableText, Int64(tier.rawValue - 1),
        Int64(rules.dependentLevels), Int64(rules.events), id?.rawValue ?? "",
      ], lists: false)
  }

  private static let eligibility = """
    i.status = 'closed' AND i.closed_at <= ?1 AND i.compaction_level = ?2 AND i.pinned = 0 AND i.is_template = 0
    AND i.ephemeral = 0 AND i.source_repo = '.'
    AND (i.description <> '' OR i.design <> '' OR i.notes <> '' OR i.acceptance_criteria <> '')
    AND (?4 = 0 OR (SELECT COUNT(*) FROM events e WHERE e.issue_id = i.id) >= ?4)
    AND NOT EXISTS (
      WITH RECURSIVE waiting (id, level) AS (
        SELECT d.issue_id, 0 FROM dependencies d WHERE d.depends_on_id = i.id AND d.type = 'blocks'
        UNION
        SELECT k.issue_id, w.level + 1 FROM waiting w
        JOIN dependencies k ON k.depends_on_id = w.id AND k.type = 'parent-child' WHERE w.level < ?3)
      SELECT 1 FROM waiting w JOIN issues o ON o.id = w.id
      WHERE o.status NOT IN (SELECT status FROM status_categories WHERE category = 'done'))
    """

  /// Why an issue's texts may not be shortened; nil when they may.
  /// - Parameter force: Whether age, events and what waits for it do not count.
  public func compactionObstacle(
    _ issue: Issue, _ tier: CompactionTier, force: Bool = false
  ) throws(BeadsError) -> String? {
    let id = issue.id
    guard issue.status == .closed, let closedAt = issue.closedAt else { return "\(id) is \(issue.status)" }
    if issue.isPinned { return "\(id) is pinned" }
    if issue.isTemplate { return "\(id) is a template" }
    if try sourceRepo(of: id) != nil { return "\(id) belongs to another project" }
    if issue.textSize == 0 { return "\(id) has no text" }
    if force { return nil }
    if issue.isEphemeral { return "\(id) is a wisp" }
    if issue.compactionLevel >= tier.rawValue { return "\(id) is compacted already" }
    if issue.compactionLevel < tier.rawValue - 1 {
      return "\(id) has not been through tier \(tier.rawValue - 1)"
    }
    let rules = try compactionRules(tier)
    let days = (now.seconds - closedAt.seconds) / 86_400
    if days < rules.days { return "\(id) was closed \(days) days ago, not \(rules.days)" }
    if try !candidates(tier, id: id).isEmpty { return nil }
    return rules.events > 0
      ? "\(id) has fewer than \(rules.events) events, or an open issue depends on it"
      : "an open issue depends on \(id)"
  }
}
