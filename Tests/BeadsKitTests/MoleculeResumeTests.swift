import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

/// An agent that dies and is replaced by one that only asks where the molecule is always gets it done, each step once.
@Suite struct MoleculeResumeTests {
  @Test(arguments: 1...10 as ClosedRange<UInt64>, [Formula.Phase.liquid, .vapor])
  func everyStepIsClosedOnceWhoeverDies(seed: UInt64, phase: Formula.Phase) throws {
    var samples = MoleculeSamples(seed: seed)
    let project = try TestProject()
    var store = try project.makeStore()
    let root = try store.pour(samples.formula(steps: 15), phase)
    let ids = try store.moleculeGraph(of: root).steps.map(\.id)
    var deaths = 0
    for turn in 0... {
      try #require(turn < 4 * ids.count, "the molecule is stuck")
      if samples.random.chance(40) {
        // The agent is gone with all it knew; another one opens the store.
        deaths += 1
        store.closeConnection()
        store = try project.openStore(actor: "agent\(deaths % 3)")
      }
      let graph = try store.moleculeGraph(of: root)
      guard let step = graph.currentStep(for: store.actor) ?? graph.nextStep(for: store.actor) else { break }
      try work(on: step.id, store, dies: samples.random.chance(20))
    }
    #expect(deaths > 0)
    let end = try store.moleculeGraph(of: root)
    #expect(end.isComplete && end.completed == ids.count)
    #expect(end.root.status == .closed && end.root.closeReason == "all steps complete")
    for (id, events) in try store.events(of: ids + [root]) {
      #expect(events.count { $0.kind == "closed" } == 1, "\(id)")
    }
  }

  /// Finishes a step; an agent that dies in the middle of the transaction has done nothing.
  private func work(on step: IssueID, _ store: Store, dies: Bool) throws {
    do throws(BeadsError) {
      try store.write("close") { transaction throws(BeadsError) in
        let wasClosed = try transaction.close(step).closedAt != transaction.now
        let next = try transaction.continueMolecule(after: step, resumes: wasClosed)
        if dies { throw BeadsError(.io, "died") }
        if let issue = next.nextStep {
          #expect(next.isClaimed && issue.status == .inProgress && issue.assignee.isEmpty)
          #expect(!next.isComplete)
        }
      }
    } catch { #expect(dies) }
  }

  /// Whoever does not know whether its last command happened repeats it, and goes on with the step it had begun.
  @Test func closingAgainClaimsNothingMore() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var formula = Formula(name: "mol-wide")
    formula.steps = (0..<4).map { FormulaStep(id: "s\($0)", title: "Step \($0)") }
    let root = try store.pour(formula)
    let steps = try store.moleculeGraph(of: root).steps.map(\.id)
    func goOn(resumes: Bool) throws -> MoleculeContinuation {
      try store.write("close") { transaction throws(BeadsError) in
        try transaction.close(steps[0])
        return try transaction.continueMolecule(after: steps[0], resumes: resumes)
      }
    }
    #expect(try goOn(resumes: false).nextStep?.id == steps[1])
    let again = try goOn(resumes: true)
    #expect(again.nextStep?.id == steps[1] && !again.isClaimed && again.remaining == 3)
    #expect(try store.moleculeGraph(of: root).count(.current) == 1)
  }

  @Test func stepsOfOthersAreLeftToThem() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var formula = Formula(name: "mol-shared")
    formula.steps = ["bob", "alice", nil].enumerated().map { index, name in
      var step = FormulaStep(id: "s\(index)", title: "Step \(index)")
      step.assignee = name
      return step
    }
    let root = try store.pour(formula)
    let steps = try store.moleculeGraph(of: root).steps.map(\.id)
    func claim() throws -> IssueID? {
      try store.write("claim") { transaction throws(BeadsError) in
        try transaction.claimStep(of: root)?.id
      }
    }
    #expect(try [claim(), claim(), claim()] == [steps[1], steps[2], nil])
    store.actor = "bob"
    #expect(try claim() == steps[0])
    #expect(try store.moleculeGraph(of: root).currentStep(for: "bob")?.id == steps[0])
    #expect(try store.moleculeGraph(of: root).currentStep(for: "carol")?.id == steps[0])
  }

  /// The end of a molecule inside another is not the end of the other.
  @Test func aMoleculeGoesOnBehindOneThatIsAPartOfIt() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var formula = Formula(name: "mol-outer")
    formula.steps = [FormulaStep(id: "only", title: "Only")]
    let (outer, inner) = (try store.pour(formula), try store.pour(formula))
    try store.write("bond") { transaction throws(BeadsError) in
      try transaction.addDependency(inner, dependsOn: outer, type: .parentChild)
    }
    let step = try #require(try store.moleculeGraph(of: inner).steps.first).id
    let next = try store.write("close") { transaction throws(BeadsError) in
      try transaction.close(step)
      return try transaction.continueMolecule(after: step)
    }
    #expect(next.moleculeID == outer && next.nextStep?.title == "Only" && !next.isComplete)
    #expect(try store.issue(inner)?.status == .closed && store.issue(outer)?.status == .open)
  }

  /// A large molecule costs the file one line for each issue that changed.
  @Test func goingOnWritesOnlyWhatChanged() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var formula = Formula(name: "mol-long")
    formula.steps = (0..<1000).map {
      FormulaStep(id: "s\($0)", title: "Step", needs: $0 > 0 ? ["s\($0 - 1)"] : [])
    }
    let root = try store.pour(formula)
    try store.flush()
    let before = Set(project.exportedText.split(separator: "\n"))
    let steps = try store.moleculeGraph(of: root).steps
    try store.write("close") { transaction throws(BeadsError) in
      try transaction.close(steps[0].id)
      _ = try transaction.continueMolecule(after: steps[0].id)
    }
    try store.flush()
    let changed = Set(project.exportedText.split(separator: "\n")).subtracting(before)
    #expect(before.count == 1001 && changed.count == 2)
    #expect(try store.moleculeGraph(of: root).currentStep(for: "alice")?.id == steps[1].id)
  }
}
