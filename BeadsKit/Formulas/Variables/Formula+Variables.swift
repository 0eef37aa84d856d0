import BeadsModel
public import BeadsSystem

extension Formula {
  /// The names that stand in `{{name}}` in its texts and conditions, each once, in their order.
  ///
  /// Linear in the texts.
  public var placeholders: [String] {
    var names: [String] = []
    if let summary { Placeholders.collect(summary, into: &names) }
    func visit(_ steps: [FormulaStep]) {
      for step in steps {
        var copy = step
        copy.mapTexts { text in
          Placeholders.collect(text, into: &names)
          return text
        }
        if let condition = step.condition.flatMap(StepCondition.init) { names += condition.variables }
        visit(step.children)
        if let loop = step.loop { visit(loop.body) }
      }
    }
    visit(steps)
    visit(template)
    visit(convoy.legs)
    return StepSubstitution.unique(names)
  }

  /// The variables that whoever uses the formula has to give a value.
  ///
  /// Where variables are declared, those without default that are required or stand in a text; where none is, every
  /// placeholder.
  public var requiredVariables: [FormulaVariable] {
    if variables.isEmpty { return placeholders.map { FormulaVariable(name: $0) } }
    let used = Set(placeholders)
    return variables.filter { variable in
      variable.defaultValue == nil && (variable.isRequired || used.contains(variable.name))
    }
  }

  /// The value of every variable: those given, and the defaults of the others.
  ///
  /// Values of names that are not declared are kept.
  /// - Throws: `invalid` that names all missing variables and all values that are not allowed.
  public func values(given: [String: String]) throws(BeadsError) -> [String: String] {
    var values = given
    for variable in variables where values[variable.name] == nil {
      values[variable.name] = variable.defaultValue
    }
    let wrong = variables.compactMap { variable in
      given[variable.name].flatMap(variable.problem).map { "variable \(variable.name): \($0)" }
    }
    let missing = requiredVariables.filter { variable in
      values[variable.name] == nil && !variable.requiredUnless.contains { !(values[$0] ?? "").isEmpty }
    }
    if !missing.isEmpty { throw self.missing(missing, wrong) }
    if wrong.count == 1 { throw BeadsError(.invalid, wrong[0]) }
    if !wrong.isEmpty { throw BeadsError(.invalid, "values that are not allowed:", details: wrong) }
    return values
  }

  private func missing(_ variables: [FormulaVariable], _ wrong: [String]) -> BeadsError {
    let names = variables.map(\.name).joined(separator: ", ")
    let word = variables.count == 1 ? "variable" : "variables"
    let details =
      variables.compactMap { variable in variable.summary.map { "\(variable.name): \($0)" } } + wrong
    return BeadsError(
      .invalid, "missing required \(word) of formula \(name): \(names)", details: details,
      hint: variables.map { "--var \($0.name)=<value>" }.joined(separator: " "))
  }

  /// The formula with the placeholders filled that have a value; what is put in is not looked at again.
  ///
  /// Declared variables `title` and `desc` become title and description of the root.
  public func substituting(_ values: [String: String]) -> Formula {
    var result = self
    if variables.contains(where: { $0.name == "title" }) { result.title = values["title"] }
    if variables.contains(where: { $0.name == "desc" }) {
      result.summary = values["desc"]
    } else {
      result.summary = summary.map { Placeholders.fill($0, values) }
    }
    func fill(_ steps: inout [FormulaStep]) {
      for index in steps.indices {
        steps[index].mapTexts { Placeholders.fill($0, values) }
        fill(&steps[index].children)
      }
    }
    fill(&result.steps)
    return result
  }
}
