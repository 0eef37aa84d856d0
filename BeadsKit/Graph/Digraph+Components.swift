/// A partition of the nodes of a graph.
public struct GraphComponents: Sendable, Hashable {
  /// The component of each node.
  public let componentOf: [Int]
  /// The nodes of each component, ascending.
  public let members: [[Int]]

  /// Collects the members of numbered components.
  ///
  /// O(V).
  init(componentOf: [Int], count: Int) {
    self.componentOf = componentOf
    var members = [[Int]](repeating: [], count: count)
    for (node, component) in componentOf.enumerated() { members[component].append(node) }
    self.members = members
  }
}

extension Digraph {
  /// The parts that no edge joins, whatever its direction; ordered by smallest node.
  ///
  /// O(V + E).
  public var connectedComponents: GraphComponents {
    let backwards = reversed
    var component = [Int](repeating: -1, count: nodeCount)
    var count = 0
    var stack: [Int] = []
    for root in 0..<nodeCount where component[root] < 0 {
      component[root] = count
      stack.append(root)
      while let node = stack.popLast() {
        for next in [successors(of: node), backwards.successors(of: node)].joined() where component[next] < 0
        {
          component[next] = count
          stack.append(next)
        }
      }
      count += 1
    }
    return GraphComponents(componentOf: component, count: count)
  }

  /// The largest sets of nodes that all reach each other, a component after every component it points to.
  ///
  /// O(V + E), Tarjan's algorithm.
  public var stronglyConnectedComponents: GraphComponents {
    var walk = TarjanWalk(self)
    for root in 0..<nodeCount { walk.visit(root) }
    return GraphComponents(componentOf: walk.component, count: walk.count)
  }

  /// One cycle for each set of nodes that reach each other: a shortest one through its smallest node, which is first.
  ///
  /// O(V + E). Ordered by first node; empty exactly when the graph has no cycle.
  public var cycles: [[Int]] {
    let components = stronglyConnectedComponents
    var parent = [Int](repeating: -1, count: nodeCount)
    return components.members.compactMap { members in
      guard let start = members.first else { return nil }
      return cycle(through: start, components.componentOf, &parent)
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A shortest cycle through a node that stays in its component; `parent` is -1 there and is written to.
  private func cycle(through start: Int, _ componentOf: [Int], _ parent: inout [Int]) -> [Int]? {
    var queue = [start]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for target in successors(of: node) where componentOf[target] == componentOf[start] {
        if target == start { return trace(parent, from: start, to: node) }
        if parent[target] < 0 {
          parent[target] = node
          queue.append(target)
        }
      }
    }
    return nil
  }

  private func trace(_ parent: [Int], from start: Int, to end: Int) -> [Int] {
    var path = [end]
    while let node = path.last, node != start { path.append(parent[node]) }
    return path.reversed()
  }
}

/// Tarjan's depth-first search with its own stack of nodes instead of calls.
private struct TarjanWalk {
  private let graph: Digraph
  /// The order of discovery, -1 before it.
  private var index: [Int]
  /// The earliest discovery reachable through at most one edge back.
  private var low: [Int]
  /// The next edge to follow of each node.
  private var nextEdge: [Int]
  /// Discovered nodes without a component.
  private var open: [Int] = []
  /// The nodes on the way from the root to here.
  private var way: [Int] = []
  private var discovered = 0
  private(set) var component: [Int]
  private(set) var count = 0

  init(_ graph: Digraph) {
    self.graph = graph
    index = Array(repeating: -1, count: graph.nodeCount)
    low = index
    component = index
    nextEdge = graph.offsets
  }

  mutating func visit(_ root: Int) {
    guard index[root] < 0 else { return }
    discover(root)
    while let node = way.last {
      if nextEdge[node] < graph.offsets[node + 1] {
        let target = graph.targets[nextEdge[node]]
        nextEdge[node] += 1
        if index[target] < 0 {
          discover(target)
        } else if component[target] < 0 {
          low[node] = min(low[node], index[target])
        }
      } else {
        way.removeLast()
        if let parent = way.last { low[parent] = min(low[parent], low[node]) }
        if low[node] == index[node] { close(node) }
      }
    }
  }

  private mutating func discover(_ node: Int) {
    index[node] = discovered
    low[node] = discovered
    discovered += 1
    open.append(node)
    way.append(node)
  }

  /// Gives the nodes discovered since `root`, and itself, their component.
  private mutating func close(_ root: Int) {
    while let node = open.popLast() {
      component[node] = count
      if node == root { break }
    }
    count += 1
  }
}
