public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// A molecule that can go on because a gate has closed, and that nobody has hooked.
public struct ResumableMolecule: Sendable {
  /// The root.
  public let molecule: Issue
  /// The gate that closed, the latest if there are several.
  public let gate: Issue
  /// The step that waited for it and is ready now, the most urgent if there are several.
  public let step: Issue
}

extension Store {
  /// Molecules in which a step is ready now that waited for a closed gate, the gate that closed last first.
  ///
  /// Molecules that an agent has hooked are left out, and so are those with a hooked step. A fixed number of queries.
  public func resumableMolecules() throws(BeadsError) -> [ResumableMolecule] {
    let condition = try readyCondition()
    var waits: [(gate: IssueID, step: IssueID)] = []
    try connection.withStatement(
      """
      SELECT g.id, i.id FROM issues g
        CROSS JOIN dependencies d ON d.depends_on_id = g.id AND d.type IN ('blocks', 'conditional-blocks')
        CROSS JOIN issues i ON i.id = d.issue_id
      WHERE g.issue_type = 'gate' AND g.status = 'closed' AND \(condition.sql)
      ORDER BY g.closed_at DESC, i.priority, i.created_at, i.id, g.id
      """
    ) { statement throws(BeadsError) in
      try statement.bind(condition.values)
      while try statement.step() {
        waits.append((IssueID(unchecked: statement.row.text(0)), IssueID(unchecked: statement.row.text(1))))
      }
    }
    if waits.isEmpty { return [] }
    let roots = try moleculeRoots(of: Set(waits.map(\.step)))
    let hooked = try hooked(among: Set(roots.values))
    var seen = hooked
    let chosen = waits.compactMap { wait -> (root: IssueID, gate: IssueID, step: IssueID)? in
      guard let root = roots[wait.step], root != wait.step, seen.insert(root).inserted else { return nil }
      return (root, wait.gate, wait.step)
    }
    let ids = Set(chosen.flatMap { [$0.root, $0.gate, $0.step] })
    let issues = Dictionary(try issues(Array(ids)).map { ($0.id, $0) }) { first, _ in first }
    return chosen.compactMap { one in
      guard let molecule = issues[one.root], let gate = issues[one.gate], let step = issues[one.step] else {
        return nil
      }
      return ResumableMolecule(molecule: molecule, gate: gate, step: step)
    }
  }

  /// Those of the molecules that are on somebody's hook: by status, by the agent's own record, by an edge from what is
  /// hooked, or with one of their steps.
  private func hooked(among roots: Set<IssueID>) throws(BeadsError) -> Set<IssueID> {
    var hooked = Set<IssueID>()
    try connection.query(
      """
      WITH RECURSIVE
        hook (id) AS (
          SELECT id FROM issues WHERE status = 'hooked'
          UNION
          SELECT hook_bead FROM issues WHERE issue_type = 'agent' AND hook_bead <> '' AND status <> 'tombstone'
          UNION
          SELECT d.depends_on_id FROM issues i JOIN dependencies d ON d.issue_id = i.id AND d.type = 'blocks'
          WHERE i.status = 'hooked'),
        up (id) AS (
          SELECT id FROM hook
          UNION
          SELECT d.depends_on_id FROM up JOIN dependencies d ON d.issue_id = up.id AND d.type = 'parent-child')
      SELECT id FROM up WHERE id IN (SELECT value FROM json_each(?1))
      """, Self.jsonList(Array(roots))
    ) { row throws(BeadsError) in hooked.insert(IssueID(unchecked: row.text(0))) }
    return hooked
  }
}
