import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// Issues and edges to be made together, as `bd create --graph` reads them from JSON.
///
/// Nodes name each other by keys of their own, which become IDs when the plan is carried out.
public struct CreationPlan: Sendable {
  /// An issue to be made.
  public struct Node: Sendable {
    /// The name of the node within the plan.
    public let key: String
    /// The issue.
    public internal(set) var draft: IssueDraft
    /// Members of the metadata that hold the ID of another node: member and key.
    public internal(set) var metadataRefs: [(member: String, key: String)] = []
    /// Where it is made a child, if it is.
    public internal(set) var parent: End?
  }

  /// An edge to be made: `from` depends on `to`.
  public struct Edge: Sendable {
    /// The dependent.
    public let from: End
    /// What it depends on.
    public let to: End
    /// The type of the edge.
    public let type: DependencyType
  }

  /// One end of an edge.
  public enum End: Sendable, Hashable, CustomStringConvertible {
    /// A node of the plan.
    case node(String)
    /// An issue that exists.
    case issue(IssueID)

    /// The key or the ID.
    public var description: String {
      switch self {
      case .node(let key): key
      case .issue(let id): id.rawValue
      }
    }
  }

  /// The nodes, in the order of the plan.
  public internal(set) var nodes: [Node] = []
  /// The edges, in the order of the plan, without those to parents.
  public internal(set) var edges: [Edge] = []
  /// What the operation log says; empty when the plan says nothing.
  public internal(set) var message = ""
  /// What was in the JSON and is not known, one sentence each.
  public internal(set) var warnings: [String] = []

  /// Reads a plan and checks everything that does not need a store.
  ///
  /// - Parameter resolve: Finds the issue that an ID in the plan means.
  /// - Throws: `invalid` naming the node or edge that is wrong, `cycle`, and what `resolve` throws.
  public init(json: String, resolve: @escaping (String) throws(BeadsError) -> IssueID) throws(BeadsError) {
    guard let root = JSONValue(parsing: json), case .object = root else {
      throw BeadsError(.invalid, "the plan is not a JSON object", hint: "it looks like {\"nodes\": [...]}")
    }
    var reader = CreationPlanReader(resolve: resolve)
    self = try reader.read(root)
    try check()
  }

  init() {}

  /// Says who is accountable for all issues of the plan.
  public mutating func setOwner(_ owner: String) {
    for index in nodes.indices { nodes[index].draft.owner = owner }
  }

  // MARK: Checks

  private func check() throws(BeadsError) {
    if nodes.isEmpty { throw BeadsError(.invalid, "the plan has no nodes") }
    var keys = NodeTable<String>()
    for node in nodes {
      if node.key.isEmpty { throw BeadsError(.invalid, "a node of the plan has no key") }
      if keys.node(node.key) != nil {
        throw BeadsError(.invalid, "two nodes have the key \(quoted(node.key))")
      }
      _ = keys.insert(node.key)
    }
    for node in nodes {
      if case .node(let key)? = node.parent { try require(key, keys, "the parent of \(quoted(node.key))") }
      for ref in node.metadataRefs { try require(ref.key, keys, "a metadata_ref of \(quoted(node.key))") }
    }
    for edge in edges {
      for case .node(let key) in [edge.from, edge.to] { try require(key, keys, "an edge") }
    }
    try checkParentLinks()
    try checkCycles(keys)
  }

  private func require(_ key: String, _ keys: NodeTable<String>, _ who: String) throws(BeadsError) {
    if keys.node(key) == nil {
      throw BeadsError(.invalid, "\(who) names \(quoted(key)), which is no node of the plan")
    }
  }

  private func checkParentLinks() throws(BeadsError) {
    var links = Set<[End]>()
    for node in nodes { if let parent = node.parent { links.insert([.node(node.key), parent]) } }
    for edge in edges where edge.type.isBlocking {
      if edge.from == edge.to {
        throw BeadsError(.invalid, "\(quoted("\(edge.from)")) cannot depend on itself")
      }
      if links.contains([edge.from, edge.to]) {
        throw BeadsError(.invalid, "the edge from \(edge.from) to \(edge.to) repeats a parent link")
      }
      if links.contains([edge.to, edge.from]) {
        throw BeadsError(.invalid, "the edge from \(edge.from) to \(edge.to) reverses a parent link")
      }
    }
  }

  /// Finds circles among the nodes while they still have the names that the author gave them.
  private func checkCycles(_ keys: NodeTable<String>) throws(BeadsError) {
    var pairs: [(from: Int, to: Int)] = []
    func add(_ from: End, _ to: End) {
      if case .node(let from) = from, case .node(let to) = to, let from = keys.node(from),
        let to = keys.node(to)
      {
        pairs.append((from, to))
      }
    }
    for edge in edges where edge.type.isBlocking { add(edge.from, edge.to) }
    for node in nodes { if let parent = node.parent { add(.node(node.key), parent) } }
    guard let cycle = Digraph(nodeCount: nodes.count, edges: pairs).cycles.first else { return }
    let path = (cycle + cycle.prefix(1)).map { nodes[$0].key }.joined(separator: " → ")
    throw BeadsError(.cycle, "the plan has a cycle: \(path)")
  }
}

extension Transaction {
  /// Carries a plan out: makes all issues and edges.
  ///
  /// - Returns: The ID of each node by key, in the order of the plan.
  /// - Throws: `invalid`, `notFound`, `cycle`, `conflict`; then the caller's transaction must not be kept.
  @discardableResult
  public mutating func create(_ plan: CreationPlan) throws(BeadsError) -> [(key: String, id: IssueID)] {
    var made: [(key: String, id: IssueID)] = []
    for node in plan.nodes {
      do throws(BeadsError) { made.append((node.key, try create(node.draft).id)) } catch {
        throw BeadsError(error.code, "node \(quoted(node.key)): \(error.message)", hint: error.hint)
      }
    }
    let ids = Dictionary(uniqueKeysWithValues: made)
    func id(_ end: CreationPlan.End) -> IssueID {
      switch end {
      case .node(let key): ids[key] ?? IssueID(unchecked: key)
      case .issue(let id): id
      }
    }
    for node in plan.nodes {
      if let parent = node.parent {
        try addDependency(id(.node(node.key)), dependsOn: id(parent), type: .parentChild)
      }
      if node.metadataRefs.isEmpty { continue }
      try update(id(.node(node.key))) { issue throws(BeadsError) in
        for ref in node.metadataRefs {
          try issue.setMetadata(ref.member, .string(id(.node(ref.key)).rawValue))
        }
      }
    }
    for edge in plan.edges { try addDependency(id(edge.from), dependsOn: id(edge.to), type: edge.type) }
    if summary.isEmpty { summary = plan.message }
    return made
  }
}
