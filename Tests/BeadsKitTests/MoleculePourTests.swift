import BeadsKit
import BeadsTesting
import Testing

@Suite struct MoleculePourTests {
  private func plan(_ seed: UInt64) throws -> (Formula, MoleculePlan) {
    var random = SeededRandom(seed: seed)
    let formula = MoleculeModel.formula(&random)
    return (formula, try MoleculePlan(formula))
  }

  @Test(arguments: 1...25) func whatIsPouredIsWhatTheFormulaSays(_ seed: UInt64) throws {
    let (formula, plan) = try plan(seed)
    let store = try TestProject().makeStore()
    let molecule = try store.pour(plan)
    #expect(try MoleculeModel.actual(molecule, store) == MoleculeModel.expected(formula))
    let issues = try store.issues(molecule.ids.map(\.id))
    #expect(issues.count == plan.count && issues.allSatisfy { $0.status == .open && !$0.isEphemeral })
    #expect(issues.allSatisfy { $0.id.isMolecule && $0.sourceFormula == formula.name })
    // The order of the formula is the order in time.
    #expect(zip(issues, issues.dropFirst()).allSatisfy { $0.createdAt < $1.createdAt })
  }

  @Test(arguments: 1...10) func whatBlocksIsKeptAsForEveryOtherChange(_ seed: UInt64) throws {
    let (_, plan) = try plan(seed)
    let store = try TestProject().makeStore()
    let molecule = try store.pour(plan)
    var expected = Set<IssueID>()
    for issue in try store.issues(molecule.ids.map(\.id)) {
      let waits = issue.dependencies.contains { $0.type == .blocks || $0.type == .waitsFor }
      if waits || issue.parentID.map(expected.contains) == true { expected.insert(issue.id) }
    }
    #expect(try store.blocked(among: molecule.ids.map(\.id)) == expected)
  }

  @Test(arguments: 1...8) func wispsNeverReachTheFile(_ seed: UInt64) throws {
    let (formula, plan) = try plan(seed)
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "Other"))
    }
    try store.flush()
    let before = project.exportedText
    let molecule = try store.pour(plan, .vapor)
    try store.flush()
    #expect(try MoleculeModel.actual(molecule, store) == MoleculeModel.expected(formula))
    #expect(molecule.ids.allSatisfy { $0.id.isWisp })
    #expect(project.exportedText == before)
    #expect(try store.ready().map(\.title) == ["Other"])
    try store.undo()
    try store.flush()
    #expect(project.exportedText == before)
    #expect(try store.issues(molecule.ids.map(\.id)).allSatisfy(\.isTombstone))
  }

  @Test func undoLeavesNothingButRecordsOfDeletion() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "Other"))
    }
    try store.flush()
    let before = project.exportedText
    var formula = Formula(name: "mol-types")
    formula.steps = [FormulaStep(id: "a", title: "A")]
    formula.steps[0].type = "ritual"
    let molecule = try store.pour(try MoleculePlan(formula))
    #expect(try store.config("types.custom") == "ritual")
    #expect(try store.issue(molecule.ids[1].id)?.type.rawValue == "ritual")
    let report = try store.undo()
    #expect(report.removed.count == 2 && report.settings == ["types.custom"])
    #expect(try store.config("types.custom") == nil)
    try store.flush()
    let lines = project.exportedText.split(separator: "\n").filter { !$0.contains("\"tombstone\"") }
    #expect(lines.map { $0 + "\n" }.joined() == before)
    #expect(try store.count() == 1)
  }

  @Test func theSameCallMakesTheSameIDs() throws {
    let (_, plan) = try plan(3)
    var ids: [[IssueID]] = []
    for _ in 0..<2 {
      let store = try TestProject().makeStore()
      ids.append(try store.pour(plan).ids.map(\.id) + store.pour(plan, .vapor).ids.map(\.id))
    }
    #expect(ids[0] == ids[1])
    #expect(Set(ids[0]).count == 2 * plan.count)
  }

  @Test(arguments: 1...8) func aStoredProtoMakesWhatItsFormulaMakes(_ seed: UInt64) throws {
    let (formula, plan) = try plan(seed)
    let store = try TestProject().makeStore()
    let stored = try store.write("cook") { transaction throws(BeadsError) in try transaction.storeProto(plan)
    }
    #expect(stored.rootID.rawValue == "mol-random")
    #expect(stored.ids.map(\.key) == stored.ids.map(\.id.rawValue))
    #expect(try store.ready().isEmpty)
    let again = try store.plan(ofProto: stored.rootID)
    let molecule = try store.pour(again)
    #expect(try MoleculeModel.actual(molecule, store) == MoleculeModel.expected(formula))
    #expect(try store.issues(molecule.ids.map(\.id)).allSatisfy { !$0.isProto && !$0.isTemplate })
  }

  @Test func aProtoIsWrittenOverOnlyWhenAsked() throws {
    let store = try TestProject().makeStore()
    func cook(_ formula: Formula, replaces: Bool = false) throws {
      try store.write("cook") { transaction throws(BeadsError) in
        try transaction.storeProto(MoleculePlan(formula), replaces: replaces)
      }
    }
    var formula = Formula(name: "plain")
    formula.variables = [FormulaVariable(name: "env", defaultValue: "dev")]
    formula.steps = [
      FormulaStep(id: "a", title: "A {{env}}"), FormulaStep(id: "b", title: "B", needs: ["a"]),
    ]
    try cook(formula)
    #expect(throws: BeadsError.self) { try cook(formula) }
    let count = try store.operations().count
    try cook(formula, replaces: true)
    #expect(try store.operations().count == count, "the same proto again changes nothing")
    formula.steps = [FormulaStep(id: "b", title: "B"), FormulaStep(id: "c", title: "C", needs: ["b"])]
    try cook(formula, replaces: true)
    let plan = try store.plan(ofProto: IssueID("t-plain"))
    #expect(plan.nodes.map(\.key) == ["t-plain", "t-plain.b", "t-plain.c"])
    #expect(plan.edges == [MoleculePlan.Edge(2, dependsOn: 1, .blocks)])
    #expect(plan.variables.map(\.name) == ["env"] && plan.variables[0].defaultValue == "dev")
    try store.undo()
    #expect(
      try store.plan(ofProto: IssueID("t-plain")).nodes.map(\.key) == ["t-plain", "t-plain.a", "t-plain.b"])
  }

  @Test func onlyTheRootGetsTheAssigneeAndIsMadeAlone() throws {
    let (_, plan) = try plan(5)
    let store = try TestProject().makeStore()
    var options = Instantiation()
    options.assignee = "carol"
    options.isRootOnly = true
    let made = options
    let molecule = try store.write("mol pour") { transaction throws(BeadsError) in
      try transaction.instantiate(plan, made)
    }
    #expect(molecule.ids.count == 1)
    #expect(try store.issue(molecule.rootID)?.assignee == "carol")
  }
}
