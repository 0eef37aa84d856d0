import BeadsFormulas
import BeadsModel
public import BeadsSystem

extension MoleculePlan {
  /// The variables that occur in the texts, in the order they first appear.
  public var mentionedVariables: [String] {
    var seen = Set<String>()
    var names: [String] = []
    for node in nodes {
      for text in Self.texts(of: node.issue) where text.utf8.contains(UInt8(ascii: "{")) {
        for name in Placeholders.names(in: text) where seen.insert(name).inserted { names.append(name) }
      }
    }
    return names
  }

  /// The variables without which it cannot be made: mentioned, and declared without a default unless nothing is declared.
  public var requiredVariables: [String] {
    let mentioned = mentionedVariables
    if variables.isEmpty { return mentioned }
    let needed = Set(variables.filter { $0.defaultValue == nil }.map(\.name))
    return mentioned.filter(needed.contains)
  }

  /// The same plan with values in the place of variables.
  ///
  /// Values are put in as they are: one that looks like a placeholder is not replaced again.
  /// - Throws: `invalid` naming every variable that is missing, or a value that its variable does not allow.
  public func substituting(_ given: [String: String]) throws(BeadsError) -> MoleculePlan {
    let missing = requiredVariables.filter { given[$0] == nil }
    if !missing.isEmpty {
      throw BeadsError(
        .invalid, "missing required variables: \(missing.joined(separator: ", "))",
        hint: "give them with " + missing.map { "--var \($0)=<value>" }.joined(separator: " "))
    }
    var values = given
    for variable in variables {
      if let value = given[variable.name] { try variable.check(value) }
      if values[variable.name] == nil { values[variable.name] = variable.defaultValue }
    }
    var plan = self
    for index in plan.nodes.indices { Self.substitute(in: &plan.nodes[index].issue, values) }
    return plan
  }

  private static let fields: [any WritableKeyPath<Issue, String> & Sendable] = [
    \.title, \.description, \.design, \.acceptanceCriteria, \.notes, \.awaitID, \.assignee,
  ]

  private static func texts(of issue: Issue) -> [String] { fields.map { issue[keyPath: $0] } + issue.labels }

  private static func substitute(in issue: inout Issue, _ values: [String: String]) {
    for field in fields where issue[keyPath: field].utf8.contains(UInt8(ascii: "{")) {
      issue[keyPath: field] = Placeholders.substitute(issue[keyPath: field], values)
    }
    issue.labels = issue.labels.map { Placeholders.substitute($0, values) }
  }
}

extension FormulaVariable {
  /// Throws unless the variable may have this value; the empty text always may.
  func check(_ value: String) throws(BeadsError) {
    if value.isEmpty { return }
    if !allowed.isEmpty, !allowed.contains(value) {
      throw BeadsError(
        .invalid, "variable \(name) cannot be \(quoted(value))",
        hint: "allowed: \(allowed.joined(separator: ", "))")
    }
  }
}
