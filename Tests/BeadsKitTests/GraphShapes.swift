import BeadsModel

/// Graphs that tests share.
enum GraphShapes {
  typealias Edge = (from: Int, to: Int)

  static func chain(_ count: Int) -> Digraph {
    Digraph(nodeCount: count, edges: (0..<count - 1).map { ($0, $0 + 1) as Edge })
  }

  static func ring(_ count: Int) -> Digraph {
    Digraph(nodeCount: count, edges: (0..<count).map { ($0, ($0 + 1) % count) as Edge })
  }

  /// Node 0 points to all others.
  static func star(_ count: Int) -> Digraph {
    Digraph(nodeCount: count, edges: (1..<count).map { (0, $0) as Edge })
  }

  /// `layers` layers of `width` nodes; each points to the whole next layer.
  static func dense(layers: Int, width: Int) -> Digraph {
    let edges = (0..<(layers - 1) * width).flatMap { node in
      (0..<width).map { (node, (node / width + 1) * width + $0) as Edge }
    }
    return Digraph(nodeCount: layers * width, edges: edges)
  }

  /// 0 to 1 and 2, both to 3, 3 to 4 and 5, and so on: 2^count paths.
  static func diamonds(_ count: Int) -> Digraph {
    let edges = (0..<count).flatMap { index -> [Edge] in
      let top = index * 3
      return [(top, top + 1), (top, top + 2), (top + 1, top + 3), (top + 2, top + 3)]
    }
    return Digraph(nodeCount: count * 3 + 1, edges: edges)
  }

  /// Up to `nodes` nodes and twice as many edges; without cycles edges lead to larger nodes of a shuffled order.
  static func random(_ random: inout TestRandom, nodes: Int, acyclic: Bool) -> Digraph {
    let count = Int.random(in: 1...nodes, using: &random)
    let order = (0..<count).shuffled(using: &random)
    var edges: [Edge] = []
    for _ in 0..<Int.random(in: 0...2 * count, using: &random) {
      let a = Int.random(in: 0..<count, using: &random)
      let b = Int.random(in: 0..<count, using: &random)
      if acyclic {
        if a != b { edges.append((order[min(a, b)], order[max(a, b)])) }
      } else {
        edges.append((a, b))
      }
    }
    return Digraph(nodeCount: count, edges: edges)
  }

  /// The shortest distances between all pairs by Floyd and Warshall; nil when there is no path of one edge or more.
  static func distances(_ graph: Digraph) -> [[Int?]] {
    var distance = [[Int?]](repeating: Array(repeating: nil, count: graph.nodeCount), count: graph.nodeCount)
    for node in 0..<graph.nodeCount {
      for target in graph.successors(of: node) { distance[node][target] = 1 }
    }
    for k in 0..<graph.nodeCount {
      for i in 0..<graph.nodeCount {
        for j in 0..<graph.nodeCount {
          guard let first = distance[i][k], let second = distance[k][j] else { continue }
          if first + second < distance[i][j] ?? .max { distance[i][j] = first + second }
        }
      }
    }
    return distance
  }
}
