import BeadsModel

/// Unfinished issues and what has to be done before what, on the way to a plan.
///
/// Every issue is a node, which stands for its end. A parent has a second node for its beginning, which what blocks
/// the parent points to, and which points to the children: so children inherit blockers at the cost of an edge each.
struct PlanSketch {
  /// An unfinished issue.
  struct Item {
    let issue: PlannedIssue
    /// Whether somebody does it, rather than its children.
    var isWork = true
    /// Why it cannot be done.
    var hindrance: String?
    /// Why neither it nor its children can be done yet.
    var deferral: String?
  }

  private var items: [Item]
  private var nodes: [String: Int] = [:]
  /// The node of each parent's beginning, and the parent of each of those nodes.
  private var beginnings: [Int: Int] = [:]
  private var parents: [Int] = []
  private var families: [(child: Int, parent: Int)] = []
  private var nodeCount: Int
  private var edges: [(from: Int, to: Int)] = []
  /// Why the work of a node cannot be planned.
  private var hindrances: [Int: String] = [:]

  init(_ items: [Item]) {
    self.items = items
    nodeCount = items.count
    nodes.reserveCapacity(items.count)
    for (node, item) in items.enumerated() {
      nodes[item.issue.id.rawValue] = node
      hindrances[node] = item.deferral ?? item.hindrance
    }
  }

  /// Notes that an issue is part of another.
  mutating func addChild(_ child: String, of parent: String) {
    guard let child = nodes[child], let parent = nodes[parent], child != parent else { return }
    families.append((child, parent))
    if beginnings[parent] != nil { return }
    beginnings[parent] = nodeCount
    parents.append(parent)
    hindrances[nodeCount] = items[parent].deferral
    edges.append((from: nodeCount, to: parent))
    nodeCount += 1
  }

  /// Notes that an issue waits for another; the hierarchy has to be known.
  mutating func addBlocker(_ blocker: String, of issue: String) {
    guard let node = nodes[issue] else { return }
    let start = beginnings[node] ?? node
    if let blocker = nodes[blocker] {
      edges.append((from: blocker, to: start))
    } else if hindrances[start] == nil {
      hindrances[start] = "it waits for \(blocker)"
    }
  }

  // MARK: Planning

  /// The plan of what can be planned.
  consuming func plan(agents: Int) -> WorkPlan {
    for (child, parent) in families {
      if let beginning = beginnings[parent] {
        edges.append((from: beginning, to: beginnings[child] ?? child))
      }
      edges.append((from: child, to: parent))
    }
    hinder(Digraph(nodeCount: nodeCount, edges: edges))
    let planned = (0..<nodeCount).filter { hindrances[$0] == nil }
    var place = [Int](repeating: -1, count: nodeCount)
    for (index, node) in planned.enumerated() { place[node] = index }
    let kept = edges.lazy.filter { place[$0.from] >= 0 && place[$0.to] >= 0 }
    let graph = Digraph(
      nodeCount: planned.count, edges: kept.map { (from: place[$0.from], to: place[$0.to]) })
    let weights = planned.map { isWork($0) ? items[$0].issue.minutes : 0 }
    let schedule = graph.plan(agents: agents, weights: weights)
    let tracks = (schedule?.tracks ?? []).map { track in
      track.filter { isWork(planned[$0.node]) }.map { step in
        WorkPlan.Step(issue: items[planned[step.node]].issue, start: step.start, end: step.end)
      }
    }
    let path = (graph.criticalPath(weights: weights) ?? []).map { planned[$0] }.filter(isWork)
    return WorkPlan(
      agents: agents, tracks: tracks.filter { !$0.isEmpty }, length: schedule?.length ?? 0,
      criticalPath: path.map { items[$0].issue.id }, unplanned: unplanned)
  }

  private func isWork(_ node: Int) -> Bool {
    node < items.count && items[node].isWork && beginnings[node] == nil
  }

  private var unplanned: [WorkPlan.Unplanned] {
    items.indices.compactMap { node in
      guard isWork(node), let reason = hindrances[node] else { return nil }
      return WorkPlan.Unplanned(issue: items[node].issue, reason: reason)
    }.sorted { $0.issue.id < $1.issue.id }
  }

  /// Finds what is in a circle, then everything behind what cannot be planned.
  private mutating func hinder(_ graph: Digraph) {
    let components = graph.stronglyConnectedComponents
    for node in 0..<nodeCount where hindrances[node] == nil {
      let isInCircle =
        components.members[components.componentOf[node]].count > 1
        || graph.successors(of: node).contains(node)
      if isInCircle { hindrances[node] = "it is part of a circle of issues that wait for each other" }
    }
    var queue = hindrances.keys.sorted()
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for target in graph.successors(of: node) where hindrances[target] == nil {
        hindrances[target] = reason(behind: node)
        queue.append(target)
      }
    }
  }

  /// What keeps the successors of a node from being planned; the beginning of a parent passes its reason on.
  private func reason(behind node: Int) -> String {
    guard node < items.count else {
      let parent = items[parents[node - items.count]].issue.id
      return "\(parent), which it is part of, cannot begin"
    }
    let issue = items[node].issue
    return issue.type == .gate
      ? "it waits for the gate \(issue.id)" : "it waits for \(issue.id), which cannot be planned"
  }
}
