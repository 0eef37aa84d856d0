public import BeadsModel
public import BeadsSystem

/// What an issue depends on, or what depends on it, unfolded into a tree: a node for every edge.
///
/// What below a node that several edges lead to is shown once, where it is nearest to the root; elsewhere the node is
/// marked as truncated. With all paths it is shown each time.
public struct DependencyTree: Sendable {
  /// One place in the tree.
  public struct Node: Sendable {
    /// The issue or, for one of another project, its ID alone.
    public let id: IssueID
    /// The issue; nil when this store does not have it.
    public internal(set) var issue: Issue?
    /// How many edges it is away from the root.
    public let depth: Int
    /// The node above; the root's own ID for the root.
    public let parentID: IssueID
    /// The type of the edge from the node above; nil for the root.
    public let edge: DependencyType?
    /// Whether there is more below that is not shown here.
    public let isTruncated: Bool
  }

  /// What to unfold.
  public struct Options: Sendable {
    /// Which way to follow the edges.
    public var direction = DependencyDirection.down
    /// How many edges away from the root to look, 0 for the root alone.
    public var maximumDepth = 50
    /// The only types of edges to follow; nil for all.
    public var types: [DependencyType]?
    /// Whether what several paths lead to is shown for each of them.
    public var showsAllPaths = false

    /// The defaults.
    public init() {}
  }

  /// The most nodes a tree has; a tree of all paths can be exponentially large.
  public static let maximumCount = 20_000

  /// The nodes from the root on, each before what is below it.
  public internal(set) var nodes: [Node] = []
  /// Whether nodes are missing because there are too many.
  public internal(set) var isCut = false

  /// Leaves out nodes unless they, or something below them, are wanted; the root stays.
  public mutating func filter(_ isWanted: (Node) -> Bool) {
    var kept: [Node] = []
    var wantedDepth = 0
    for node in nodes.reversed() {
      // A node is above the last kept one exactly when it is the next on its way up.
      if isWanted(node) || node.depth < wantedDepth || node.depth == 0 {
        kept.append(node)
        wantedDepth = node.depth
      }
    }
    nodes = kept.reversed()
  }
}

extension Store {
  /// Unfolds the dependencies of an issue.
  ///
  /// One query for each level and one for the issues. `relates-to` links, which lead both ways, end a branch.
  /// - Throws: `notFound`, `invalid` for a negative depth.
  public func dependencyTree(
    of root: IssueID, _ options: DependencyTree.Options = DependencyTree.Options()
  ) throws(BeadsError) -> DependencyTree {
    if options.maximumDepth < 0 {
      throw BeadsError(.invalid, "depth \(options.maximumDepth) is negative")
    }
    guard try exists(root) else { throw Self.noIssue(root.rawValue) }
    return try read { () throws(BeadsError) in
      var tree = TreeUnfolding(root, options, try neighbours(of: root, options)).tree
      var issues: [IssueID: Issue] = [:]
      for issue in try self.issues(Array(Set(tree.nodes.map(\.id)))) { issues[issue.id] = issue }
      for index in tree.nodes.indices { tree.nodes[index].issue = issues[tree.nodes[index].id] }
      return tree
    }
  }

  /// What the edges of everything within reach lead to, level by level.
  private func neighbours(
    of root: IssueID, _ options: DependencyTree.Options
  ) throws(BeadsError) -> [IssueID: [TreeUnfolding.Neighbour]] {
    var found: [IssueID: [TreeUnfolding.Neighbour]] = [root: []]
    var level = [root]
    var depth = 0
    while !level.isEmpty, depth <= options.maximumDepth {
      var next: [IssueID] = []
      for edge in try edges(options.direction, of: level) {
        if let types = options.types, !types.contains(edge.type) { continue }
        let end = edge.end(options.direction)
        found[edge.start(options.direction), default: []].add(end, edge.type)
        if edge.type != .relatesTo, found[end] == nil {
          found[end] = []
          next.append(end)
        }
      }
      level = next
      depth += 1
    }
    return found
  }
}

/// Walks the edges that were loaded, without recursion.
private struct TreeUnfolding {
  struct Neighbour {
    let id: IssueID
    var type: DependencyType
  }

  private struct Step {
    let id: IssueID
    let parent: IssueID
    let edge: DependencyType?
    let depth: Int
  }

  private let options: DependencyTree.Options
  private let neighbours: [IssueID: [Neighbour]]
  /// From which node the shortest way leads to each: there its own edges are shown.
  private var nearest: [IssueID: IssueID] = [:]
  private(set) var tree = DependencyTree()

  init(
    _ root: IssueID, _ options: DependencyTree.Options, _ neighbours: [IssueID: [Neighbour]]
  ) {
    self.options = options
    self.neighbours = neighbours
    if !options.showsAllPaths { findNearest(root) }
    unfold(root)
  }

  private mutating func findNearest(_ root: IssueID) {
    nearest[root] = root
    var queue = [root]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for next in neighbours[node] ?? [] where next.type != .relatesTo && nearest[next.id] == nil {
        nearest[next.id] = node
        queue.append(next.id)
      }
    }
  }

  private mutating func unfold(_ root: IssueID) {
    var stack = [Step(id: root, parent: root, edge: nil, depth: 0)]
    /// The unfolded nodes above the current one, in order and for looking up.
    var way: [IssueID] = []
    var wayIDs: Set<IssueID> = []
    while let step = stack.popLast() {
      if tree.nodes.count == DependencyTree.maximumCount {
        tree.isCut = true
        return
      }
      while way.count > step.depth { wayIDs.remove(way.removeLast()) }
      let below = step.edge == .relatesTo ? [] : neighbours[step.id] ?? []
      let isOpen = step.depth < options.maximumDepth && isUnfolded(step, below: wayIDs)
      tree.nodes.append(
        DependencyTree.Node(
          id: step.id, depth: step.depth, parentID: step.parent, edge: step.edge,
          isTruncated: !isOpen && !below.isEmpty))
      guard isOpen else { continue }
      way.append(step.id)
      wayIDs.insert(step.id)
      for next in below.reversed() {
        stack.append(Step(id: next.id, parent: step.id, edge: next.type, depth: step.depth + 1))
      }
    }
  }
}

extension TreeUnfolding {
  /// Whether what is below a node is shown at this place.
  private func isUnfolded(_ step: Step, below way: Set<IssueID>) -> Bool {
    if step.edge == nil { return true }
    if way.contains(step.id) { return false }
    return options.showsAllPaths || nearest[step.id] == step.parent
  }
}

extension [TreeUnfolding.Neighbour] {
  /// Adds a neighbour; of several edges to the same one the type that blocks is shown.
  fileprivate mutating func add(_ id: IssueID, _ type: DependencyType) {
    if let place = firstIndex(where: { $0.id == id }) {
      if type.isBlocking, !self[place].type.isBlocking { self[place].type = type }
    } else {
      append(Element(id: id, type: type))
    }
  }
}
