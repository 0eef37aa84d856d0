import BeadsFormats
import BeadsFormulas
public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Issue {
  /// Whether molecules are made from it: it carries the label `template`.
  public var isProto: Bool { labels.contains(Self.protoLabel) }

  static let protoLabel = "template"
  /// The member of a proto's metadata that holds what its formula declared.
  static let variablesMember = "formula_vars"
}

extension Store {
  /// What a stored proto makes: its descendants and the edges among them.
  ///
  /// A few queries for any number of issues. A dotted ID says what an issue belongs to only when no edge does.
  /// - Throws: `notFound`, `invalid` when the issue does not carry the label `template`.
  public func plan(ofProto id: IssueID) throws(BeadsError) -> MoleculePlan {
    let issues = try read { () throws(BeadsError) in try self.issues(template(below: id)) }
    guard let root = issues.first, root.id == id, !root.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    guard root.isProto else {
      throw BeadsError(
        .invalid, "\(id) is no proto: it does not carry the label \(Issue.protoLabel)",
        hint: "a proto is made by `bd cook FORMULA --persist`")
    }
    var plan = MoleculePlan(template: issues.filter { !$0.isTombstone })
    plan.name = id.rawValue
    return plan
  }

  /// An issue and everything below it, parents first, in the order they were made.
  func template(below id: IssueID) throws(BeadsError) -> [IssueID] {
    let rows = try ids(
      """
      WITH RECURSIVE down (id, depth) AS (
        VALUES (?1, 0)
        UNION
        SELECT d.issue_id, depth + 1 FROM down JOIN dependencies d ON d.depends_on_id = down.id
          WHERE d.type = 'parent-child' AND depth < 1000
        UNION
        SELECT i.id, depth + 1 FROM down JOIN issues i ON i.id > down.id || '.' AND i.id < down.id || '/'
          WHERE depth < 1000 AND NOT EXISTS (
            SELECT 1 FROM dependencies p WHERE p.issue_id = i.id AND p.type = 'parent-child'))
      SELECT i.id FROM issues i JOIN (SELECT id, max(depth) AS depth FROM down GROUP BY id) d ON d.id = i.id
      ORDER BY i.id <> ?1, d.depth, i.created_at, i.id
      """, id.rawValue)
    return rows
  }
}

extension MoleculePlan {
  /// Lays out issues of a store, the root first and parents before their children.
  init(template issues: [Issue]) {
    self.init(name: issues[0].id.rawValue)
    let places = Dictionary(issues.enumerated().map { ($1.id, $0) }) { first, _ in first }
    for (index, issue) in issues.enumerated() {
      let parent = index == 0 ? nil : Self.parent(of: issue, places)
      var taken = false
      for edge in issue.dependencies {
        guard let target = places[edge.dependsOnID], target != index else { continue }
        if edge.type == .parentChild, target == parent, !taken {
          taken = true
          continue
        }
        var copy = Edge(index, dependsOn: target, edge.type, metadata: edge.metadata)
        copy.spawner = edge.spawnerID.flatMap { places[$0] }
        edges.append(copy)
      }
      variables += issue.declaredVariables.filter { new in !variables.contains { $0.name == new.name } }
      nodes.append(Node(key: issue.id.rawValue, issue: Self.content(of: issue), parent: parent))
    }
  }

  private static func parent(of issue: Issue, _ places: [IssueID: Int]) -> Int {
    for edge in issue.dependencies where edge.type == .parentChild {
      if let place = places[edge.dependsOnID] { return place }
    }
    var name = issue.id.rawValue[...]
    while let dot = name.lastIndex(of: ".") {
      name = name[..<dot]
      if let place = places[IssueID(unchecked: String(name))] { return place }
    }
    return 0
  }

  /// What of an issue goes into its copies: what it says, not what became of it.
  private static func content(of issue: Issue) -> Issue {
    var copy = Issue(placeholder: issue.title)
    copy.description = issue.description
    copy.design = issue.design
    copy.acceptanceCriteria = issue.acceptanceCriteria
    copy.notes = issue.notes
    copy.specID = issue.specID
    copy.priority = issue.priority
    copy.type = issue.type
    copy.assignee = issue.assignee
    copy.labels = issue.labels.filter { $0 != Issue.protoLabel }
    copy.estimatedMinutes = issue.estimatedMinutes
    copy.metadata = issue.metadata
    try? copy.removeMetadata(Issue.variablesMember)
    copy.awaitType = issue.awaitType
    copy.awaitID = issue.awaitID
    copy.timeout = issue.timeout
    copy.waiters = issue.waiters
    copy.wispType = issue.wispType
    copy.molType = issue.molType
    copy.workType = issue.workType
    copy.sourceFormula = issue.sourceFormula
    copy.sourceLocation = issue.sourceLocation
    return copy
  }
}

extension Dependency {
  /// The issue whose children a `waits-for` edge waits for, when its metadata names one.
  fileprivate var spawnerID: IssueID? {
    guard !metadata.isEmpty, case .string(let text)? = JSONValue(parsing: metadata)?["spawner_id"] else {
      return nil
    }
    return IssueID(rawValue: text)
  }
}

extension Issue {
  /// The variables that a stored proto keeps from its formula.
  var declaredVariables: [FormulaVariable] {
    guard let metadata, case .object(let members)? = JSONValue(parsing: metadata)?[Self.variablesMember]
    else {
      return []
    }
    return members.map { FormulaVariable(name: $0.key, $0.value) }
  }
}

extension FormulaVariable {
  fileprivate init(name: String, _ value: JSONValue) {
    self.init(name: name, defaultValue: value["default"]?.stringValue)
    summary = value["description"]?.stringValue
    isRequired = value["required"] == .bool(true)
    allowed = value["enum"]?.arrayValue?.compactMap(\.stringValue) ?? []
    pattern = value["pattern"]?.stringValue
    type = value["type"]?.stringValue
  }

  /// The declaration as a JSON object.
  var json: JSONValue {
    var object = JSONValue.object([])
    if let summary { object["description"] = .string(summary) }
    if let defaultValue { object["default"] = .string(defaultValue) }
    if isRequired { object["required"] = .bool(true) }
    if !allowed.isEmpty { object["enum"] = .array(allowed.map(JSONValue.string)) }
    if let pattern { object["pattern"] = .string(pattern) }
    if let type { object["type"] = .string(type) }
    return object
  }
}
