public import BeadsModel

extension MoleculeGraph {
  /// The variables that the texts of its root and the given steps mention, in the order they first appear.
  public func variables(_ steps: [Issue]) -> [String] {
    var seen = Set<String>()
    return ([root] + steps).flatMap { issue in
      [issue.title, issue.description, issue.design, issue.acceptanceCriteria, issue.notes]
        .flatMap { Placeholders.names(in: $0) }
    }.filter { seen.insert($0).inserted }
  }
}
