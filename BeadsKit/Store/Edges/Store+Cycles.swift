public import BeadsModel
public import BeadsSystem

extension Store {
  /// Circles of issues that wait for each other: one for each set of issues that reach each other, each starting
  /// with its oldest edge's issue.
  ///
  /// Edges are loaded once; linear in their number. `addDependency` refuses to make circles, so these come from
  /// files or from additions without the check. Edges that wait for children do not combine with parents.
  public func dependencyCycles() throws(BeadsError) -> [[IssueID]] {
    var table = NodeTable<String>()
    var throughParents: [(from: Int, to: Int)] = []
    var throughWaits: [(from: Int, to: Int)] = []
    try connection.query(
      """
      SELECT issue_id, depends_on_id, type FROM dependencies
      WHERE type IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child') ORDER BY \(Self.acrossIssues)
      """
    ) { row throws(BeadsError) in
      let edge = (from: table.insert(row.text(0)), to: table.insert(row.text(1)))
      let type = row.text(2)
      if type != "waits-for" { throughParents.append(edge) }
      if type != "parent-child" { throughWaits.append(edge) }
    }
    var found: [[Int]] = []
    for edges in [throughParents, throughWaits] {
      for cycle in Digraph(nodeCount: table.labels.count, edges: edges).cycles where !found.contains(cycle) {
        found.append(cycle)
      }
    }
    return found.map { cycle in cycle.map { IssueID(unchecked: table.labels[$0]) } }
  }
}
