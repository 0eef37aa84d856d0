import BeadsKit
import BeadsTesting
import Testing

/// Bond, squash, burn and gc.
@Suite struct MoleculeBondTests {
  private func plan(_ name: String, _ titles: [String] = ["One", "Two"]) throws -> MoleculePlan {
    var formula = Formula(name: name)
    formula.steps = titles.map { FormulaStep(id: $0.lowercased(), title: $0) }
    return try MoleculePlan(formula)
  }

  private func makeIssue(_ store: Store, _ title: String) throws -> IssueID {
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: title)).id
    }
  }

  private func edges(_ id: IssueID, _ store: Store) throws -> [String] {
    try store.issue(id)?.dependencies.map { "\($0.type) \($0.dependsOnID)" } ?? []
  }

  @Test(arguments: BondType.allCases) func aPlanIsBondedToAnIssue(_ type: BondType) throws {
    let store = try TestProject().makeStore()
    let plan = try plan("mol-a")
    let target = try makeIssue(store, "Target")
    let made = try store.write("mol bond") { transaction throws(BeadsError) in
      try transaction.bond(plan, to: target, type)
    }
    #expect(try edges(made.rootID, store) == ["\(type.edge) \(target)"])
    #expect(made.ids.count == 3)
    try store.undo()
    #expect(try store.count() == 1)
  }

  @Test func aReferenceNamesWhatIsMade() throws {
    let store = try TestProject().makeStore()
    let plan = try plan("mol-arm")
    let target = try makeIssue(store, "Patrol")
    func bond(_ reference: String, _ values: [String: String] = [:]) throws -> Molecule {
      var options = Instantiation()
      options.variables = values
      let given = options
      return try store.write("mol bond") { transaction throws(BeadsError) in
        try transaction.bond(plan, to: target, .parallel, reference: reference, given)
      }
    }
    let made = try bond("arm-{{name}}", ["name": "ace"])
    #expect(made.ids.map(\.id.rawValue) == ["", ".one", ".two"].map { "\(target).arm-ace\($0)" })
    #expect(throws: BeadsError.self) { try bond("arm-ace") }
    for bad in ["", "a b", "a/../b", "x\ny", "{{name}}"] {
      #expect(throws: BeadsError.self) { try bond(bad) }
    }
    #expect(try store.count() == 4)
  }

  @Test(arguments: BondType.allCases) func twoProtosBecomeOne(_ type: BondType) throws {
    let store = try TestProject().makeStore()
    let plans = [try plan("mol-a"), try plan("mol-b", ["Three"])]
    let compound = try store.write("mol bond") { transaction throws(BeadsError) in
      for plan in plans { try transaction.storeProto(plan) }
      return try transaction.compound(IssueID("mol-a"), IssueID("mol-b"), type)
    }
    #expect(compound.title == "Compound: mol-a + mol-b" && compound.isTemplate && compound.isProto)
    let plan = try store.plan(ofProto: compound.id)
    #expect(plan.nodes.map(\.issue.title) == [compound.title, "mol-a", "mol-b", "One", "Two", "Three"])
    #expect(plan.nodes.map(\.parent) == [nil, 0, 0, 1, 1, 2])
    #expect(plan.edges == (type == .parallel ? [] : [MoleculePlan.Edge(2, dependsOn: 1, type.edge)]))
    let molecule = try store.pour(plan)
    #expect(try store.issue(molecule.rootID)?.type == .molecule)
    #expect(try store.descendants(of: molecule.rootID).count == 5)
  }

  @Test func circlesOfBondsAreRefused() throws {
    let store = try TestProject().makeStore()
    let (a, b) = (try makeIssue(store, "A"), try makeIssue(store, "B"))
    func bond(_ a: IssueID, _ b: IssueID) throws {
      try store.write("mol bond") { transaction throws(BeadsError) in
        try transaction.bond(a, b, .sequential)
      }
    }
    try bond(a, b)
    #expect(try edges(b, store) == ["blocks \(a)"])
    #expect(throws: BeadsError.self) { try bond(b, a) }
    #expect(throws: BeadsError.self) { try bond(a, a) }
  }

  @Test(arguments: [false, true]) func squashingAWispLeavesADigest(_ keepsChildren: Bool) throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let molecule = try store.pour(try plan("mol-patrol"), .vapor)
    try store.write("close") { transaction throws(BeadsError) in
      try transaction.close(molecule.ids[1].id, reason: "all quiet")
    }
    let before = try store.issues(molecule.ids.map(\.id))
    let report = try store.write("mol squash") { transaction throws(BeadsError) in
      try transaction.squash(molecule.rootID, keepsChildren: keepsChildren)
    }
    let digest = try #require(try report.digestID.flatMap { id throws(BeadsError) in try store.issue(id) })
    #expect(digest.title == "Digest: mol-patrol" && digest.status == .closed && !digest.isEphemeral)
    #expect(digest.closeReason == "Squashed from 2 wisps" && digest.parentID == molecule.rootID)
    #expect(digest.description.contains("1 of 2 steps were closed"))
    #expect(digest.description.contains("Outcome: all quiet"))
    let root = try #require(try store.issue(molecule.rootID))
    #expect(root.status == .closed && !root.isEphemeral)
    #expect(report.squashed.count == 2 && report.deleted.count == (keepsChildren ? 0 : 2))
    #expect(try store.wisps(includingFinished: true).count == (keepsChildren ? 2 : 0))
    try store.flush()
    #expect(project.exportedText.split(separator: "\n").count == 2)
    try store.undo()
    var after = try store.issues(molecule.ids.map(\.id))
    for index in after.indices { after[index].updatedAt = before[index].updatedAt }
    #expect(after == before)
  }

  @Test func squashingWithoutWispsChangesNothing() throws {
    let store = try TestProject().makeStore()
    let molecule = try store.pour(try plan("mol-a"))
    let count = try store.operations().count
    let report = try store.write("mol squash") { transaction throws(BeadsError) in
      try transaction.squash(molecule.rootID, summary: "Nothing")
    }
    #expect(report.squashed.isEmpty && report.digestID == nil)
    #expect(try store.operations().count == count)
  }

  @Test func burningAWispLeavesWhatIsKeptAndUndoBringsItBack() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let molecule = try store.pour(try plan("mol-patrol"), .vapor)
    try store.write("create") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: "Found a bug")
      draft.parent = molecule.rootID
      draft.isEphemeral = false
      try transaction.create(draft)
    }
    try store.flush()
    let file = project.exportedText
    let before = try store.issues(molecule.ids.map(\.id))
    let report = try store.write("mol burn") { transaction throws(BeadsError) in
      try transaction.burn(molecule.rootID)
    }
    #expect(Set(report.deleted) == Set(molecule.ids.map(\.id)))
    #expect(try store.issues(where: "i.status <> 'tombstone'").map(\.title) == ["Found a bug"])
    try store.flush()
    #expect(!project.exportedText.contains("mol-patrol"))
    try store.undo()
    var after = try store.issues(molecule.ids.map(\.id))
    for index in after.indices { after[index].updatedAt = before[index].updatedAt }
    #expect(after == before)
    try store.flush()
    #expect(project.exportedText.split(separator: "\n").count == file.split(separator: "\n").count)
  }

  @Test func burningAMoleculeDeletesAllOfIt() throws {
    let store = try TestProject().makeStore()
    let molecule = try store.pour(try plan("mol-a"))
    try store.write("mol burn") { transaction throws(BeadsError) in try transaction.burn(molecule.rootID) }
    #expect(try store.count() == 0)
  }

  @Test func aWispIsSweptAwayWholeOrNotAtAll() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let quiet = try store.pour(try plan("mol-quiet"), .vapor)
    let busy = try store.pour(try plan("mol-busy"), .vapor)
    let pinned = try store.pour(try plan("mol-pinned"), .vapor)
    let done = try store.pour(try plan("mol-done"), .vapor)
    let kept = try store.pour(try plan("mol-kept"))
    try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(pinned.ids[1].id) { $0.isPinned = true }
      for (_, id) in done.ids.dropFirst() { try transaction.close(id) }
    }
    project.advance(seconds: 7200)
    try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(busy.ids[2].id) { $0.notes = "still here" }
    }
    let hour: Int64 = 3_600_000_000_000
    func swept(_ sweep: WispSweep) throws -> Set<IssueID> { Set(try store.wisps(for: sweep).map(\.id)) }
    #expect(try swept(WispSweep(.untouched(for: hour))) == Set(quiet.ids.map(\.id)))
    #expect(try swept(WispSweep(.untouchedOrFinished(for: hour))) == Set((quiet.ids + done.ids).map(\.id)))
    #expect(try swept(WispSweep(.finished)) == Set(done.ids.map(\.id)))
    #expect(try swept(WispSweep(.untouched(for: 0))) == Set((quiet.ids + busy.ids).map(\.id)))
    var excluding = WispSweep(.untouched(for: hour))
    excluding.excludedTypes = ["task"]
    #expect(try swept(excluding).isEmpty)
    let report = try store.write("mol wisp gc") { transaction throws(BeadsError) in
      try transaction.sweep(WispSweep(.untouchedOrFinished(for: hour)))
    }
    #expect(report.deleted.count == 6)
    #expect(try store.issues(kept.ids.map(\.id)).allSatisfy { !$0.isTombstone })
  }
}
