import BeadsFormats
public import BeadsFormulas
public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// How a plan becomes issues.
public struct Instantiation: Sendable {
  /// Whether the issues are kept and shared, or live in this clone until they are swept away.
  public var phase = Formula.Phase.liquid
  /// What the variables are.
  public var variables: [String: String] = [:]
  /// Who gets the root; steps go to whom the plan says.
  public var assignee = ""
  /// The mail address of the person accountable for all of it.
  public var owner = ""
  /// Whether only the root is made.
  public var isRootOnly = false
  /// The ID of the root, when it is not a hash; steps then get the root's and their own names.
  public var rootID: IssueID?

  /// Makes the usual one: a kept molecule without variables.
  public init() {}
}

/// The issues that a plan has become.
public struct Molecule: Sendable, Equatable {
  /// The issue that the others are below.
  public let rootID: IssueID
  /// The issue of each node by its key, in the order of the plan.
  public let ids: [(key: String, id: IssueID)]

  /// Whether the same issues were made of the same nodes.
  public static func == (a: Molecule, b: Molecule) -> Bool {
    a.ids.elementsEqual(b.ids) { $0.key == $1.key && $0.id == $1.id }
  }
}

extension Transaction {
  /// Makes the issues of a plan: all open, with hash IDs, their edges and fresh times in the order of the plan.
  ///
  /// Nothing is written unless everything can be: variables, titles, types and order are checked before. Unknown issue
  /// types are added to `types.custom`. Linear, about 0.1 ms an issue.
  /// - Throws: `invalid` (variables, titles), `exists` when a chosen ID is taken, `cycle`, `conflict`.
  @discardableResult
  public mutating func instantiate(
    _ plan: MoleculePlan, _ options: Instantiation = Instantiation()
  ) throws(BeadsError) -> Molecule {
    var plan = try plan.substituting(options.variables)
    if options.isRootOnly { plan.keepRootOnly() }
    for index in plan.nodes.indices { prepare(&plan.nodes[index].issue, at: index, options) }
    plan.nodes[0].issue.type = .molecule
    if !options.assignee.isEmpty { plan.nodes[0].issue.assignee = options.assignee }
    let ids: [IssueID]
    if let rootID = options.rootID {
      ids = try plan.ids(under: rootID)
    } else {
      ids = try freeIDs(
        for: plan.nodes.map(\.issue), kind: options.phase == .vapor ? .wisp : .molecule)
    }
    try save(plan, as: ids)
    return Molecule(rootID: ids[0], ids: Array(zip(plan.nodes.map(\.key), ids)))
  }

  /// Saves the nodes and edges of a plan under the IDs given.
  mutating func save(_ plan: MoleculePlan, as ids: [IssueID]) throws(BeadsError) {
    try learn(plan.nodes.map(\.issue.type))
    try insert(issues(of: plan, as: ids))
  }

  /// The issues of a plan with their IDs and edges.
  func issues(of plan: MoleculePlan, as ids: [IssueID]) -> [Issue] {
    var issues = plan.nodes.map(\.issue)
    for index in issues.indices { issues[index].id = ids[index] }
    func link(_ from: Int, _ to: Int, _ type: DependencyType, _ metadata: String = "") {
      issues[from].dependencies.append(
        Dependency(
          ids[from], dependsOn: ids[to], type: type, createdAt: now, createdBy: actor, metadata: metadata))
    }
    for (index, node) in plan.nodes.enumerated() {
      if let parent = node.parent { link(index, parent, .parentChild) }
    }
    for edge in plan.edges { link(edge.from, edge.to, edge.type, edge.metadata(ids)) }
    return issues
  }

  /// Gives an issue what is new about it; a nanosecond lies between one step and the next, so that they keep order.
  private func prepare(_ issue: inout Issue, at index: Int, _ options: Instantiation) {
    issue.createdAt = now.adding(nanoseconds: Int64(changeCount + index))
    issue.updatedAt = issue.createdAt
    issue.createdBy = actor
    issue.owner = options.owner
    issue.isEphemeral = options.phase == .vapor
  }
}

extension MoleculePlan {
  /// Forgets everything but the root.
  public mutating func keepRootOnly() {
    nodes.removeLast(nodes.count - 1)
    edges = []
  }

  /// The IDs of nodes that are named after the root's ID and their own place below it.
  func ids(under root: IssueID) throws(BeadsError) -> [IssueID] {
    var ids = [root]
    for index in nodes.indices.dropFirst() { ids.append(try IssueID("\(root).\(label(index))")) }
    return ids
  }
}

extension MoleculePlan.Edge {
  /// The metadata with the spawner's ID in it.
  func metadata(_ ids: [IssueID]) -> String {
    guard let spawner, var object = JSONValue(parsing: metadata) else { return metadata }
    object["spawner_id"] = .string(ids[spawner].rawValue)
    return object.compactText
  }
}
