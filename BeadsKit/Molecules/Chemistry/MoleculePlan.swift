public import BeadsFormulas
public import BeadsModel
import BeadsSystem

/// What a molecule is made from: issues that name each other by keys, and the edges between them.
///
/// Made from a cooked formula or from a proto in the store; `Transaction.instantiate` turns it into issues.
public struct MoleculePlan: Sendable, Equatable {
  /// An issue to be made.
  public struct Node: Sendable, Equatable {
    /// The name within the plan, such as `release.build.compile`: the root's, then a word for each level.
    public var key: String
    /// The content, placeholders included; its ID, times and edges do not count.
    public var issue: Issue
    /// The node that this one is a part of; nil for the root.
    public var parent: Int?
  }

  /// An edge between two nodes: `from` depends on `to`.
  public struct Edge: Sendable, Hashable {
    /// The dependent.
    public var from: Int
    /// What it depends on.
    public var to: Int
    /// The type of the edge.
    public var type: DependencyType
    /// JSON text that qualifies it; empty when there is none.
    public var metadata: String
    /// The node that the metadata names as spawner, if it does.
    public var spawner: Int?

    /// Makes an edge.
    public init(_ from: Int, dependsOn to: Int, _ type: DependencyType, metadata: String = "") {
      self.from = from
      self.to = to
      self.type = type
      self.metadata = metadata
    }
  }

  /// The formula's name, or the proto's ID.
  public var name: String
  /// The root first, and parents before their parts.
  public var nodes: [Node] = []
  /// Without those to parents, in the order of their dependents.
  public var edges: [Edge] = []
  /// What must or can be said when it is made; empty for a template that declares nothing.
  public var variables: [FormulaVariable] = []
  /// How long it is meant to live.
  public var phase: Formula.Phase?
  /// Whether the steps become issues even when it is made ephemeral.
  public var poursSteps = false

  /// Whether variables have their values already, so that what looks like a placeholder is text.
  public internal(set) var isFilled = false
  /// Variables that its formula mentions, of which nothing is seen once they are filled in.
  var formulaVariables: [String] = []
  /// Steps that are made under a condition which only values can decide.
  var conditionalSteps: [String] = []

  /// Makes an empty plan.
  init(name: String) { self.name = name }

  /// How many issues it makes.
  public var count: Int { nodes.count }

  // MARK: Checks

  /// Throws unless every step can be reached by closing others.
  /// - Throws: `cycle` naming the steps, `conflict` when a step would wait for what it is a part of.
  func check() throws(BeadsError) {
    for edge in edges where edge.type.isBlocking && isAncestor(edge.to, of: edge.from) {
      throw BeadsError(
        .conflict,
        "step \(quoted(label(edge.from))) of \(name) would wait for \(quoted(label(edge.to))), which it is a part of"
      )
    }
    var pairs = edges.filter(\.type.isBlocking).map { (from: $0.from, to: $0.to) }
    for (index, node) in nodes.enumerated() { if let parent = node.parent { pairs.append((index, parent)) } }
    guard let cycle = Digraph(nodeCount: nodes.count, edges: pairs).cycles.first else { return }
    let path = (cycle + cycle.prefix(1)).map(label).joined(separator: " → ")
    throw BeadsError(.cycle, "\(name) has a cycle: \(path)")
  }

  private func isAncestor(_ candidate: Int, of node: Int) -> Bool {
    var place = nodes[node].parent
    while let parent = place {
      if parent == candidate { return true }
      place = nodes[parent].parent
    }
    return false
  }

  /// The key of a node without the root's.
  func label(_ index: Int) -> String {
    let (key, root) = (nodes[index].key, nodes[0].key)
    return key.hasPrefix(root + ".") ? String(key.dropFirst(root.count + 1)) : key
  }
}
