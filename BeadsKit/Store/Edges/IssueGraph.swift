public import BeadsModel
public import BeadsSystem

/// Issues that edges of any type join, and in which order they can be done.
public struct IssueGraph: Sendable {
  /// The issue that was asked for, or the one that most others wait for.
  public let root: IssueID
  /// The issues, by layer, then by priority and age.
  public let issues: [Issue]
  /// The edges between these issues.
  public let edges: [Dependency]
  /// The IDs by layer: in layer 0 what waits for nothing in the graph, in layer n what waits for layer n - 1.
  ///
  /// Issues on a circle, or behind one, come last, in a layer of their own.
  public let layers: [[IssueID]]
  /// Whether the last layer holds issues that wait for each other, so that there is no order.
  public let hasCircle: Bool

  /// The edges that decide about the order.
  public var blockingEdges: [Dependency] { edges.filter(\.isWaiting) }

  init(root: IssueID?, issues: [Issue], edges: [Dependency]) {
    let sorted = issues.sorted { ($0.priority, $0.createdAt, $0.id) < ($1.priority, $1.createdAt, $1.id) }
    var table = NodeTable<IssueID>()
    for issue in sorted { _ = table.insert(issue.id) }
    let order = edges.filter(\.isWaiting).compactMap { edge -> (from: Int, to: Int)? in
      guard let from = table.node(edge.dependsOnID), let to = table.node(edge.issueID) else { return nil }
      return (from, to)
    }
    let layers = Digraph(nodeCount: sorted.count, edges: order).layers
    let places = layers.layers + (layers.unordered.isEmpty ? [] : [layers.unordered])
    hasCircle = !layers.unordered.isEmpty
    self.issues = places.joined().map { sorted[$0] }
    self.layers = places.map { layer in layer.map { sorted[$0].id } }
    self.edges = edges
    self.root = root ?? Self.busiest(self.issues, edges)
  }

  /// The issue with the most edges to it; the first when none has more.
  private static func busiest(_ issues: [Issue], _ edges: [Dependency]) -> IssueID {
    var counts: [IssueID: Int] = [:]
    for edge in edges { counts[edge.dependsOnID, default: 0] += 1 }
    var best = issues[0].id
    for issue in issues where counts[issue.id, default: 0] > counts[best, default: 0] { best = issue.id }
    return best
  }
}

extension Dependency {
  /// Whether the dependent has to be done after the target; being a child is no order.
  fileprivate var isWaiting: Bool { type.isBlocking && type != .parentChild }
}

extension Store {
  /// The graph an issue is part of: everything that edges of any type connect it with.
  ///
  /// Three queries; linear in the size of the graph.
  /// - Throws: `notFound`.
  public func graph(around root: IssueID) throws(BeadsError) -> IssueGraph {
    try read { () throws(BeadsError) in
      let ids = try connection.all(
        """
        WITH RECURSIVE part (id) AS (
          VALUES (?1)
          UNION SELECT d.depends_on_id FROM part JOIN dependencies d ON d.issue_id = part.id
          UNION SELECT d.issue_id FROM part JOIN dependencies d ON d.depends_on_id = part.id)
        SELECT id FROM part
        """, root.rawValue
      ) { IssueID(unchecked: $0.text(0)) }
      let issues = try self.issues(ids).filter { !$0.isTombstone }
      guard issues.contains(where: { $0.id == root }) else { throw Self.noIssue(root.rawValue) }
      return IssueGraph(root: root, issues: issues, edges: Self.inner(of: issues))
    }
  }

  /// The graphs of all issues that are not finished, largest first; issues without edges are graphs of one.
  ///
  /// Linear in the number of issues and edges.
  public func graphs() throws(BeadsError) -> [IssueGraph] {
    let issues = try read { () throws(BeadsError) in
      try self.issues(
        where:
          "i.status NOT IN (SELECT status FROM status_categories WHERE category = 'done') AND i.is_template = 0"
      )
    }
    if issues.isEmpty { return [] }
    var table = NodeTable<IssueID>()
    for issue in issues { _ = table.insert(issue.id) }
    let edges = Self.inner(of: issues)
    let ends = edges.compactMap { edge -> (from: Int, to: Int)? in
      guard let from = table.node(edge.issueID), let to = table.node(edge.dependsOnID) else { return nil }
      return (from, to)
    }
    let components = Digraph(nodeCount: issues.count, edges: ends).connectedComponents
    var inner = [[Dependency]](repeating: [], count: components.members.count)
    for (edge, end) in zip(edges, ends) { inner[components.componentOf[end.from]].append(edge) }
    return zip(components.members, inner)
      .map { members, edges in IssueGraph(root: nil, issues: members.map { issues[$0] }, edges: edges) }
      .sorted { ($1.issues.count, $0.root) < ($0.issues.count, $1.root) }
  }

  /// The edges of issues that lead to others of them.
  private static func inner(of issues: [Issue]) -> [Dependency] {
    let ids = Set(issues.map(\.id))
    return issues.flatMap(\.dependencies).filter { ids.contains($0.dependsOnID) }
  }
}
