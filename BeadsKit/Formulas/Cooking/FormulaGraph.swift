import BeadsModel

/// What waits for what in a tree of steps.
///
/// A step that has parts starts before them and ends after them, so each step is two nodes: a step starts after the
/// ends of those it needs, and after the start of its parent.
struct FormulaGraph {
  private var table = NodeTable<String>()
  private var origins: [FormulaOrigin] = []
  private var edges: [(from: Int, to: Int)] = []

  /// Linear in the steps and their needs; needs that are no steps are left out, and so are loops.
  init(_ steps: [FormulaStep]) {
    number(steps)
    connect(steps, parent: nil)
  }

  /// A problem for each set of steps that wait for each other.
  var problems: [FormulaProblem] {
    let graph = Digraph(nodeCount: table.labels.count * 2, edges: edges)
    return graph.cycles.map { cycle in
      var names: [String] = []
      for node in cycle where names.last != table.labels[node / 2] { names.append(table.labels[node / 2]) }
      if names.count > 1, names.first == names.last { names.removeLast() }
      let shown = names.count > 12 ? names.prefix(6) + ["..."] + names.suffix(5) : names[...]
      let path = (shown + names.prefix(1)).joined(separator: " → ")
      return FormulaProblem("steps wait for each other: \(path)", at: origins[(cycle.first ?? 0) / 2])
    }
  }

  private mutating func number(_ steps: [FormulaStep]) {
    for step in steps {
      if table.insert(step.id) == origins.count { origins.append(step.origin) }
      number(step.children)
    }
  }

  private mutating func connect(_ steps: [FormulaStep], parent: Int?) {
    for step in steps {
      guard let node = table.node(step.id) else { continue }
      edges.append((from: node * 2 + 1, to: node * 2))
      if let parent {
        edges.append((from: node * 2, to: parent * 2))
        edges.append((from: parent * 2 + 1, to: node * 2 + 1))
      }
      for need in step.needs where need != step.id {
        if let needed = table.node(need) { edges.append((from: node * 2, to: needed * 2 + 1)) }
      }
      connect(step.children, parent: node)
    }
  }
}
