import BeadsModel
import BeadsStore

/// How many unfinished steps have to be done, one after the other, before each step of a molecule.
struct StepOrder {
  /// The places of the unfinished steps by that number; steps that wait for each other are in none.
  let layers: [[Int]]

  /// Finds the longest chain of open blockers that ends at each step.
  ///
  /// A step waits for its blockers, with its parent, and, before it can be finished, for its own parts.
  init(
    _ graph: MoleculeGraph, _ blockers: [IssueID: [ActiveBlocker]], _ spawners: [WaitEdge: IssueID]
  ) {
    var builder = Builder(graph)
    for (place, step) in graph.steps.enumerated() where !step.isSettled {
      builder.addOwn(place)
      if let parent = step.blockedParent { builder.addInherited(from: parent, to: place) }
      for blocker in blockers[step.id, default: []] { builder.add(blocker, to: place, spawners) }
    }
    let depths = builder.depths()
    var layers: [[Int]] = []
    for (place, step) in graph.steps.enumerated() where !step.isSettled {
      guard let depth = depths[place] else { continue }
      while layers.count <= depth { layers.append([]) }
      layers[depth].append(place)
    }
    self.layers = layers
  }

  /// A graph of three nodes for each step: nothing blocks it any more, its parts are done too, it is done.
  ///
  /// The parts wait with the step but not for it. A last node stands for whatever is outside.
  private struct Builder {
    private let steps: [MoleculeStep]
    private var places: [IssueID: Int] = [:]
    private var openParts: [IssueID: [Int]] = [:]
    private var edges: [(from: Int, to: Int)] = []

    init(_ graph: MoleculeGraph) {
      steps = graph.steps
      for (place, step) in steps.enumerated() where !step.isSettled {
        places[step.id] = place
        openParts[step.parentID, default: []].append(place)
      }
    }

    private static func unblocked(_ place: Int) -> Int { 3 * place }
    private static func startable(_ place: Int) -> Int { 3 * place + 1 }
    private static func done(_ place: Int) -> Int { 3 * place + 2 }
    private var outside: Int { 3 * steps.count }

    mutating func addOwn(_ place: Int) {
      edges.append((Self.unblocked(place), Self.startable(place)))
      edges.append((Self.startable(place), Self.done(place)))
      for part in openParts[steps[place].id, default: []] {
        edges.append((Self.done(part), Self.startable(place)))
      }
    }

    mutating func addInherited(from parent: IssueID, to place: Int) {
      edges.append((places[parent].map(Self.unblocked) ?? outside, Self.unblocked(place)))
    }

    mutating func add(_ blocker: ActiveBlocker, to place: Int, _ spawners: [WaitEdge: IssueID]) {
      if blocker.type == .waitsFor {
        let edge = WaitEdge(from: blocker.issueID, to: blocker.blockerID)
        let children = openParts[spawners[edge] ?? blocker.blockerID, default: []]
        if !children.isEmpty {
          for child in children { edges.append((Self.done(child), Self.unblocked(place))) }
          return
        }
      }
      edges.append((places[blocker.blockerID].map(Self.done) ?? outside, Self.unblocked(place)))
    }

    /// By step; nil for steps on a circle or behind one.
    func depths() -> [Int?] {
      let graph = Digraph(nodeCount: outside + 1, edges: edges)
      let layers = graph.layers
      var depths = [Int](repeating: 0, count: graph.nodeCount)
      for node in layers.order {
        // Only what is done counts; the other nodes are no work.
        let next = depths[node] + (node % 3 == 2 || node == outside ? 1 : 0)
        for target in graph.successors(of: node) { depths[target] = max(depths[target], next) }
      }
      return steps.indices.map { place in
        let node = Self.startable(place)
        return layers.layerOf[node] < 0 ? nil : depths[node]
      }
    }
  }
}

/// The ends of a `waits-for` edge.
struct WaitEdge: Hashable {
  let from: IssueID
  let to: IssueID
}
