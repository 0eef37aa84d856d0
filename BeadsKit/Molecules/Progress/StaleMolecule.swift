public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// A molecule or epic that is open although everything below it is done.
public struct StaleMolecule: Sendable, Equatable {
  /// The root.
  public let id: IssueID
  /// Its title.
  public let title: String
  /// Who it is assigned to; empty for nobody.
  public let assignee: String
  /// How many direct children it has, all of which are done.
  public let childCount: Int
  /// The open issues that wait for it, in ID order.
  public internal(set) var blocked: [IssueID] = []
}

extension Store {
  /// Molecules and epics whose children are all done and which are open themselves, by priority, the oldest first.
  ///
  /// Two queries.
  /// - Parameter includesChildless: Whether those without any children are among them.
  public func staleMolecules(includesChildless: Bool = false) throws(BeadsError) -> [StaleMolecule] {
    var found = try connection.all(
      """
      SELECT e.id, e.title, e.assignee, count(k.id) AS children
      FROM issues e
        LEFT JOIN dependencies d ON d.depends_on_id = e.id AND d.type = 'parent-child'
        LEFT JOIN issues k ON k.id = d.issue_id AND k.status <> 'tombstone'
      WHERE e.issue_type IN ('epic', 'molecule') AND e.is_template = 0 AND e.status <> 'tombstone'
        AND e.status NOT IN (SELECT status FROM status_categories WHERE category = 'done')
      GROUP BY e.id
      HAVING sum(k.id IS NOT NULL AND k.status NOT IN (SELECT status FROM status_categories WHERE category = 'done')) = 0
        AND (children > 0 OR ?1)
      ORDER BY e.priority, e.created_at, e.id
      """, includesChildless ? 1 : 0
    ) { row in
      StaleMolecule(
        id: IssueID(unchecked: row.text(0)), title: row.text(1), assignee: row.text(2), childCount: row.int(3)
      )
    }
    let waiting = try activeDependents(of: found.map(\.id))
    for index in found.indices {
      found[index].blocked = Set(waiting[found[index].id, default: []].map(\.issueID)).sorted()
    }
    return found
  }
}
