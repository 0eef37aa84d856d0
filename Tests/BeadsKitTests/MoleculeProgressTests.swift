import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsWork

/// What is said of molecules agrees with the rest of the store and with plain readings of the contract.
@Suite struct MoleculeProgressTests {
  // MARK: One predicate

  @Test(arguments: [61, 62, 63, 64] as [UInt64]) func readyStepsAreWhatReadySays(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    var query = ReadyQuery()
    query.limit = nil
    query.readiness.includesEphemeral = true
    let ready = Set(try world.store.ready(query).map(\.id))
    var found = 0
    for issue in world.issues where !issue.isTombstone {
      let graph = try world.store.moleculeGraph(of: issue.id)
      let below = Set(try world.store.descendants(of: issue.id)).filter {
        world.byID[$0].map { !$0.isTombstone } ?? false
      }
      #expect(Set(graph.steps.map(\.id)) == below && graph.steps.count == below.count)
      #expect(Set(graph.readySteps.map(\.id)) == below.intersection(ready))
      for step in graph.steps {
        #expect(step.isBlocked == world.blocked.contains(step.id))
        #expect(step.state == expectedState(step, isReady: ready.contains(step.id), world.store))
        #expect(world.parents(of: try #require(world.byID[step.id])).contains(step.parentID))
      }
      let analysis = try world.store.parallelAnalysis(of: graph)
      try check(analysis, of: graph, in: world)
      found += graph.readySteps.count
    }
    #expect(found > 0)
  }

  private func expectedState(_ step: MoleculeStep, isReady: Bool, _ store: Store) -> MoleculeStep.State {
    switch (step.status, store.rules.vocabulary.category(of: step.status)) {
    case (_, .done): .done
    case (.blocked, _): .blocked
    case (_, .wip): .current
    default: isReady ? .ready : .pending
    }
  }

  private func check(_ analysis: ParallelAnalysis, of graph: MoleculeGraph, in world: QueryWorld) throws {
    #expect(analysis.steps.map(\.id) == graph.steps.map(\.id))
    let steps = Dictionary(uniqueKeysWithValues: analysis.steps.map { ($0.id, $0) })
    for (step, place) in zip(graph.steps, analysis.steps) {
      #expect(place.blockedBy.isEmpty == !(step.isBlocked && !step.isSettled))
      for blocker in place.blockedBy where steps[blocker] != nil {
        #expect(steps[blocker]?.blocks.contains(step.id) == true)
      }
      // What waits for the children of another can be done beside that one.
      let own = try world.store.activeBlockers(of: step.id).filter { $0.type != .waitsFor }.map(\.blockerID)
      for blocker in own where place.group != nil { #expect(steps[blocker]?.group != place.group) }
    }
    for group in analysis.groups {
      #expect(group.steps.count > 1)
      #expect(group.steps.allSatisfy { steps[$0]?.group == group.name })
    }
  }

  /// The layers of the analysis are what happens when everybody works at once.
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func groupsAreTheWavesOfAllWorkingAtOnce(seed: UInt64) throws {
    var samples = MoleculeSamples(seed: seed)
    let project = try TestProject()
    let store = try project.makeStore()
    let root = try store.pour(samples.formula(steps: 20))
    let start = try store.moleculeGraph(of: root)
    let blockers = try store.activeBlockers(of: start.steps.map(\.id))
    let layers = StepOrder(start, blockers, [:]).layers.map { $0.map { start.steps[$0].id } }
    var waves: [[IssueID]] = []
    var query = ReadyQuery()
    query.filter.place = .descendants(of: root)
    while true {
      let graph = try store.moleculeGraph(of: root)
      #expect(try Set(store.ready(query).map(\.id)) == Set(graph.readySteps.map(\.id)))
      let wave = graph.steps.filter { $0.isReady && !graph.hasOpenParts($0.id) }.map(\.id)
      if wave.isEmpty { break }
      try store.write("close") { transaction throws(BeadsError) in
        for id in wave { try transaction.close(id) }
      }
      waves.append(wave)
    }
    #expect(layers == waves && layers.joined().count == start.steps.count)
    #expect(try store.issue(root)?.closeReason == "all steps complete")
  }

  // MARK: Roots

  @Test(arguments: [71, 72] as [UInt64]) func theRootIsTheHighestMoleculeElseEpic(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    let ids = world.issues.filter { !$0.isTombstone }.map(\.id)
    let roots = try world.store.moleculeRoots(of: ids)
    #expect(roots.count > 10)
    for id in ids {
      let line = try [id] + world.store.ancestors(of: id)
      let known = line.compactMap { world.byID[$0] }.filter { !$0.isTombstone }
      let molecules = Set(known.filter { $0.type == .molecule }.map(\.id))
      let epics = Set(known.filter { $0.type == .epic || $0.labels.contains("template") }.map(\.id))
      if let root = roots[id] {
        #expect(molecules.isEmpty ? epics.contains(root) : molecules.contains(root))
      } else {
        #expect(molecules.isEmpty && epics.isEmpty)
      }
    }
  }

  @Test func anActorsMoleculesAreThoseOfItsWorkElseOnItsHook() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var samples = MoleculeSamples(seed: 5)
    let (first, second) = (
      try store.pour(samples.formula(steps: 4)), try store.pour(samples.formula(steps: 4))
    )
    #expect(try store.molecules(of: "alice") == [])
    try store.write("hook") { transaction throws(BeadsError) in
      try transaction.update(first) { issue in
        issue.assignee = "alice"
        issue.status = .hooked
      }
      var hook = IssueDraft(title: "Mail")
      hook.assignee = "bob"
      hook.status = .hooked
      let id = try transaction.create(hook).id
      try transaction.addDependency(id, dependsOn: second)
    }
    #expect(try store.molecules(of: "alice") == [first])
    #expect(try store.molecules(of: "bob") == [second])
    _ = try store.write("claim") { transaction throws(BeadsError) in try transaction.claimStep(of: second) }
    #expect(try store.molecules(of: "alice") == [second])
    #expect(try store.molecules(of: "") == [])
  }

