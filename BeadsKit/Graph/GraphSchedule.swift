/// Work shared out among agents so that every edge is respected and nobody works on two nodes at once.
public struct GraphSchedule: Sendable, Hashable {
  /// One node and when it is worked on, in the unit of the weights.
  public struct Step: Sendable, Hashable {
    /// The node.
    public let node: Int
    /// When it starts; everything that points to it has ended.
    public let start: Int
    /// When it ends.
    public let end: Int
  }

  /// The steps of each agent in order of time; agents without work are left out.
  public let tracks: [[Step]]
  /// When everything is done.
  public let length: Int

  /// The first rule this schedule breaks, or nil.
  package func checkInvariants(of graph: Digraph, weights: [Int]? = nil) -> String? {
    var steps = [Step?](repeating: nil, count: graph.nodeCount)
    for track in tracks {
      for (step, next) in zip(track, track.dropFirst()) where next.start < step.end {
        return "\(next.node) starts before \(step.node) of the same agent ends"
      }
      for step in track {
        if steps[step.node] != nil { return "\(step.node) is done twice" }
        if step.end - step.start != weights?[step.node] ?? 1 { return "\(step.node) has the wrong weight" }
        if step.end > length { return "\(step.node) ends after the schedule" }
        steps[step.node] = step
      }
    }
    for node in 0..<graph.nodeCount {
      guard let step = steps[node] else { return "\(node) is missing" }
      for target in graph.successors(of: node) {
        guard let next = steps[target], next.start >= step.end else {
          return "\(target) starts before \(node) ends"
        }
      }
    }
    return nil
  }
}

extension Digraph {
  /// Shares the nodes out among agents: whenever one is free, it takes the node with the heaviest path behind it.
  ///
  /// O(V log V + E), greedy list scheduling: at most twice as long as the best schedule. A node goes to the agent
  /// that finished what it waited for if that one is free, so chains stay with one agent.
  /// - Parameters:
  ///   - agents: how many work at the same time; at least one does.
  ///   - weights: how long each node takes, not negative; 1 for all when nil.
  /// - Returns: nil when the graph has a cycle.
  public func plan(agents: Int, weights: [Int]? = nil) -> GraphSchedule? {
    guard let priorities = criticalLengths(weights: weights) else { return nil }
    var planner = Planner(self, agents: max(1, min(agents, nodeCount)), weights, priorities)
    return planner.run()
  }
}

private struct Planner {
  private let graph: Digraph
  private let weights: [Int]?
  private let priorities: [Int]
  private var waiting: [Int]
  /// The agent that finished the last thing each node waited for.
  private var preferred: [Int]
  private var isFree: [Bool]
  private var tracks: [[GraphSchedule.Step]]
  private var ready = PairHeap()
  /// May also hold agents that are busy again.
  private var free = PairHeap()
  private var running = PairHeap()
  private var time = 0

  init(_ graph: Digraph, agents: Int, _ weights: [Int]?, _ priorities: [Int]) {
    self.graph = graph
    self.weights = weights
    self.priorities = priorities
    waiting = graph.inDegrees
    preferred = Array(repeating: -1, count: graph.nodeCount)
    isFree = Array(repeating: true, count: agents)
    tracks = Array(repeating: [], count: agents)
    for agent in 0..<agents { free.push(agent, agent) }
    for node in 0..<graph.nodeCount where waiting[node] == 0 { ready.push(-priorities[node], node) }
  }

  mutating func run() -> GraphSchedule {
    repeat {
      assign()
    } while finishNext()
    return GraphSchedule(tracks: tracks.filter { !$0.isEmpty }, length: time)
  }

  /// Gives ready nodes to free agents until one of the two runs out.
  private mutating func assign() {
    while !ready.isEmpty, let anyone = firstFree(), let (_, node) = ready.pop() {
      let known = preferred[node]
      let agent = known >= 0 && isFree[known] ? known : anyone
      isFree[agent] = false
      let step = GraphSchedule.Step(node: node, start: time, end: time + (weights?[node] ?? 1))
      tracks[agent].append(step)
      running.push(step.end, agent)
    }
  }

  private mutating func firstFree() -> Int? {
    while let (_, agent) = free.first {
      if isFree[agent] { return agent }
      free.pop()
    }
    return nil
  }

  /// Moves to the next time that agents finish; false when nobody works.
  private mutating func finishNext() -> Bool {
    guard let (end, _) = running.first else { return false }
    time = end
    while let (other, agent) = running.first, other == end {
      running.pop()
      isFree[agent] = true
      free.push(agent, agent)
      guard let node = tracks[agent].last?.node else { continue }
      for target in graph.successors(of: node) {
        waiting[target] -= 1
        if waiting[target] == 0 {
          preferred[target] = agent
          ready.push(-priorities[target], target)
        }
      }
    }
    return true
  }
}
