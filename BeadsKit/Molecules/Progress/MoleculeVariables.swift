import BeadsFormulas
public import BeadsModel

extension MoleculeGraph {
  /// The variables that the texts of its root and the given steps mention, in the order they first appear.
  public func variables(_ steps: [Issue]) -> [String] {
    var names: [String] = []
    for issue in [root] + steps {
      for text in [issue.title, issue.description, issue.design, issue.acceptanceCriteria, issue.notes] {
        Placeholders.collect(text, into: &names)
      }
    }
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }
}
