import BeadsModel
import BeadsSystem

extension FormulaCook {
  /// Replaces the steps that say by which expansion.
  mutating func expandInline() throws(BeadsError) {
    let found = try expansions(in: formula.steps, way: [formula.name])
    try stopAtProblems()
    try substitute(found)
  }

  private mutating func expansions(
    in steps: [FormulaStep], way: [String]
  ) throws(BeadsError) -> [String: StepReplacement] {
    var found: [String: StepReplacement] = [:]
    for step in steps {
      if let name = step.expansion {
        let expansion = try pantry.formula(name, .expansion, for: step.origin)
        let replacement = try self.expansion(
          of: step, by: expansion, step.expansionVariables, way: way + [name])
        found[step.id] = replacement
      } else {
        try found.merge(expansions(in: step.children, way: way)) { first, _ in first }
      }
    }
    return found
  }

  /// The steps of a template in the place of a step.
  mutating func expansion(
    of target: FormulaStep, by formula: Formula, _ arguments: [FormulaArgument], way: [String]
  ) throws(BeadsError) -> StepReplacement {
    guard way.count <= CookLimits.expansionDepth + 1 else {
      let path = way.joined(separator: " → ")
      let message = "expansions are nested deeper than \(CookLimits.expansionDepth): \(path)"
      throw .formula([FormulaProblem(message, at: target.origin)])
    }
    let values = values(of: formula, arguments, for: target)
    let copies = try StepCopy(prefix: "", values: values).copies(of: formula.template, &budget)
    var replacement = try finished(StepReplacement(copies), inheriting: target)
    let inner = try expansions(in: replacement.steps, way: way)
    if !inner.isEmpty {
      var substitution = StepSubstitution(inner, in: replacement.steps)
      replacement = StepReplacement(try substitution.apply(to: replacement.steps, &budget))
    }
    return replacement
  }

  private mutating func values(
    of formula: Formula, _ arguments: [FormulaArgument], for target: FormulaStep
  ) -> [String: String] {
    var values = [
      "target": target.id, "target.id": target.id, "target.title": target.title,
      "target.description": target.summary ?? "",
    ]
    let given = Dictionary(arguments.map { ($0.name, $0.value) }) { _, last in last }
    for variable in formula.variables {
      let value = given[variable.name] ?? variable.defaultValue
      guard let value else { continue }
      if !value.contains("{{"), let reason = variable.problem(with: value) {
        complain(
          "step \(quoted(target.id)): expansion \(formula.name), \(variable.name): \(reason)",
          at: target.origin)
      }
      values[variable.name] = value
    }
    for argument in arguments where values[argument.name] == nil { values[argument.name] = argument.value }
    declare(formula.variables.filter { given[$0.name] == nil })
    return values
  }

  // MARK: Composition

  /// Replaces the steps that the composition names, as many at a time as there are.
  mutating func expandComposed() throws(BeadsError) {
    var batch: [String: StepReplacement] = [:]
    var steps: [String: FormulaStep] = [:]
    if !formula.compose.expansions.isEmpty { steps = allSteps() }
    for item in formula.compose.expansions {
      if batch[item.target] != nil || steps[item.target] == nil, !batch.isEmpty {
        try substitute(batch)
        try budget.charge(work: steps.count * 100)
        batch = [:]
        steps = allSteps()
      }
      guard let target = steps[item.target] else {
        complain("compose.expand: \(quoted(item.target)) is no step", at: item.origin)
        continue
      }
      batch[item.target] = try replacement(of: target, item)
    }
    try stopAtProblems()
    try substitute(batch)
    for item in formula.compose.maps { try expandMatching(item) }
  }

  private mutating func expandMatching(_ item: FormulaExpansion) throws(BeadsError) {
    let glob = Glob(item.target)
    var batch: [String: StepReplacement] = [:]
    for (id, step) in allSteps() where step.children.isEmpty {
      try budget.charge(work: glob.cost(id))
      if glob.matches(id) { batch[id] = try replacement(of: step, item) }
    }
    try stopAtProblems()
    try substitute(batch)
  }

  private mutating func replacement(
    of target: FormulaStep, _ item: FormulaExpansion
  ) throws(BeadsError) -> StepReplacement {
    if !target.children.isEmpty {
      complain("compose.expand: step \(quoted(target.id)) has children", at: item.origin)
    }
    if target.onComplete != nil {
      complain("compose.expand: step \(quoted(target.id)) has `on_complete`", at: item.origin)
    }
    let expansion = try pantry.formula(item.formula, .expansion, for: item.origin)
    return try self.expansion(of: target, by: expansion, item.variables, way: [formula.name, item.formula])
  }

  private func allSteps() -> [String: FormulaStep] {
    var steps: [String: FormulaStep] = [:]
    for step in formula.steps { step.forEach { steps[$0.id] = $0 } }
    return steps
  }
}
