import BeadsFormats
import BeadsModel
import BeadsSystem

/// Turns the JSON of a plan into nodes and edges.
struct CreationPlanReader {
  let resolve: (String) throws(BeadsError) -> IssueID
  private var plan = CreationPlan()

  init(resolve: @escaping (String) throws(BeadsError) -> IssueID) { self.resolve = resolve }

  mutating func read(_ root: JSONValue) throws(BeadsError) -> CreationPlan {
    warnUnknown(root, known: ["commit_message", "nodes", "edges"], "the plan")
    plan.message = try text(root, "commit_message", "the plan") ?? ""
    for (index, node) in try list(root, "nodes").enumerated() { try readNode(node, index + 1) }
    for (index, edge) in try list(root, "edges").enumerated() { try readEdge(edge, index + 1) }
    return plan
  }

  private mutating func readNode(_ value: JSONValue, _ number: Int) throws(BeadsError) {
    let key = try text(value, "key", "node \(number)") ?? ""
    let name = key.isEmpty ? "node \(number)" : "node \(quoted(key))"
    warnUnknown(value, known: Self.nodeMembers, name)
    var draft = IssueDraft(title: try text(value, "title", name) ?? "")
    if draft.title.trimmingBlanks.isEmpty { throw BeadsError(.invalid, "\(name) has no title") }
    if let type = try text(value, "type", name) { draft.type = IssueType(userInput: type) }
    draft.description = try text(value, "description", name) ?? ""
    draft.assignee = try text(value, "assignee", name) ?? ""
    if let priority = value["priority"], priority != .null {
      guard let number = priority.intValue, (0...4).contains(number) else {
        throw BeadsError(.invalid, "\(name): priority must be a number from 0 to 4")
      }
      draft.priority = number
    }
    for label in try list(value, "labels") {
      guard let text = label.stringValue else { throw BeadsError(.invalid, "\(name): labels must be texts") }
      draft.labels.append(try Label.given(text))
    }
    if let metadata = value["metadata"], metadata != .null {
      guard case .object(let members) = metadata else {
        throw BeadsError(.invalid, "\(name): metadata must be an object")
      }
      if !members.isEmpty { draft.metadata = metadata.compactText }
    }
    var node = CreationPlan.Node(key: key, draft: draft)
    node.metadataRefs = try refs(value, name)
    node.parent = try end(value, "parent", name)
    plan.nodes.append(node)
  }

  private static let nodeMembers: Set<String> = [
    "key", "title", "type", "description", "assignee", "assign_after_create", "priority", "labels",
    "metadata",
    "metadata_refs", "parent_key", "parent_id",
  ]

  private mutating func readEdge(_ value: JSONValue, _ number: Int) throws(BeadsError) {
    let name = "edge \(number)"
    warnUnknown(value, known: ["from_key", "from_id", "to_key", "to_id", "type"], name)
    guard let from = try end(value, "from", name), let to = try end(value, "to", name) else {
      throw BeadsError(.invalid, "\(name) needs two ends", hint: "from_key or from_id, and to_key or to_id")
    }
    let type = DependencyType(rawValue: try text(value, "type", name) ?? DependencyType.blocks.rawValue)
    if !DependencyType.known.contains(type) {
      throw BeadsError(
        .invalid, "\(name) has the unknown type \(quoted(type.rawValue))", hint: type.knownTypesHint)
    }
    plan.edges.append(CreationPlan.Edge(from: from, to: to, type: type))
  }

  private func refs(_ value: JSONValue, _ name: String) throws(BeadsError) -> [(member: String, key: String)]
  {
    guard let refs = value["metadata_refs"], refs != .null else { return [] }
    guard case .object(let members) = refs else {
      throw BeadsError(.invalid, "\(name): metadata_refs must be an object")
    }
    var found: [(member: String, key: String)] = []
    for member in members {
      guard let key = member.value.stringValue else {
        throw BeadsError(.invalid, "\(name): metadata_refs must name nodes")
      }
      found.append((member.key, key))
    }
    return found
  }

  // MARK: Members

  private func end(_ value: JSONValue, _ role: String, _ name: String) throws(BeadsError) -> CreationPlan.End?
  {
    let key = try text(value, role + "_key", name)
    let id = try text(value, role + "_id", name)
    if key != nil, id != nil { throw BeadsError(.invalid, "\(name) has both \(role)_key and \(role)_id") }
    if let key { return .node(key) }
    guard let id else { return nil }
    return .issue(try resolve(id))
  }

  private func text(_ value: JSONValue, _ member: String, _ name: String) throws(BeadsError) -> String? {
    guard case .object = value else { throw BeadsError(.invalid, "\(name) must be an object") }
    guard let found = value[member], found != .null else { return nil }
    guard let text = found.stringValue else {
      throw BeadsError(.invalid, "\(name): \(member) must be a text")
    }
    return text
  }

  private func list(_ value: JSONValue, _ member: String) throws(BeadsError) -> [JSONValue] {
    guard let found = value[member], found != .null else { return [] }
    guard let items = found.arrayValue else { throw BeadsError(.invalid, "\(member) must be an array") }
    return items
  }

  private mutating func warnUnknown(_ value: JSONValue, known: Set<String>, _ name: String) {
    guard case .object(let members) = value else { return }
    for member in members where !known.contains(member.key) {
      plan.warnings.append("\(name): \(quoted(member.key)) is not known and was ignored")
    }
  }
}

extension DependencyType {
  /// The listed types as a hint.
  package var knownTypesHint: String { "types: " + Self.known.map(\.rawValue).joined(separator: ", ") }
}
