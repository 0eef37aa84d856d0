public import BeadsModel
public import BeadsSystem

extension Store {
  /// What issues depend on, or what depends on them: each edge with the issue at its other end.
  ///
  /// Two queries for any number of issues.
  /// - Parameter types: The only types of edges; nil for all.
  public func links(
    _ direction: DependencyDirection, of ids: some Sequence<IssueID>, types: [DependencyType]? = nil
  ) throws(BeadsError) -> [IssueDetails.Link] {
    try read { () throws(BeadsError) in
      let found = try edges(direction, of: ids).filter { types?.contains($0.type) ?? true }
      let ends = Set(found.map { $0.end(direction) })
      let issues = try self.issues(ends.sorted()).filter { !$0.isTombstone }
      let byID = Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0) })
      return found.map { edge in
        let end = edge.end(direction)
        return IssueDetails.Link(edge: edge, id: end, issue: byID[end])
      }
    }
  }
}
