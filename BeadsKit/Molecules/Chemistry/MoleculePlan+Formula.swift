public import BeadsFormulas
import BeadsModel
public import BeadsSystem

extension MoleculePlan {
  /// Lays out what a cooked formula makes: an issue for each step and gate below a root of type `molecule`.
  ///
  /// A step with children becomes an epic; what it needs blocks it. Linear in the steps.
  /// - Throws: `invalid` when it is no workflow, has no steps, or a step names one that does not exist; `cycle`,
  ///   `conflict`.
  public init(_ formula: Formula) throws(BeadsError) {
    if formula.kind == .aspect {
      throw BeadsError(
        .invalid, "formula \(quoted(formula.name)) is an aspect: it has no steps of its own",
        hint: "use it in a workflow, under compose.aspects")
    }
    if formula.steps.isEmpty {
      throw BeadsError(.invalid, "formula \(quoted(formula.name)) has no steps that could become issues")
    }
    var builder = FormulaLayout(formula)
    try builder.lay(formula.steps, below: 0, path: "steps")
    try builder.connect()
    self = builder.plan
    try check()
  }
}

/// Turns the steps of a formula into nodes, then what they need into edges.
private struct FormulaLayout {
  var plan: MoleculePlan
  private var places: [String: Int] = [:]
  private var steps: [(place: Int, step: FormulaStep)] = []
  private let formula: Formula

  init(_ formula: Formula) {
    self.formula = formula
    plan = MoleculePlan(name: formula.name)
    plan.variables = formula.variables
    plan.phase = formula.phase
    plan.poursSteps = formula.poursSteps
    let names = Set(formula.variables.map(\.name))
    var root = Issue(placeholder: names.contains("title") ? "{{title}}" : formula.name)
    root.description = names.contains("desc") ? "{{desc}}" : formula.summary ?? ""
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
      try add(step.id, issue(step, place), below: parent)
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

  private func issue(_ step: FormulaStep, _ place: String) -> Issue {
    var issue = Issue(placeholder: step.title)
    issue.description = step.summary ?? ""
    issue.notes = step.notes ?? ""
    issue.acceptanceCriteria = step.acceptance ?? ""
    issue.type = step.children.isEmpty ? IssueType(userInput: step.type ?? IssueType.task.rawValue) : .epic
    issue.priority = step.priority ?? 2
    issue.labels = step.labels
    if let waitsFor = step.waitsFor { issue.labels.append("gate:" + waitsFor) }
    issue.assignee = step.assignee ?? ""
    issue.metadata = step.metadata
    issue.sourceFormula = formula.name
    issue.sourceLocation = place
    return issue
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
    guard let waitsFor = step.waitsFor else { return }
    var name = step.needs.first
    if waitsFor.hasPrefix("children-of("), waitsFor.hasSuffix(")") {
      name = String(waitsFor.dropFirst("children-of(".count).dropLast())
    }
    guard let name else { return }
    let gate = waitsFor == "any-children" ? "any-children" : "all-children"
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

extension Issue {
  /// An issue of a plan, which has neither an ID nor times yet.
  init(placeholder title: String) {
    self.init(id: IssueID(unchecked: ""), title: title, createdAt: Timestamp(seconds: 0))
  }
}
