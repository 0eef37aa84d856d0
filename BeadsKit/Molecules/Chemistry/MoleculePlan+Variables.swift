import BeadsFormulas
import BeadsModel
public import BeadsSystem

extension MoleculePlan {
  /// The variables that occur in the texts, in the order they first appear.
  public var mentionedVariables: [String] {
    if isFilled { return [] }
    var names: [String] = []
    for node in nodes {
      for text in Self.texts(of: node.issue) { Placeholders.collect(text, into: &names) }
    }
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }

  /// The variables that a value can be given for.
  public var knownVariables: Set<String> {
    Set(variables.map(\.name) + mentionedVariables + formulaVariables)
  }

  /// The variables without which it cannot be made.
  ///
  /// Those mentioned that are declared without a default; where none is declared, all that are mentioned.
  public var requiredVariables: [String] {
    let mentioned = mentionedVariables
    if variables.isEmpty { return mentioned }
    let needed = Set(variables.filter { $0.defaultValue == nil }.map(\.name))
    return mentioned.filter(needed.contains)
  }

  /// The same plan with values in the place of variables; one that is filled already stays as it is.
  ///
  /// Values are put in as they are: one that looks like a placeholder is not replaced again.
  /// - Throws: `invalid` naming every variable that is missing, or a value that its variable does not allow.
  public func substituting(_ given: [String: String]) throws(BeadsError) -> MoleculePlan {
    if isFilled { return self }
    let missing = requiredVariables.filter { given[$0] == nil }
    if !missing.isEmpty {
      throw BeadsError(
        .invalid,
        "missing required \(missing.count == 1 ? "variable" : "variables") of \(name): "
          + missing.joined(separator: ", "),
        hint: missing.map { "--var \($0)=<value>" }.joined(separator: " "))
    }
    var values = given
    for variable in variables {
      if let problem = given[variable.name].flatMap(variable.problem) {
        throw BeadsError(.invalid, "variable \(variable.name): \(problem)")
      }
      if values[variable.name] == nil { values[variable.name] = variable.defaultValue }
    }
    var plan = self
    plan.isFilled = true
    for index in plan.nodes.indices { Self.substitute(in: &plan.nodes[index].issue, values) }
    return plan
  }

  private static let fields: [any WritableKeyPath<Issue, String> & Sendable] = [
    \.title, \.description, \.design, \.acceptanceCriteria, \.notes, \.awaitID, \.assignee,
  ]

  private static func texts(of issue: Issue) -> [String] { fields.map { issue[keyPath: $0] } + issue.labels }

  private static func substitute(in issue: inout Issue, _ values: [String: String]) {
    for field in fields where issue[keyPath: field].utf8.contains(UInt8(ascii: "{")) {
      issue[keyPath: field] = Placeholders.fill(issue[keyPath: field], values)
    }
    issue.labels = issue.labels.map { Placeholders.fill($0, values) }
  }
}
