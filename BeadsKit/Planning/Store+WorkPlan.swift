public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// Shares unfinished work out among agents.
  ///
  /// Greedy along the critical path: whenever an agent is free, it takes the work that most other work waits for, and
  /// chains stay with one agent. An issue without an estimate takes an hour. A parent is done when its children are
  /// and takes no time itself. What waits for gates, other projects, a date, or in a circle is named and left out.
  ///
  /// Three queries; O(V log V + E) in the unfinished issues. The same store gives the same plan.
  /// - Parameters:
  ///   - agents: How many work at the same time.
  ///   - ancestor: Only what is below this issue.
  /// - Throws: `invalid` when there is not at least one agent; `notFound`.
  public func workPlan(agents: Int, below ancestor: IssueID? = nil) throws(BeadsError) -> WorkPlan {
    if agents < 1 {
      throw BeadsError(.invalid, "\(agents) agents cannot do anything", hint: "give 1 or more")
    }
    return try read { () throws(BeadsError) in
      if let ancestor, try issue(ancestor) == nil { throw Self.noIssue(ancestor.rawValue) }
      var sketch = PlanSketch(try plannableIssues(below: ancestor))
      try readHierarchy(into: &sketch)
      try readBlockers(into: &sketch)
      return sketch.plan(agents: agents)
    }
  }

  /// Everything unfinished in the order of the ready queue, what is begun first.
  private func plannableIssues(below ancestor: IssueID?) throws(BeadsError) -> [PlanSketch.Item] {
    let scope =
      ancestor == nil
      ? "AND ?2 IS NULL"
      : """
      AND i.id IN (WITH RECURSIVE below (id) AS (
          SELECT ?2
          UNION
          SELECT p.issue_id FROM below b JOIN dependencies p
            ON p.depends_on_id = b.id AND p.type = 'parent-child')
        SELECT id FROM below)
      """
    let now = now.sortableText
    let (vocabulary, hidden) = (
      rules.vocabulary, Set(IssueType.neverReady + rules.vocabulary.infrastructureTypes)
    )
    var items: [PlanSketch.Item] = []
    try connection.query(
      """
      SELECT i.id, i.title, i.status, i.priority, i.issue_type, i.assignee, i.estimated_minutes,
        CASE WHEN i.defer_until > ?1 THEN i.defer_until END, i.defer_until
      FROM issues i
      WHERE i.pinned = 0 AND i.is_template = 0 AND i.ephemeral = 0
        AND i.status NOT IN (SELECT status FROM settled_statuses) \(scope)
      ORDER BY i.status NOT IN ('in_progress', 'hooked'), i.priority, i.created_at DESC, i.id
      """, now, ancestor?.rawValue
    ) { row throws(BeadsError) in
      let status = Status(rawValue: row.text(2))
      let type = IssueType(rawValue: row.text(4))
      let issue = PlannedIssue(
        id: IssueID(unchecked: row.text(0)), title: row.text(1), status: status, priority: row.int(3),
        type: type, assignee: row.text(5), minutes: row.optionalInt64(6).map { Int(max(0, $0)) } ?? 60)
      var item = PlanSketch.Item(issue: issue)
      let until = row.optionalText(7)
      item.deferral = until.map { "it is deferred until \($0.prefix(10))" }
      let isDue = !row.isNull(8)
      let canBeDone =
        status == .inProgress || status == .hooked || (status == .deferred && isDue)
        || vocabulary.category(of: status) == .active
      if !canBeDone { item.hindrance = "its status is \(status)" }
      if hidden.contains(type) {
        item.isWork = false
        if type != .molecule { item.hindrance = "nobody works on an issue of type \(type)" }
      }
      items.append(item)
    }
    return items
  }

  private func readHierarchy(into sketch: inout PlanSketch) throws(BeadsError) {
    try connection.query(
      "SELECT issue_id, depends_on_id FROM dependencies WHERE type = 'parent-child' ORDER BY 2, 1"
    ) { row throws(BeadsError) in sketch.addChild(row.text(0), of: row.text(1)) }
  }

  private func readBlockers(into sketch: inout PlanSketch) throws(BeadsError) {
    try connection.query("SELECT issue_id, blocker_id FROM active_blockers ORDER BY 1, 2") {
      row throws(BeadsError) in sketch.addBlocker(row.text(1), of: row.text(0))
    }
  }
}
