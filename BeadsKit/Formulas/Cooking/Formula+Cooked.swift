public import BeadsSystem

extension Formula {
  /// The formula with a plain tree of steps: everything it extends and composes brought in, loops unrolled, every
  /// need checked, no circle left.
  ///
  /// Without values the placeholders stay, and so do the steps whose conditions ask for them. With values all required
  /// ones must be among them; steps are left out by their conditions and placeholders are filled.
  ///
  /// Linear in the steps and dependencies of the result, which is limited: 20,000 steps, 500,000 dependencies, 64 MB
  /// of text, five levels of expansions.
  /// - Parameter read: Reads another formula by its name.
  /// - Throws: `invalid` with a detail for each problem, `not_found`, and what `read` throws.
  public func cooked(
    values given: [String: String]? = nil, reading read: @escaping (String) throws(BeadsError) -> Formula
  ) throws(BeadsError) -> Formula {
    let pantry = FormulaPantry(read)
    let whole = try pantry.inherited(self)
    var cook = FormulaCook(whole, values: given ?? [:], pantry: pantry)
    var result = try cook.cook()
    guard let given else { return result }
    let values = try result.values(given: given)
    try result.dropSteps(values, &cook.budget)
    result.clearConditions()
    try cook.budget.charge(bytes: result.filledSize(values))
    return result.substituting(values)
  }

  private mutating func clearConditions() {
    func clear(_ steps: inout [FormulaStep]) {
      for index in steps.indices {
        steps[index].condition = nil
        clear(&steps[index].children)
      }
    }
    clear(&steps)
  }

  /// The bytes that filling in values will add, so that it can be refused before.
  private func filledSize(_ values: [String: String]) -> Int {
    var size = 0
    func visit(_ steps: [FormulaStep]) {
      for step in steps {
        var copy = step
        copy.mapTexts { text in
          _ = Placeholders.replace(text) { name in
            if name.isDouble { size += values[String(name.text)]?.utf8.count ?? 0 }
            return nil
          }
          return text
        }
        visit(step.children)
      }
    }
    visit(steps)
    return size
  }
}

extension FormulaLibrary {
  /// Finds, reads and cooks a formula; see `Formula.cooked`.
  ///
  /// - Parameters:
  ///   - name: A name or a path.
  ///   - values: The values of its variables; nil keeps the placeholders.
  public func cook(named name: String, values: [String: String]? = nil) throws(BeadsError) -> Formula {
    try formula(named: name).cooked(values: values) { name throws(BeadsError) in
      try self.formula(inSearchPath: name)
    }
  }
}
