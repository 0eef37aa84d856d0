import BeadsSystem

extension Formula {
  /// Leaves out the steps whose condition does not hold; who needed one needs what it needed.
  ///
  /// Linear in the steps and their needs.
  mutating func dropSteps(_ values: [String: String], _ budget: inout CookBudget) throws(BeadsError) {
    try drop(&budget) { step in
      step.condition.flatMap(StepCondition.init).map { !$0.holds(values) } ?? false
    }
  }

  /// Leaves out steps with everything below them; who needed one needs what it needed.
  mutating func drop(
    _ budget: inout CookBudget, where isDropped: (FormulaStep) -> Bool
  ) throws(BeadsError) {
    var dropped: [String: StepReplacement] = [:]
    Self.mark(&steps, &dropped, inherited: nil, isDropped)
    if dropped.isEmpty { return }
    var substitution = StepSubstitution(dropped, in: steps)
    steps = try substitution.apply(to: steps, &budget)
    compose.bondPoints.removeAll { point in
      (point.afterStep ?? point.beforeStep).map { dropped[$0] != nil } ?? false
    }
  }

  /// Notes the steps to be dropped; parts of a dropped step also stand for what that step needed.
  private static func mark(
    _ steps: inout [FormulaStep], _ dropped: inout [String: StepReplacement], inherited: [String]?,
    _ isDropped: (FormulaStep) -> Bool
  ) {
    for index in steps.indices {
      let isGone = inherited != nil || isDropped(steps[index])
      if isGone {
        dropped[steps[index].id] = StepReplacement.none
        steps[index].needs += inherited ?? []
      }
      let needs = steps[index].needs
      mark(&steps[index].children, &dropped, inherited: isGone ? needs : nil, isDropped)
    }
  }
}
