import BeadsKit
import BeadsTesting
import Testing

/// Distilling is pouring turned round.
@Suite struct MoleculeDistillTests {
  /// The structure of a molecule by the titles of its issues, which are unique here.
  private func shape(_ molecule: IssueID, _ store: Store) throws -> Set<String> {
    let issues = try store.issues([molecule] + store.descendants(of: molecule))
    // A gate is told apart by what it holds back.
    let held = Dictionary(
      issues.flatMap { issue in
        issue.dependencies.filter { $0.type == .blocks }.map { ($0.dependsOnID, issue.title) }
      }
    ) { first, _ in first }
    let titles = Dictionary(
      uniqueKeysWithValues: issues.map { issue in
        let title = issue.type == .gate ? "\(issue.title) of \(held[issue.id] ?? "nothing")" : issue.title
        return (issue.id, issue.id == molecule ? "root" : title)
      })
    return Set(
      issues.map { issue in
        let edges = Set(issue.dependencies.map { "\($0.type) \(titles[$0.dependsOnID] ?? "?")" }).sorted()
        return """
          \(titles[issue.id] ?? "") \(issue.type) \(issue.priority) \(issue.labels) \(issue.description) \
          \(issue.notes) \(issue.acceptanceCriteria) \(issue.assignee) \(issue.metadata ?? "") \(issue.timeout) \(edges)
          """
      })
  }

  @Test(arguments: 1...20) func aDistilledMoleculeIsPouredAgainTheSame(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let formula = MoleculeModel.formula(&random)
    let project = try TestProject()
    let store = try project.makeStore()
    let first = try store.pour(MoleculePlan(formula))
    let distilled = try store.distill(first.rootID, name: "mol-again")
    let directory = Path.join(project.directory, "formulas")
    try FileSystem.makeDirectory(directory)
    var writer = JSONWriter(.pretty)
    distilled.json.write(to: &writer)
    try FileSystem.replace(Path.join(directory, "mol-again.formula.json"), with: writer.bytes)
    let library = FormulaLibrary(environment: project.environment, directories: [directory])
    let second = try store.pour(library.plan(named: "mol-again", values: [:]))
    #expect(try shape(first.rootID, store) == shape(second.rootID, store))
  }

  @Test func wordsBecomeVariables() throws {
    let store = try TestProject().makeStore()
    var formula = Formula(name: "mol-x", summary: "Ship 1.2")
    formula.steps = [FormulaStep(id: "a", title: "Tag 1.2, not 11.2 or 1.23")]
    let molecule = try store.pour(MoleculePlan(formula))
    let distilled = try store.distill(molecule.rootID, variables: [("version", "1.2")])
    #expect(distilled.name == "mol-x" && distilled.summary == "Ship {{version}}")
    #expect(distilled.steps[0].title == "Tag {{version}}, not 11.2 or 1.23")
    #expect(distilled.variables.map(\.name) == ["version"] && distilled.variables[0].isRequired)
    for (name, value) in [("version", "9.9"), ("1x", "1.2"), ("a-b", "1.2"), ("v", "")] {
      #expect(throws: BeadsError.self) { try store.distill(molecule.rootID, variables: [(name, value)]) }
    }
    for name in ["../x", "a/b", "", ".hidden", "a b"] {
      #expect(throws: BeadsError.self) { try store.distill(molecule.rootID, name: name) }
    }
    #expect(throws: BeadsError.self) { try store.distill(molecule.ids[1].id) }
  }

  @Test func promotingAWispKeepsItsSteps() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var formula = Formula(name: "mol-x")
    formula.steps = [FormulaStep(id: "a", title: "A", children: [FormulaStep(id: "b", title: "B")])]
    let molecule = try store.pour(MoleculePlan(formula), .vapor)
    try store.write("promote") { transaction throws(BeadsError) in
      try transaction.promote(molecule.rootID)
    }
    try store.flush()
    #expect(project.exportedText.split(separator: "\n").count == 3)
    #expect(try store.wisps().isEmpty)
    try store.undo()
    #expect(try store.wisps().count == 3)
  }
}
