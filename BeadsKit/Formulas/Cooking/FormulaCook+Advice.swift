import BeadsFormats
import BeadsModel
import BeadsSystem

extension FormulaCook {
  /// Weaves the advice of the aspects that the composition names.
  mutating func weaveAspects() throws(BeadsError) {
    for name in formula.compose.aspects {
      let aspect = try pantry.formula(name, .aspect, for: formula.origin)
      declare(aspect.variables)
      try weave(aspect.advice, pointcuts: aspect.pointcuts)
    }
  }

  /// Declares variables of a formula that became part of this one, unless it has its own of that name.
  mutating func declare(_ variables: [FormulaVariable]) {
    if variables.isEmpty { return }
    let known = Set(formula.variables.map(\.name))
    formula.variables += variables.filter { !known.contains($0.name) }
  }

  /// Puts steps before and after those that advice is for; the new ones get no advice of the same list.
  mutating func weave(_ advice: [FormulaAdvice], pointcuts: [FormulaPointcut]) throws(BeadsError) {
    if advice.isEmpty { return }
    let weaver = AdviceWeaver(advice, pointcuts)
    formula.steps = try weaver.woven(formula.steps, &budget)
  }
}

private struct AdviceWeaver {
  private let advice: [(target: Glob, advice: FormulaAdvice)]
  private let pointcuts: [(glob: Glob?, pointcut: FormulaPointcut)]

  init(_ advice: [FormulaAdvice], _ pointcuts: [FormulaPointcut]) {
    self.advice = advice.map { (Glob($0.target), $0) }
    self.pointcuts = pointcuts.map { ($0.glob.map(Glob.init), $0) }
  }

  func woven(_ steps: [FormulaStep], _ budget: inout CookBudget) throws(BeadsError) -> [FormulaStep] {
    var result: [FormulaStep] = []
    result.reserveCapacity(steps.count)
    for step in steps {
      var target = step
      target.children = try woven(step.children, &budget)
      var after: [FormulaStep] = []
      if try isPicked(step, &budget) {
        for item in advice {
          try budget.charge(work: item.target.cost(step.id))
          guard item.target.matches(step.id) else { continue }
          let before = try item.advice.before.map { advice throws(BeadsError) in
            try made(advice, for: step, needs: step.needs, &budget)
          }
          target.needs = StepSubstitution.unique(target.needs + before.map(\.id))
          result += before
          for advice in item.advice.after {
            after.append(try made(advice, for: step, needs: [step.id], &budget))
          }
        }
      }
      result.append(target)
      result += after
    }
    return result
  }

  private func isPicked(_ step: FormulaStep, _ budget: inout CookBudget) throws(BeadsError) -> Bool {
    if pointcuts.isEmpty { return true }
    for (glob, pointcut) in pointcuts {
      if let glob {
        try budget.charge(work: glob.cost(step.id))
        if !glob.matches(step.id) { continue }
      }
      if let type = pointcut.type, type != step.type ?? "task" { continue }
      if let label = pointcut.label, !step.labels.contains(label) { continue }
      return true
    }
    return false
  }

  private func made(
    _ advice: FormulaAdviceStep, for target: FormulaStep, needs: [String], _ budget: inout CookBudget
  ) throws(BeadsError) -> FormulaStep {
    let values = ["step.id": target.id, "step.title": target.title]
    try budget.charge(steps: 1)
    try budget.charge(edges: needs.count)
    let fill = { (text: String) in Placeholders.fillSingle(text, values) }
    var step = FormulaStep(id: fill(advice.id), title: fill(advice.title ?? advice.id), needs: needs)
    step.summary = advice.summary.map(fill)
    step.type = advice.type
    step.condition = target.condition
    step.metadata = metadata(advice)
    step.origin = advice.origin
    try budget.charge(bytes: step.title.utf8.count + (step.summary?.utf8.count ?? 0))
    return step
  }

  private func metadata(_ advice: FormulaAdviceStep) -> String? {
    if advice.arguments == nil, advice.output == nil { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      if let arguments = advice.arguments {
        writer.key("args")
        writer.raw(arguments)
      }
      if let output = advice.output {
        writer.key("output")
        writer.raw(output)
      }
    }
    return writer.text
  }
}
