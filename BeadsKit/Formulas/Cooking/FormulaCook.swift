import BeadsModel
import BeadsSystem

/// Cooks one formula, step by step in the order of contract 7.4.
struct FormulaCook {
  let pantry: FormulaPantry
  /// The values that are known, for the ranges of loops.
  let values: [String: String]
  var formula: Formula
  var budget: CookBudget
  var problems: [FormulaProblem] = []
  /// The first and the last of the steps that stand for one that is gone.
  private var successors: [String: (first: String, last: String)] = [:]

  init(_ formula: Formula, values: [String: String], pantry: FormulaPantry) {
    self.formula = formula
    self.values = values
    self.pantry = pantry
    budget = CookBudget(name: formula.name)
  }

  /// The formula with a plain tree of steps.
  mutating func cook() throws(BeadsError) -> Formula {
    try plate()
    try budget.charge(steps: formula.steps.reduce(0) { $0 + $1.size })
    try branchAndGate(isLast: false)
    try unrollLoops()
    try branchAndGate(isLast: true)
    try weave(formula.advice, pointcuts: [])
    try expandInline()
    try expandComposed()
    try weaveAspects()
    try checkResult()
    formula.compose = remains(of: formula.compose)
    formula.extends = []
    formula.template = []
    if formula.kind != .aspect { formula.advice = [] }
    formula.convoy = FormulaConvoy()
    return formula
  }

  /// The steps that a formula of any type begins with.
  private mutating func plate() throws(BeadsError) {
    switch formula.kind {
    case .workflow: break
    case .aspect: formula.steps = []
    case .expansion:
      var target = FormulaStep(id: "main", title: formula.name)
      target.summary = formula.summary
      target.origin = formula.origin
      let arguments = formula.variables.compactMap { variable in
        values[variable.name].map { FormulaArgument(variable.name, $0) }
      }
      formula.steps = try expansion(of: target, by: formula, arguments, way: [formula.name]).steps
    case .convoy: formula.steps = formula.convoySteps
    }
  }

  func stopAtProblems() throws(BeadsError) {
    if !problems.isEmpty { throw .formula(problems) }
  }

  mutating func complain(_ message: String, at origin: FormulaOrigin) {
    if problems.count < 1000 { problems.append(FormulaProblem(message, at: origin)) }
  }

  /// Puts replacements into the formula's steps and remembers them for what else names steps.
  mutating func substitute(_ replacements: [String: StepReplacement]) throws(BeadsError) {
    if replacements.isEmpty { return }
    var substitution = StepSubstitution(replacements, in: formula.steps)
    formula.steps = try substitution.apply(to: formula.steps, &budget)
    for (id, replacement) in replacements {
      guard let first = replacement.steps.first(where: { replacement.entries.contains($0.id) }),
        let last = replacement.exits.last
      else { continue }
      successors[id] = (first.id, last)
    }
  }

  // MARK: The end

  private mutating func checkResult() throws(BeadsError) {
    let ids = checkSteps()
    checkBondPoints(ids)
    try stopAtProblems()
    let cycles = FormulaGraph(formula.steps).problems
    if !cycles.isEmpty { throw .formula(cycles) }
  }

  private mutating func checkSteps() -> Set<String> {
    var ids: Set<String> = []
    visit(formula.steps, depth: 1) { cook, step, depth in
      if !ids.insert(step.id).inserted {
        cook.complain("two steps have the id \(quoted(step.id))", at: step.origin)
      }
      if depth == CookLimits.stepDepth + 1 {
        cook.complain(
          "step \(quoted(step.id)) is nested deeper than \(CookLimits.stepDepth)", at: step.origin)
      }
    }
    visit(formula.steps, depth: 1) { cook, step, _ in
      for need in step.needs where !ids.contains(need) {
        cook.complain("step \(quoted(step.id)): needs \(quoted(need)), which is no step", at: step.origin)
      }
      if step.needs.contains(step.id) {
        cook.complain("step \(quoted(step.id)): needs itself", at: step.origin)
      }
      if let text = step.waitsFor, case .childrenOf(let target) = WaitsFor(text), !ids.contains(target) {
        cook.complain(
          "step \(quoted(step.id)): waits for the children of \(quoted(target)), which is no step",
          at: step.origin)
      }
    }
    return ids
  }

  private mutating func visit(
    _ steps: [FormulaStep], depth: Int, _ body: (inout FormulaCook, FormulaStep, Int) -> Void
  ) {
    for step in steps {
      body(&self, step, depth)
      visit(step.children, depth: depth + 1, body)
    }
  }

  private mutating func checkBondPoints(_ ids: Set<String>) {
    for index in formula.compose.bondPoints.indices {
      let point = formula.compose.bondPoints[index]
      let after = point.afterStep.map { current($0, ids) { $0.last } }
      let before = point.beforeStep.map { current($0, ids) { $0.first } }
      formula.compose.bondPoints[index].afterStep = after
      formula.compose.bondPoints[index].beforeStep = before
      if let step = after ?? before, !ids.contains(step), formula.kind == .workflow {
        complain("bond point \(quoted(point.id)): \(quoted(step)) is no step", at: point.origin)
      }
    }
  }

  /// The step that stands where one stood that has been replaced, perhaps several times.
  private func current(
    _ id: String, _ ids: Set<String>, _ end: ((first: String, last: String)) -> String
  ) -> String {
    var id = id
    for _ in 0..<20 where !ids.contains(id) {
      guard let next = successors[id] else { break }
      id = end(next)
    }
    return id
  }

  private func remains(of compose: FormulaComposition) -> FormulaComposition {
    var rest = FormulaComposition()
    rest.bondPoints = compose.bondPoints
    rest.hooks = compose.hooks
    return rest
  }
}

extension FormulaStep {
  /// How many steps there are, with the children and the bodies of loops.
  var size: Int {
    1 + children.reduce(0) { $0 + $1.size } + (loop?.body.reduce(0) { $0 + $1.size } ?? 0)
  }
}
