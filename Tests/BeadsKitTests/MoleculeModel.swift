import BeadsKit
import BeadsTesting

/// Random formulas, cooked, and what the steps of one must become.
enum MoleculeModel {
  /// A formula with nested steps, gates, needs of earlier steps and waits.
  static func formula(_ random: inout SeededRandom, name: String = "mol-random") -> Formula {
    var formula = Formula(name: name, summary: "All of it")
    var earlier: [String] = []
    formula.steps = steps(&random, &earlier, depth: 0)
    return formula
  }

  private static func steps(
    _ random: inout SeededRandom, _ earlier: inout [String], depth: Int
  ) -> [FormulaStep] {
    (0..<random.within(1...5)).map { _ in
      var step = FormulaStep(id: "s\(earlier.count + 100 * depth)x\(random.below(1_000_000))", title: "")
      step.title = "Step \(step.id)"
      if random.chance(40) { step.summary = "Say \(random.below(9))\nand do" }
      if random.chance(20) { step.notes = "A note" }
      if random.chance(20) { step.acceptance = "It works" }
      if random.chance(30) { step.type = random.pick(["bug", "chore", "feature", "task"]) }
      if random.chance(30) { step.priority = random.below(5) }
      if random.chance(20) { step.labels = ["l\(random.below(3))"] }
      if random.chance(20) { step.assignee = "bob" }
      if random.chance(15) { step.metadata = "{\"n\":\(random.below(9))}" }
      if random.chance(15) { step.gate = FormulaGate(type: "timer", timeout: "30m") }
      if random.chance(10) { step.gate = FormulaGate(type: "gh:run", awaitID: "ci.yml") }
      while random.chance(40), let need = random.pick(earlier) {
        if !step.needs.contains(need) { step.needs.append(need) }
      }
      if random.chance(15), !step.needs.isEmpty {
        step.waitsFor = random.pick(["all-children", "any-children"])
      }
      // Its own parts may not need it, so it is no earlier step for them.
      if depth < 3, random.chance(25) { step.children = steps(&random, &earlier, depth: depth + 1) }
      earlier.append(step.id)
      return step
    }
  }

  /// An issue as a reference model expects it: edges by the keys of their targets.
  struct Expected: Equatable {
    var title: String
    var description = ""
    var notes = ""
    var acceptance = ""
    var type: String
    var priority = 2
    var labels: [String] = []
    var assignee = ""
    var metadata: String?
    var awaitType = ""
    var edges: Set<String> = []
  }

  /// What a formula must become, step by step, by key.
  static func expected(_ formula: Formula) -> [String: Expected] {
    var result = [
      formula.name: Expected(title: formula.name, description: formula.summary ?? "", type: "molecule")
    ]
    var keys: [String: String] = [:]
    func collect(_ steps: [FormulaStep], below parent: String) {
      for step in steps {
        keys[step.id] = "\(parent).\(step.id)"
        collect(step.children, below: "\(parent).\(step.id)")
      }
    }
    collect(formula.steps, below: formula.name)
    func expect(_ steps: [FormulaStep], below parent: String) {
      for step in steps {
        var issue = Expected(title: step.title, type: step.children.isEmpty ? step.type ?? "task" : "epic")
        issue.description = step.summary ?? ""
        issue.notes = step.notes ?? ""
        issue.acceptance = step.acceptance ?? ""
        issue.priority = step.priority ?? 2
        issue.labels = (step.labels + (step.waitsFor.map { ["gate:\($0)"] } ?? [])).sorted()
        issue.assignee = step.assignee ?? ""
        issue.metadata = step.metadata
        issue.edges = ["parent-child \(parent)"]
        for need in step.needs { issue.edges.insert("blocks \(keys[need] ?? "?")") }
        if step.waitsFor != nil, let first = step.needs.first {
          issue.edges.insert("waits-for \(keys[first] ?? "?")")
        }
        if let gate = step.gate {
          let key = "\(parent).gate-\(step.id)"
          let title = gate.awaitID.map { "Gate: \(gate.type) \($0)" } ?? "Gate: \(gate.type)"
          result[key] = Expected(
            title: title, type: "gate", awaitType: gate.type, edges: ["parent-child \(parent)"])
          issue.edges.insert("blocks \(key)")
        }
        result["\(parent).\(step.id)"] = issue
        expect(step.children, below: "\(parent).\(step.id)")
      }
    }
    expect(formula.steps, below: formula.name)
    return result
  }

  /// What a molecule in the store is, by the keys its issues were made from.
  static func actual(_ molecule: Molecule, _ store: Store) throws -> [String: Expected] {
    let keys = Dictionary(uniqueKeysWithValues: molecule.ids.map { ($0.id, $0.key) })
    var result: [String: Expected] = [:]
    for (key, id) in molecule.ids {
      guard let issue = try store.issue(id) else { continue }
      result[key] = Expected(
        title: issue.title, description: issue.description, notes: issue.notes,
        acceptance: issue.acceptanceCriteria, type: issue.type.rawValue, priority: issue.priority,
        labels: issue.labels, assignee: issue.assignee, metadata: issue.metadata, awaitType: issue.awaitType,
        edges: Set(issue.dependencies.map { "\($0.type) \(keys[$0.dependsOnID] ?? "?")" }))
    }
    return result
  }
}

extension Store {
  /// Pours a plan in a transaction of its own.
  @discardableResult
  func pour(_ plan: MoleculePlan, _ phase: Formula.Phase = .liquid, _ variables: [String: String] = [:])
    throws(BeadsError) -> Molecule
  {
    var options = Instantiation()
    options.phase = phase
    options.variables = variables
    let made = options
    return try write("mol pour") { transaction throws(BeadsError) in
      try transaction.instantiate(plan, made)
    }
  }
}
