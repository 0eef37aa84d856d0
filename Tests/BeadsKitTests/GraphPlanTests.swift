import Testing

@testable import BeadsModel

@Suite struct GraphPlanTests {
  /// The heaviest path from a node by trying all of them.
  private func naiveLength(_ node: Int, _ graph: Digraph, _ weights: [Int]) -> Int {
    weights[node] + (graph.successors(of: node).map { naiveLength($0, graph, weights) }.max() ?? 0)
  }

  @Test func layersAndCriticalPathsAgreeWithTryingAllPaths() throws {
    var random = TestRandom(seed: 51)
    for _ in 0..<100 {
      let graph = GraphShapes.random(&random, nodes: 14, acyclic: true)
      let ones = [Int](repeating: 1, count: graph.nodeCount)
      let weights = ones.map { _ in Int.random(in: 0...9, using: &random) }
      let layers = graph.layers
      let backwards = graph.reversed
      #expect(layers.unordered.isEmpty)
      #expect(layers.layerOf == (0..<graph.nodeCount).map { naiveLength($0, backwards, ones) - 1 })
      for (index, layer) in layers.layers.enumerated() {
        #expect(!layer.isEmpty && layer == layer.sorted() && layer.allSatisfy { layers.layerOf[$0] == index })
      }
      #expect(layers.order.sorted() == Array(0..<graph.nodeCount))
      let expected = (0..<graph.nodeCount).map { naiveLength($0, graph, weights) }
      #expect(graph.criticalLengths(weights: weights) == expected)
      #expect(graph.criticalLengths() == (0..<graph.nodeCount).map { naiveLength($0, graph, ones) })
      let path = try #require(graph.criticalPath(weights: weights))
      #expect(path.map { weights[$0] }.reduce(0, +) == expected.max())
      #expect(zip(path, path.dropFirst()).allSatisfy { graph.successors(of: $0).contains($1) })
    }
  }

  @Test func cyclesLeaveTheRestOrdered() {
    let graph = Digraph(nodeCount: 5, edges: [(0, 1), (1, 2), (2, 1), (2, 3), (0, 4)] as [GraphShapes.Edge])
    #expect(graph.layers.layerOf == [0, -1, -1, -1, 1])
    #expect(graph.layers.layers == [[0], [4]])
    #expect(graph.layers.unordered == [1, 2, 3])
    #expect(graph.criticalLengths() == nil)
    #expect(graph.criticalPath() == nil)
    #expect(graph.plan(agents: 2) == nil)
  }

  @Test func plansObeyTheEdgesAndGrahamsBound() throws {
    var random = TestRandom(seed: 52)
    for _ in 0..<100 {
      let graph = GraphShapes.random(&random, nodes: 25, acyclic: true)
      let weights = (0..<graph.nodeCount).map { _ in Int.random(in: 0...9, using: &random) }
      let agents = Int.random(in: 1...6, using: &random)
      let plan = try #require(graph.plan(agents: agents, weights: weights))
      #expect(plan.checkInvariants(of: graph, weights: weights) == nil)
      #expect(plan.tracks.count <= agents)
      let total = weights.reduce(0, +)
      let critical = graph.criticalLengths(weights: weights)?.max() ?? 0
      #expect(plan.length >= max(critical, (total + agents - 1) / agents))
      #expect(plan.length * agents <= total + (agents - 1) * critical)
    }
  }

  @Test func chainsStayWithOneAgent() {
    let edges: [GraphShapes.Edge] = [(0, 2), (2, 4), (1, 3), (3, 5)]
    let plan = Digraph(nodeCount: 6, edges: edges).plan(agents: 2)
    #expect(plan?.tracks.map { $0.map(\.node) } == [[0, 2, 4], [1, 3, 5]])
    #expect(plan?.length == 3)
  }

  @Test func theHeaviestPathGoesFirst() {
    let plan = Digraph(nodeCount: 4, edges: [(2, 3)] as [GraphShapes.Edge]).plan(
      agents: 1, weights: [1, 1, 1, 5])
    #expect(plan?.tracks.first?.map(\.node) == [2, 3, 0, 1])
  }

  @Test func noWorkNoTracks() {
    let empty = Digraph(nodeCount: 0, edges: [])
    #expect(empty.plan(agents: 3) == GraphSchedule(tracks: [], length: 0))
    #expect(empty.criticalPath() == [])
    #expect(empty.layers.layers.isEmpty && empty.cycles.isEmpty && empty.connectedComponents.members.isEmpty)
    #expect(GraphShapes.chain(3).plan(agents: -5)?.length == 3)
  }

  @Test func checksFindBrokenPlans() {
    typealias Step = GraphSchedule.Step
    let chain = GraphShapes.chain(2)
    let good = GraphSchedule(
      tracks: [[Step(node: 0, start: 0, end: 1), Step(node: 1, start: 1, end: 2)]], length: 2)
    #expect(good.checkInvariants(of: chain) == nil)
    let broken: [[[Step]]] = [
      [[Step(node: 0, start: 0, end: 1)]],
      [[Step(node: 0, start: 0, end: 1)], [Step(node: 1, start: 0, end: 1)]],
      [[Step(node: 0, start: 0, end: 1), Step(node: 0, start: 1, end: 2), Step(node: 1, start: 2, end: 3)]],
      [[Step(node: 0, start: 0, end: 1), Step(node: 1, start: 1, end: 3)]],
      [[Step(node: 1, start: 1, end: 2), Step(node: 0, start: 0, end: 1)]],
      [[Step(node: 0, start: 1, end: 2), Step(node: 1, start: 2, end: 3)]],
    ]
    for tracks in broken {
      #expect(GraphSchedule(tracks: tracks, length: 2).checkInvariants(of: chain) != nil)
    }
  }

  @Test func largeGraphsArePlannedWhole() throws {
    let chain = GraphShapes.chain(100_000)
    #expect(chain.criticalPath()?.count == 100_000)
    #expect(chain.layers.layers.count == 100_000)
    #expect(chain.plan(agents: 8)?.tracks.count == 1)
    let star = GraphShapes.star(100_001)
    let plan = try #require(star.plan(agents: 30))
    #expect(plan.length == 1 + (100_000 + 29) / 30)
    #expect(plan.checkInvariants(of: star) == nil)
    let dense = GraphShapes.dense(layers: 10, width: 100)
    #expect(dense.layers.layers.map(\.count) == Array(repeating: 100, count: 10))
    #expect(dense.plan(agents: 1000)?.length == 10)
    #expect(GraphShapes.diamonds(30_000).criticalPath()?.count == 60_001)
  }
}
