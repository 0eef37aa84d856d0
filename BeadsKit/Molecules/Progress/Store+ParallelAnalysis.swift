import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// Which steps of a molecule can be done side by side.
  ///
  /// One query for what blocks five hundred steps, one more when some wait for the children of another.
  public func parallelAnalysis(of graph: MoleculeGraph) throws(BeadsError) -> ParallelAnalysis {
    let waiting = graph.steps.filter { $0.isBlocked && !$0.isSettled }.map(\.id)
    var blockers: [IssueID: [ActiveBlocker]] = [:]
    // In portions that are looked up step by step: for more, all edges of the store would be read.
    for start in stride(from: 0, to: waiting.count, by: 500) {
      let portion = Array(waiting[start..<min(start + 500, waiting.count)])
      try blockers.merge(activeBlockers(of: portion)) { $1 }
    }
    let waits = blockers.values.joined().contains { $0.type == .waitsFor }
    return ParallelAnalysis(
      graph, blockers: blockers, spawners: waits ? try spawners(of: waiting) : [:])
  }

  /// Whose children `waits-for` edges are about, by edge.
  private func spawners(of ids: [IssueID]) throws(BeadsError) -> [WaitEdge: IssueID] {
    var spawners: [WaitEdge: IssueID] = [:]
    try connection.query(
      """
      SELECT issue_id, depends_on_id, spawner_id FROM waits
      WHERE issue_id IN (SELECT value FROM json_each(?1)) AND spawner_id <> depends_on_id
      """, Self.jsonList(ids)
    ) { row throws(BeadsError) in
      spawners[WaitEdge(from: IssueID(unchecked: row.text(0)), to: IssueID(unchecked: row.text(1)))] =
        IssueID(unchecked: row.text(2))
    }
    return spawners
  }
}
