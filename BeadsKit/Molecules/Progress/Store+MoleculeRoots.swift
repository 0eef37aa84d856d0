public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// The molecules that issues belong to, by issue; issues that belong to none are left out.
  ///
  /// The highest ancestor of type `molecule`; where there is none, the highest that is an epic or carries the label
  /// `template`. An issue can be its own. One query for any number of issues.
  public func moleculeRoots(of ids: some Sequence<IssueID>) throws(BeadsError) -> [IssueID: IssueID] {
    var molecules: [IssueID: IssueID] = [:]
    var epics: [IssueID: IssueID] = [:]
    // Fifty levels are more than anybody nests, and end circles.
    try connection.query(
      """
      WITH RECURSIVE up (start, id, level) AS (
        SELECT value, value, 0 FROM json_each(?1)
        UNION
        SELECT up.start, d.depends_on_id, up.level + 1
        FROM up JOIN dependencies d ON d.issue_id = up.id AND d.type = 'parent-child'
        WHERE up.level < 50)
      SELECT up.start, i.id, i.issue_type = 'molecule'
      FROM up JOIN issues i ON i.id = up.id
      WHERE i.status <> 'tombstone' AND (i.issue_type IN ('molecule', 'epic')
        OR EXISTS (SELECT 1 FROM labels l WHERE l.issue_id = i.id AND l.label = 'template'))
      ORDER BY up.level, i.id
      """, Self.jsonList(Array(ids))
    ) { row throws(BeadsError) in
      let (start, id) = (IssueID(unchecked: row.text(0)), IssueID(unchecked: row.text(1)))
      if row.bool(2) { molecules[start] = id } else { epics[start] = id }
    }
    return epics.merging(molecules) { $1 }
  }

  /// The molecule that an issue is the root or a step of, or nil.
  public func moleculeRoot(of id: IssueID) throws(BeadsError) -> IssueID? {
    try moleculeRoots(of: [id])[id]
  }

  /// The molecules an actor works on, the one touched last first: those of the actor's steps in progress; where there are
  /// none, those that are hooked, or that something hooked waits for.
  public func molecules(of actor: String) throws(BeadsError) -> [IssueID] {
    let working = try connection.all(
      """
      SELECT id FROM issues WHERE assignee = ?1 AND assignee <> '' AND status = 'in_progress'
      ORDER BY updated_at DESC, id
      """, actor
    ) { IssueID(unchecked: $0.text(0)) }
    let roots = try moleculeRoots(of: working)
    var found = working.compactMap { roots[$0] }
    if found.isEmpty { found = try hookedMolecules(of: actor) }
    var seen = Set<IssueID>()
    return found.filter { seen.insert($0).inserted }
  }

  private func hookedMolecules(of actor: String) throws(BeadsError) -> [IssueID] {
    try connection.all(
      """
      WITH
        hooked (id, updated_at) AS (
          SELECT id, updated_at FROM issues WHERE assignee = ?1 AND assignee <> '' AND status = 'hooked'),
        named (id, updated_at) AS (
          SELECT id, updated_at FROM hooked
          UNION
          SELECT d.depends_on_id, h.updated_at
          FROM hooked h JOIN dependencies d ON d.issue_id = h.id AND d.type = 'blocks')
      SELECT i.id FROM named n JOIN issues i ON i.id = n.id
      WHERE i.issue_type IN ('epic', 'molecule') AND i.status <> 'tombstone'
      ORDER BY n.updated_at DESC, i.id
      """, actor
    ) { IssueID(unchecked: $0.text(0)) }
  }
}
