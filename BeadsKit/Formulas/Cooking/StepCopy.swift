import BeadsSystem

/// Copies steps under other names and with braces filled: the body of a loop, the template of an expansion.
struct StepCopy {
  /// What stands before each ID.
  let prefix: String
  /// The values of names in single braces.
  let values: [String: String]

  /// The copies; what they need of each other is renamed with them.
  func copies(of steps: [FormulaStep], _ budget: inout CookBudget) throws(BeadsError) -> [FormulaStep] {
    try copies(of: steps, names: Self.ids(of: steps), &budget)
  }

  private func copies(
    of steps: [FormulaStep], names: Set<String>, _ budget: inout CookBudget
  ) throws(BeadsError) -> [FormulaStep] {
    try budget.charge(steps: steps.count)
    return try steps.map { step throws(BeadsError) in
      var copy = try filled(step, names, &budget)
      copy.id = prefix + copy.id
      copy.children = try copies(of: step.children, names: names, &budget)
      return copy
    }
  }

  // The body of a loop keeps its IDs: they are renamed when the loop is unrolled.
  private func filled(
    _ step: FormulaStep, _ names: Set<String>, _ budget: inout CookBudget
  ) throws(BeadsError) -> FormulaStep {
    var copy = step
    try copy.mapTemplateTexts { text throws(BeadsError) in try fill(text, &budget) }
    copy.id = try fill(step.id, &budget)
    for index in copy.needs.indices { copy.needs[index] = try renamed(copy.needs[index], names, &budget) }
    if let waitsFor = copy.waitsFor, case .childrenOf(let target) = WaitsFor(waitsFor) {
      copy.waitsFor = WaitsFor.childrenOf(try renamed(target, names, &budget)).text
    }
    guard var loop = copy.loop else { return copy }
    let outer = names.subtracting(Self.ids(of: loop.body))
    loop.body = try bodies(loop.body, outer, &budget)
    copy.loop = loop
    return copy
  }

  private func bodies(
    _ steps: [FormulaStep], _ names: Set<String>, _ budget: inout CookBudget
  ) throws(BeadsError) -> [FormulaStep] {
    try steps.map { step throws(BeadsError) in
      var copy = try filled(step, names, &budget)
      copy.children = try bodies(step.children, names, &budget)
      return copy
    }
  }

  private func renamed(
    _ id: String, _ names: Set<String>, _ budget: inout CookBudget
  ) throws(BeadsError) -> String {
    let text = try fill(id, &budget)
    return names.contains(id) ? prefix + text : text
  }

  private func fill(_ text: String, _ budget: inout CookBudget) throws(BeadsError) -> String {
    let result = Placeholders.fillSingle(text, values)
    try budget.charge(bytes: result.utf8.count)
    return result
  }

  static func ids(of steps: [FormulaStep]) -> Set<String> {
    var ids: Set<String> = []
    func visit(_ steps: [FormulaStep]) {
      for step in steps {
        ids.insert(step.id)
        visit(step.children)
      }
    }
    visit(steps)
    return ids
  }
}
