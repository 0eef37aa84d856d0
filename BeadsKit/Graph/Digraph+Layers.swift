/// The nodes of a graph in the order its edges allow.
public struct GraphLayers: Sendable, Hashable {
  /// The number of edges of the longest path to each node; -1 for nodes on a cycle or behind one.
  public let layerOf: [Int]
  /// The nodes of each layer, ascending; layer 0 has no edges to it.
  public let layers: [[Int]]
  /// The nodes on cycles and behind them, ascending; empty when the order is complete.
  public let unordered: [Int]

  /// All ordered nodes; every edge points forwards.
  public var order: [Int] { Array(layers.joined()) }
}

extension Digraph {
  /// Layers by longest path from the nodes that nothing points to (Kahn's algorithm).
  ///
  /// O(V + E). For edges "depends on", take the layers of `reversed`: layer 0 is then what nothing blocks.
  public var layers: GraphLayers {
    var waiting = inDegrees
    var layerOf = [Int](repeating: 0, count: nodeCount)
    var queue = (0..<nodeCount).filter { waiting[$0] == 0 }
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for target in successors(of: node) {
        layerOf[target] = max(layerOf[target], layerOf[node] + 1)
        waiting[target] -= 1
        if waiting[target] == 0 { queue.append(target) }
      }
    }
    var layers: [[Int]] = []
    var unordered: [Int] = []
    for node in 0..<nodeCount {
      if waiting[node] > 0 {
        layerOf[node] = -1
        unordered.append(node)
      } else {
        while layers.count <= layerOf[node] { layers.append([]) }
        layers[layerOf[node]].append(node)
      }
    }
    return GraphLayers(layerOf: layerOf, layers: layers, unordered: unordered)
  }

  /// The weight of the heaviest path that starts at each node, itself included, or nil when there is a cycle.
  ///
  /// O(V + E).
  /// - Parameter weights: one for each node, not negative; 1 for all when nil.
  public func criticalLengths(weights: [Int]? = nil) -> [Int]? {
    let layers = layers
    guard layers.unordered.isEmpty else { return nil }
    return criticalLengths(layers, weights)
  }

  private func criticalLengths(_ layers: GraphLayers, _ weights: [Int]?) -> [Int] {
    var lengths = [Int](repeating: 0, count: nodeCount)
    for layer in layers.layers.reversed() {
      for node in layer {
        var longest = 0
        for target in successors(of: node) { longest = max(longest, lengths[target]) }
        lengths[node] = longest + (weights?[node] ?? 1)
      }
    }
    return lengths
  }

  /// A heaviest path of the graph, or nil when there is a cycle.
  ///
  /// O(V + E).
  /// - Parameter weights: one for each node, not negative; 1 for all when nil.
  public func criticalPath(weights: [Int]? = nil) -> [Int]? {
    let layers = layers
    guard layers.unordered.isEmpty else { return nil }
    let lengths = criticalLengths(layers, weights)
    var path: [Int] = []
    // A heaviest path starts where nothing points to: weights are not negative.
    var next = Self.heaviest(layers.layers.first ?? [], lengths)
    while let node = next {
      path.append(node)
      next = Self.heaviest(successors(of: node), lengths)
    }
    return path
  }

  private static func heaviest(_ nodes: some Sequence<Int>, _ lengths: [Int]) -> Int? {
    nodes.min { (-lengths[$0], $0) < (-lengths[$1], $1) }
  }
}
