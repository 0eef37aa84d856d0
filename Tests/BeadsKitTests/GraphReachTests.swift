import BeadsModel
import Testing

@Suite struct GraphReachTests {
  @Test func edgesKeepTheirOrder() {
    let graph = Digraph(nodeCount: 3, edges: [(2, 1), (0, 2), (2, 0), (2, 1), (0, 0)] as [GraphShapes.Edge])
    #expect(Array(graph.successors(of: 2)) == [1, 0, 1])
    #expect(Array(graph.successors(of: 0)) == [2, 0])
    #expect(graph.successors(of: 1).isEmpty)
    #expect(graph.edgeCount == 5)
    #expect(Array(graph.reversed.successors(of: 0)) == [0, 2])
    #expect(graph.checkInvariants() == nil && graph.reversed.checkInvariants() == nil)
    #expect(Digraph(nodeCount: 0, edges: []).checkInvariants() == nil)
  }

  @Test func pathsAndReachAgreeWithAllPairs() throws {
    var random = TestRandom(seed: 41)
    for _ in 0..<100 {
      let graph = GraphShapes.random(&random, nodes: 12, acyclic: false)
      let distance = GraphShapes.distances(graph)
      try #require(graph.checkInvariants() == nil)
      for start in 0..<graph.nodeCount {
        let seen = graph.reachable(from: [start])
        let reached = Dictionary(
          uniqueKeysWithValues: graph.descendants(of: start).map { ($0.node, $0.depth) })
        let near = graph.descendants(of: start, maximumDepth: 2).map(\.node).sorted()
        #expect(near == (0..<graph.nodeCount).filter { $0 != start && distance[start][$0] ?? 9 <= 2 })
        for goal in 0..<graph.nodeCount where goal != start {
          let expected = distance[start][goal]
          #expect(seen[goal] == (expected != nil))
          #expect(reached[goal] == expected)
          let path = graph.path(from: start, to: goal)
          #expect(path.map { $0.count - 1 } == expected)
          #expect(path.map { isPath($0, in: graph) } != false)
          #expect(path == nil || path?.first == start && path?.last == goal)
        }
      }
    }
  }

  private func isPath(_ path: [Int], in graph: Digraph) -> Bool {
    zip(path, path.dropFirst()).allSatisfy { graph.successors(of: $0).contains($1) }
  }

  @Test func aNodeReachesItselfWithoutAnEdge() {
    let graph = GraphShapes.chain(3)
    #expect(graph.path(from: 1, to: 1) == [1])
    #expect(graph.path(from: 2, to: 0) == nil)
    #expect(graph.descendants(of: 2).isEmpty)
    #expect(graph.descendants(of: 0, maximumDepth: 0).isEmpty)
    #expect(graph.reachable(from: [1, 1]) == [false, true, true])
  }

  @Test func longChainsAndManyPathsAreLinear() {
    let chain = GraphShapes.chain(100_000)
    #expect(chain.path(from: 0, to: 99_999)?.count == 100_000)
    #expect(chain.descendants(of: 0).last?.depth == 99_999)
    #expect(GraphShapes.star(100_000).descendants(of: 0).count == 99_999)
    #expect(GraphShapes.diamonds(30_000).path(from: 0, to: 90_000)?.count == 60_001)
    #expect(GraphShapes.dense(layers: 10, width: 100).reachable(from: [0]).filter { $0 }.count == 901)
  }

  @Test func tablesNumberLabelsInOrderOfAppearance() {
    var table = NodeTable<String>()
    #expect(["b", "a", "b"].map { table.insert($0) } == [0, 1, 0])
    #expect(table.labels == ["b", "a"])
    #expect(table.node("a") == 1 && table.node("x") == nil)
  }
}
