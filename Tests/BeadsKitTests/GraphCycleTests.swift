import BeadsModel
import Testing

@Suite struct GraphCycleTests {
  @Test func componentsAgreeWithAllPairs() {
    var random = TestRandom(seed: 42)
    for _ in 0..<100 {
      let graph = GraphShapes.random(&random, nodes: 12, acyclic: false)
      let distance = GraphShapes.distances(graph)
      let strong = graph.stronglyConnectedComponents
      let weak = graph.connectedComponents
      let both = GraphShapes.distances(
        Digraph(
          nodeCount: graph.nodeCount,
          edges: edges(graph) + edges(graph).map { ($0.to, $0.from) as GraphShapes.Edge }))
      for a in 0..<graph.nodeCount {
        for b in 0..<graph.nodeCount where a != b {
          let areStrong = distance[a][b] != nil && distance[b][a] != nil
          #expect((strong.componentOf[a] == strong.componentOf[b]) == areStrong)
          #expect((weak.componentOf[a] == weak.componentOf[b]) == (both[a][b] != nil))
        }
        for target in graph.successors(of: a) { #expect(strong.componentOf[target] <= strong.componentOf[a]) }
      }
      for parts in [strong, weak] {
        #expect(parts.members.joined().sorted() == Array(0..<graph.nodeCount))
        for (index, members) in parts.members.enumerated() {
          #expect(members == members.sorted() && members.allSatisfy { parts.componentOf[$0] == index })
        }
      }
      let firsts = weak.members.map { $0.first ?? -1 }
      #expect(firsts == firsts.sorted())
    }
  }

  private func edges(_ graph: Digraph) -> [GraphShapes.Edge] {
    (0..<graph.nodeCount).flatMap { node in graph.successors(of: node).map { (node, $0) } }
  }

  @Test func cyclesAreShortestThroughTheSmallestNode() {
    var random = TestRandom(seed: 43)
    for _ in 0..<100 {
      let graph = GraphShapes.random(&random, nodes: 12, acyclic: false)
      let distance = GraphShapes.distances(graph)
      let cycles = graph.cycles
      let starts = graph.stronglyConnectedComponents.members.compactMap(\.first).filter {
        distance[$0][$0] != nil
      }
      #expect(cycles.map { $0[0] } == starts.sorted())
      for cycle in cycles {
        #expect(cycle.count == distance[cycle[0]][cycle[0]])
        #expect(cycle.min() == cycle[0])
        for (node, next) in zip(cycle, cycle.dropFirst() + [cycle[0]]) {
          #expect(graph.successors(of: node).contains(next))
        }
      }
      #expect(cycles.isEmpty == graph.layers.unordered.isEmpty)
    }
  }

  @Test func selfLoopsAreCyclesOfOne() {
    let graph = Digraph(nodeCount: 3, edges: [(1, 1), (0, 2), (2, 0)] as [GraphShapes.Edge])
    #expect(graph.cycles == [[0, 2], [1]])
  }

  /// Recursion would need tens of megabytes of stack here.
  @Test func longChainsAndRingsFitTheStack() {
    let chain = GraphShapes.chain(100_000)
    #expect(chain.stronglyConnectedComponents.members.count == 100_000)
    #expect(chain.cycles.isEmpty)
    #expect(chain.connectedComponents.members.count == 1)
    let ring = GraphShapes.ring(100_000)
    #expect(ring.stronglyConnectedComponents.members.count == 1)
    #expect(ring.cycles == [Array(0..<100_000)])
    #expect(GraphShapes.star(100_000).reversed.stronglyConnectedComponents.members.count == 100_000)
    #expect(GraphShapes.diamonds(30_000).cycles.isEmpty)
    #expect(GraphShapes.dense(layers: 10, width: 100).stronglyConnectedComponents.members.count == 1000)
  }
}
