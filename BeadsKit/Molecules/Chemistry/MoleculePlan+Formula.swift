import BeadsFormats
public import BeadsFormulas
import BeadsModel
import BeadsStore
public import BeadsSystem

extension MoleculePlan {
  /// Lays out what a cooked formula makes: an issue for each step and gate below a root of type `molecule`.
  ///
  /// A step with children becomes an epic; what it needs blocks it. Linear in the steps.
  /// - Parameter isFilled: Whether the formula was cooked with values.
  /// - Throws: `invalid` when it is no workflow, has no steps, or a step names one that does not exist; `cycle`,
  ///   `conflict`.
  public init(_ formula: Formula, isFilled: Bool = false) throws(BeadsError) {
    if formula.kind == .aspect {
      throw BeadsError(
        .invalid, "formula \(quoted(formula.name)) is an aspect: it has no steps of its own",
        hint: "use it in a workflow, under compose.aspects")
    }
    if formula.steps.isEmpty {
      throw BeadsError(.invalid, "formula \(quoted(formula.name)) has no steps that could become issues")
    }
    var builder = FormulaLayout(formula, isFilled: isFilled)
    try builder.lay(formula.steps, below: 0, path: "steps")
    try builder.connect()
    self = builder.plan
    self.isFilled = isFilled
    try check()
  }
}

/// Turns the steps of a formula into nodes, then what they need into edges.
private struct FormulaLayout {
  var plan: MoleculePlan
  private var places: [String: Int] = [:]
  private var steps: [(place: Int, step: FormulaStep)] = []
  private let formula: Formula

  init(_ formula: Formula, isFilled: Bool) {
    self.formula = formula
    plan = MoleculePlan(name: formula.name)
    plan.variables = formula.variables
    plan.phase = formula.phase
    plan.poursSteps = formula.poursSteps
    // A formula that was cooked with values has them in its title and summary already.
    func asks(_ name: String) -> Bool { !isFilled && formula.variables.contains { $0.name == name } }
    var root = Issue(placeholder: formula.title ?? (asks("title") ? "{{title}}" : formula.name))
    root.description = asks("desc") ? "{{desc}}" : formula.summary ?? ""
    root.type = .molecule
    root.sourceFormula = formula.name
    plan.nodes = [MoleculePlan.Node(key: formula.name, issue: root, parent: nil)]
  }

  mutating func lay(_ list: [FormulaStep], below parent: Int, path: String) throws(BeadsError) {
    for (index, step) in list.enumerated() {
      let place = "\(path)[\(index)]"
      if let gate = step.gate { try lay(gate, of: step, below: parent, place) }
      let node = plan.nodes.count
      steps.append((node, step))
      if step.condition != nil { plan.conditionalSteps.append(step.id) }
      try add(step.id, try issue(step, place), below: parent)
      try lay(step.children, below: node, path: place + ".children")
    }
  }

  private mutating func add(_ id: String, _ issue: Issue, below parent: Int) throws(BeadsError) {
    guard places.updateValue(plan.nodes.count, forKey: id) == nil else {
      throw BeadsError(.invalid, "formula \(quoted(formula.name)) has two steps \(quoted(id))")
    }
    let key = plan.nodes[parent].key + "." + id
    plan.nodes.append(MoleculePlan.Node(key: key, issue: issue, parent: parent))
  }

  private func issue(_ step: FormulaStep, _ place: String) throws(BeadsError) -> Issue {
    var issue = Issue(placeholder: step.title)
    issue.description = step.summary ?? ""
    issue.design = step.design ?? ""
    issue.notes = step.notes ?? ""
    issue.acceptanceCriteria = step.acceptance ?? ""
    issue.type = step.children.isEmpty ? IssueType(userInput: step.type ?? IssueType.task.rawValue) : .epic
    issue.priority = step.priority ?? 2
    issue.labels = step.labels
    if let waitsFor = step.waitsFor { issue.labels.append("gate:" + waitsFor) }
    issue.assignee = step.assignee ?? ""
    issue.metadata = step.metadata
    try note(step, in: &issue)
    issue.sourceFormula = formula.name
    issue.sourceLocation = place
    return issue
  }