  // MARK: Numbers

  @Test func theRateIsThatBetweenTheFirstAndTheLastClosing() {
    var progress = MoleculeProgress(total: 10, completed: 4)
    #expect(progress.percent == 40 && progress.ratePerHour == nil && progress.hoursLeft == nil)
    progress.firstClosed = Timestamp(seconds: 1000)
    progress.lastClosed = Timestamp(seconds: 1000)
    #expect(progress.ratePerHour == nil)
    progress.lastClosed = Timestamp(seconds: 1000 + 5400)
    #expect(progress.ratePerHour == 2 && progress.hoursLeft == 3)
    progress.completed = 10
    #expect(progress.hoursLeft == nil && MoleculeProgress(total: 0, completed: 0).percent == 0)
  }

  @Test func activityIsTheLatestClosingOrChange() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var samples = MoleculeSamples(seed: 6)
    let root = try store.pour(samples.formula(steps: 5))
    func activity() throws -> MoleculeActivity { try store.moleculeGraph(of: root).lastActivity }
    let first = try #require(try store.moleculeGraph(of: root).readySteps.first { $0.type == .task }).id
    func change(_ id: IssueID, _ edit: (inout BeadsModel.Issue) -> Void) throws {
      project.advance(seconds: 60)
      try store.write("update") { transaction throws(BeadsError) in try transaction.update(id, edit) }
    }
    try change(first) { $0.notes = "Begun" }
    #expect(try activity().source == .stepUpdated && activity().stepID == first)
    try change(first) { $0.status = .closed }
    #expect(try activity().source == .stepClosed && activity().stepID == first)
    try change(root) { $0.notes = "Paused" }
    #expect(try activity().source == .moleculeUpdated && activity().stepID == nil)
  }

  // MARK: Stale and gated

  @Test(arguments: [81, 82, 83] as [UInt64]) func staleMoleculesAgreeWithThePlainReading(seed: UInt64) throws
  {
    let world = try QueryWorld(seed: seed)
    let vocabulary = world.store.rules.vocabulary
    var expected: [IssueID: Int] = [:]
    for issue in world.issues where [.epic, .molecule].contains(issue.type) && !issue.isTemplate {
      if issue.isTombstone || vocabulary.category(of: issue.status) == .done { continue }
      let children = try world.store.children(of: issue.id).compactMap { world.byID[$0] }
        .filter { !$0.isTombstone }
      if children.allSatisfy({ vocabulary.category(of: $0.status) == .done }) {
        expected[issue.id] = children.count
      }
    }
    let all = try world.store.staleMolecules(includesChildless: true)
    #expect(Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.childCount) }) == expected)
    #expect(try world.store.staleMolecules() == all.filter { $0.childCount > 0 })
    let waiting = try world.store.activeDependents(of: all.map(\.id))
    for one in all {
      #expect(one.blocked == Set(waiting[one.id, default: []].map(\.issueID)).sorted())
    }
  }

  @Test func aClosedGateLetsItsMoleculeGoOnUnlessItIsHooked() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var formula = Formula(name: "mol-gated")
    formula.steps = [FormulaStep(id: "a", title: "A"), FormulaStep(id: "b", title: "B", needs: ["a"])]
    formula.steps[1].gate = FormulaGate(type: "human")
    let root = try store.pour(formula)
    let steps = try store.moleculeGraph(of: root).steps
    let (gate, second) = (try #require(steps.first { $0.type == .gate }), try #require(steps.last))
    #expect(!gate.isReady && gate.state == .pending)
    func resumable() throws -> [[IssueID]] {
      try store.resumableMolecules().map { [$0.molecule.id, $0.gate.id, $0.step.id] }
    }
    func change(_ id: IssueID, _ status: Status) throws {
      try store.write("update") { transaction throws(BeadsError) in
        try transaction.update(id, force: true) { $0.status = status }
      }
    }
    try change(gate.id, .closed)
    #expect(try resumable() == [])
    try change(steps[0].id, .closed)
    #expect(try resumable() == [[root, gate.id, second.id]])
    try change(root, .hooked)
    #expect(try resumable() == [])
    try change(root, .open)
    #expect(try resumable() == [[root, gate.id, second.id]])
    try change(second.id, .inProgress)
    #expect(try resumable() == [])
  }
}
