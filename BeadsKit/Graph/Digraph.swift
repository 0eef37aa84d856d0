/// A directed graph over the nodes `0..<nodeCount`, immutable, with its edges stored side by side (CSR form).
///
/// Self-loops and parallel edges are allowed. Every algorithm of this room is free of recursion, so that chains of
/// any length fit the stack, and deterministic: ties go to the smaller node or the earlier edge.
public struct Digraph: Sendable {
  /// How many nodes there are.
  public let nodeCount: Int
  /// `targets[offsets[v]..<offsets[v + 1]]` are the successors of `v`.
  let offsets: [Int]
  let targets: [Int]

  /// Makes a graph; the edges of a node keep their order.
  ///
  /// O(V + E). Every end of an edge must be in `0..<nodeCount`.
  public init(nodeCount: Int, edges: some Collection<(from: Int, to: Int)>) {
    self.nodeCount = nodeCount
    var ends = [Int](repeating: 0, count: nodeCount + 1)
    for edge in edges { ends[edge.from + 1] += 1 }
    for node in 0..<nodeCount { ends[node + 1] += ends[node] }
    offsets = ends
    var next = ends
    var sorted = [Int](repeating: 0, count: edges.count)
    for edge in edges {
      precondition(0..<nodeCount ~= edge.to, "an edge leaves the graph")
      sorted[next[edge.from]] = edge.to
      next[edge.from] += 1
    }
    targets = sorted
  }

  /// How many edges there are.
  public var edgeCount: Int { targets.count }

  /// The nodes that edges of `node` point to, in the order the edges were given.
  ///
  /// O(1).
  public func successors(of node: Int) -> ArraySlice<Int> { targets[offsets[node]..<offsets[node + 1]] }

  /// The graph with every edge turned round.
  ///
  /// O(V + E).
  public var reversed: Digraph {
    var edges: [(from: Int, to: Int)] = []
    edges.reserveCapacity(edgeCount)
    for node in 0..<nodeCount {
      for target in successors(of: node) { edges.append((from: target, to: node)) }
    }
    return Digraph(nodeCount: nodeCount, edges: edges)
  }

  /// How many edges point to each node.
  ///
  /// O(V + E).
  var inDegrees: [Int] {
    var degrees = [Int](repeating: 0, count: nodeCount)
    for target in targets { degrees[target] += 1 }
    return degrees
  }

  /// The first thing that is wrong with the stored form, or nil.
  package func checkInvariants() -> String? {
    if offsets.count != nodeCount + 1 { return "\(offsets.count) offsets for \(nodeCount) nodes" }
    if offsets.first != 0 || offsets.last != targets.count { return "the offsets do not span the targets" }
    if zip(offsets, offsets.dropFirst()).contains(where: { $0 > $1 }) { return "the offsets fall" }
    if !targets.allSatisfy((0..<nodeCount).contains) { return "a target is not a node" }
    return nil
  }
}

/// Numbers for the labels of a graph's nodes, given in order of first appearance.
public struct NodeTable<Label: Hashable & Sendable>: Sendable {
  /// The label of each node.
  public private(set) var labels: [Label] = []
  private var nodes: [Label: Int] = [:]

  /// Makes an empty table.
  public init() {}

  /// The node of a label, added when it is new.
  ///
  /// O(1).
  public mutating func insert(_ label: Label) -> Int {
    if let node = nodes[label] { return node }
    let node = labels.count
    labels.append(label)
    nodes[label] = node
    return node
  }

  /// The node of a label, or nil.
  ///
  /// O(1).
  public func node(_ label: Label) -> Int? { nodes[label] }
}