  /// Keeps for those who run the step what is no matter of the tracker.
  private func note(_ step: FormulaStep, in issue: inout Issue) throws(BeadsError) {
    if let agent = step.agent ?? formula.agent { try issue.setMetadata("agent", .string(agent)) }
    if step.isReviewOnly || formula.isReviewOnly { try issue.setMetadata("review_only", .bool(true)) }
    guard let fanOut = step.onComplete else { return }
    var value = JSONValue.object([])
    value["for_each"] = .string(fanOut.forEach)
    value["bond"] = .string(fanOut.bond)
    var variables = JSONValue.object([])
    for variable in fanOut.variables { variables[variable.name] = .string(variable.value) }
    if variables != .object([]) { value["vars"] = variables }
    if let isSequential = fanOut.isSequential {
      value[isSequential ? "sequential" : "parallel"] = .bool(true)
    }
    try issue.setMetadata("on_complete", value)
  }

  private mutating func lay(
    _ gate: FormulaGate, of step: FormulaStep, below parent: Int, _ place: String
  ) throws(BeadsError) {
    let awaited = gate.awaitID.map { $0.isEmpty ? "" : " " + $0 } ?? ""
    var issue = Issue(placeholder: "Gate: \(gate.type)\(awaited)")
    issue.type = .gate
    issue.awaitType = gate.type
    issue.awaitID = gate.awaitID ?? ""
    if let timeout = gate.timeout, !timeout.isEmpty { issue.timeout = try GoDuration.nanoseconds(timeout) }
    issue.sourceFormula = formula.name
    issue.sourceLocation = place + ".gate"
    try add("gate-" + step.id, issue, below: parent)
  }

  mutating func connect() throws(BeadsError) {
    for (place, step) in steps {
      var needed = Set<Int>()
      if step.gate != nil, let gate = places["gate-" + step.id] {
        plan.edges.append(MoleculePlan.Edge(place, dependsOn: gate, .blocks))
      }
      for need in step.needs {
        let target = try find(need, for: step)
        if needed.insert(target).inserted {
          plan.edges.append(MoleculePlan.Edge(place, dependsOn: target, .blocks))
        }
      }
      try connectWait(of: step, at: place)
    }
  }

  /// What a step waits for besides: the children of the step it names, or of the first it needs.
  private mutating func connectWait(of step: FormulaStep, at place: Int) throws(BeadsError) {
    guard let text = step.waitsFor, let waitsFor = WaitsFor(text) else { return }
    var name = step.needs.first
    if case .childrenOf(let step) = waitsFor { name = step }
    guard let name else { return }
    let gate = waitsFor == .anyChildren ? "any-children" : "all-children"
    plan.edges.append(
      MoleculePlan.Edge(
        place, dependsOn: try find(name, for: step), .waitsFor, metadata: "{\"gate\":\"\(gate)\"}"))
  }

  private func find(_ id: String, for step: FormulaStep) throws(BeadsError) -> Int {
    if let place = places[id] { return place }
    throw BeadsError(
      .invalid,
      "step \(quoted(step.id)) of formula \(quoted(formula.name)) needs \(quoted(id)), which is no step")
  }
}

extension FormulaLibrary {
  /// Finds, reads and cooks a formula, and lays out what it makes.
  ///
  /// - Parameter values: The values of its variables; nil keeps the placeholders.
  public func plan(named name: String, values: [String: String]?) throws(BeadsError) -> MoleculePlan {
    let formula = try formula(named: name)
    let cooked = try formula.cooked(values: values) { name throws(BeadsError) in
      try self.formula(named: name)
    }
    var plan = try MoleculePlan(cooked, isFilled: values != nil)
    plan.formulaVariables = formula.placeholders
    return plan
  }
}

extension Issue {
  /// An issue of a plan, which has neither an ID nor times yet.
  init(placeholder title: String) {
    self.init(id: IssueID(unchecked: ""), title: title, createdAt: Timestamp(seconds: 0))
  }
}
