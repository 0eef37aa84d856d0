public import BeadsModel

/// How the children of an epic can be worked on side by side (contract 5.8).
public struct SwarmAnalysis: Sendable {
  /// A child of the epic that is not finished, and how it hangs together with the others.
  public struct Node: Sendable, Equatable {
    /// The issue.
    public let issue: Issue
    /// The children it has to wait for.
    public let dependsOn: [IssueID]
    /// The children that wait for it.
    public let dependedOnBy: [IssueID]
    /// The wave it is in, from 0; nil when it is on a circle or behind one.
    public let wave: Int?
  }

  /// The epic.
  public let epic: Issue
  /// How many children it has.
  public let total: Int
  /// How many of them are finished.
  public let closed: Int
  /// The children that are not finished, by ID.
  public let nodes: [Node]
  /// The children that can be worked on at the same time, wave after wave.
  public let waves: [[Node]]
  /// What may be a mistake, one sentence each.
  public let warnings: [String]
  /// What makes it impossible to finish, one sentence each.
  public let errors: [String]

  /// How many agents can be busy at once at most.
  public var maximumParallelism: Int { waves.map(\.count).max() ?? 0 }
  /// How many sessions of agents are needed, one for each open child.
  public var estimatedSessions: Int { nodes.count }
  /// Whether everything can be done.
  public var isSwarmable: Bool { errors.isEmpty }

  /// Analyses an epic; O(V + E).
  /// - Parameters:
  ///   - children: All direct children.
  ///   - isFinished: Whether an issue counts as done.
  ///   - outside: Targets beyond the children that are not finished.
  init(epic: Issue, children: [Issue], isFinished: (Issue) -> Bool, outside: Set<IssueID>) {
    let open = children.filter { !isFinished($0) }.sorted { $0.id < $1.id }
    let shape = Shape(open)
    let layers = shape.graph.layers
    let made = open.indices.map { place in
      Node(
        issue: open[place], dependsOn: shape.ids(shape.backwards.successors(of: place)),
        dependedOnBy: shape.ids(shape.graph.successors(of: place)),
        wave: layers.layerOf[place] < 0 ? nil : layers.layerOf[place])
    }
    self.epic = epic
    total = children.count
    closed = children.count - open.count
    nodes = made
    waves = layers.layers.map { $0.map { made[$0] } }
    errors = shape.graph.cycles.map { cycle in
      "circle: \((cycle + cycle.prefix(1)).map { open[$0].id.rawValue }.joined(separator: " → "))"
    }
    warnings =
      (children.isEmpty ? ["\(epic.id) has no children"] : [])
      + Self.leaving(open, epic.id, outside) + made.flatMap(Self.doubts) + shape.doubts
  }

  /// Edges to what is not part of the swarm and still open.
  private static func leaving(_ open: [Issue], _ epic: IssueID, _ outside: Set<IssueID>) -> [String] {
    open.flatMap { issue in
      Set(issue.dependencies.filter(\.ordersWork).map(\.dependsOnID)).sorted()
        .filter { outside.contains($0) && $0 != epic }
        .map { "\(issue.id) waits for \($0), which is not part of \(epic)" }
    }
  }

  private static let foundations: Set<Substring> = ["foundation", "setup", "base", "core"]
  private static let endings: Set<Substring> = ["integration", "final", "test"]

  /// Titles that say something else than the edges do.
  private static func doubts(_ node: Node) -> [String] {
    let words = node.issue.title.lowercased().split { !$0.isLetter && !$0.isNumber }
    var doubts: [String] = []
    if node.dependedOnBy.isEmpty, let word = words.first(where: foundations.contains) {
      doubts.append("\(node.issue.id) has \"\(word)\" in its title, but nothing waits for it")
    }
    if node.dependsOn.isEmpty, let word = words.first(where: endings.contains) {
      doubts.append("\(node.issue.id) has \"\(word)\" in its title, but waits for nothing")
    }
    return doubts
  }
}

/// The open children as a graph whose edges lead from what is waited for to what waits.
private struct Shape {
  let issues: [Issue]
  let graph: Digraph
  let backwards: Digraph

  init(_ issues: [Issue]) {
    var table = NodeTable<IssueID>()
    for issue in issues { _ = table.insert(issue.id) }
    var edges: [(from: Int, to: Int)] = []
    for (place, issue) in issues.enumerated() {
      for target in Set(issue.dependencies.filter(\.ordersWork).map(\.dependsOnID)) {
        if let from = table.node(target) { edges.append((from, place)) }
      }
    }
    edges.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    self.issues = issues
    graph = Digraph(nodeCount: issues.count, edges: edges)
    backwards = graph.reversed
  }

  func ids(_ nodes: ArraySlice<Int>) -> [IssueID] { nodes.map { issues[$0].id } }

  /// Children without any edge are no doubt by themselves: a swarm may be all parallel.
  var doubts: [String] {
    let parts = graph.connectedComponents.members.count
    if parts < 2 || graph.edgeCount == 0 { return [] }
    return ["the work falls into \(parts) parts that do not wait for each other"]
  }
}

extension Dependency {
  /// Whether the dependent has to be done after the target; being a child is no order.
  var ordersWork: Bool { type.isBlocking && type != .parentChild }
}
