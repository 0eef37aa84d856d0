extension Digraph {
  /// A node and how many edges away it is.
  public struct Reached: Sendable, Hashable {
    /// The node.
    public let node: Int
    /// The length of the shortest path to it.
    public let depth: Int
  }

  /// A shortest path, both ends included, or nil; from a node to itself it is that node alone.
  ///
  /// O(V + E). This is what the refusal of an edge shows: the edge A to B closes a cycle exactly when a path leads
  /// from B to A.
  public func path(from start: Int, to goal: Int) -> [Int]? {
    if start == goal { return [start] }
    var parent = [Int](repeating: -1, count: nodeCount)
    parent[start] = start
    var queue = [start]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for target in successors(of: node) where parent[target] < 0 {
        parent[target] = node
        if target == goal { return Self.trace(parent, back: goal) }
        queue.append(target)
      }
    }
    return nil
  }

  /// Follows parents from a node up to the one that is its own parent.
  private static func trace(_ parent: [Int], back goal: Int) -> [Int] {
    var path = [goal]
    var node = goal
    while parent[node] != node {
      node = parent[node]
      path.append(node)
    }
    return path.reversed()
  }

  /// Whether each node can be reached from any of the given ones, which count as reached.
  ///
  /// O(V + E).
  public func reachable(from starts: some Sequence<Int>) -> [Bool] {
    var seen = [Bool](repeating: false, count: nodeCount)
    var stack: [Int] = []
    for start in starts where !seen[start] {
      seen[start] = true
      stack.append(start)
    }
    while let node = stack.popLast() {
      for target in successors(of: node) where !seen[target] {
        seen[target] = true
        stack.append(target)
      }
    }
    return seen
  }

  /// The nodes that can be reached from one, nearest first, without itself; each once.
  ///
  /// O(V + E).
  /// - Parameter maximumDepth: how many edges away to look at most.
  public func descendants(of start: Int, maximumDepth: Int = .max) -> [Reached] {
    var seen = [Bool](repeating: false, count: nodeCount)
    seen[start] = true
    var queue = [Reached(node: start, depth: 0)]
    var head = 0
    while head < queue.count {
      let current = queue[head]
      head += 1
      guard current.depth < maximumDepth else { break }
      for target in successors(of: current.node) where !seen[target] {
        seen[target] = true
        queue.append(Reached(node: target, depth: current.depth + 1))
      }
    }
    return Array(queue.dropFirst())
  }
}
