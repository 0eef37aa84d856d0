import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Real agents on one molecule: killed anywhere, or several at once, they get every step done exactly once.
@Suite struct MoleculeAgentTests {
  /// A molecule `t-m` in which two steps follow the first, and one follows both.
  private static func fill(_ transaction: inout Transaction) throws(BeadsError) -> [String] {
    let needs = [("t-a", []), ("t-b", ["t-a"]), ("t-c", ["t-a"]), ("t-d", ["t-b", "t-c"])]
    var root = BeadsKit.Issue(id: try IssueID("t-m"), title: "Molecule", createdAt: transaction.now)
    root.type = .molecule
    try transaction.insert(root)
    for (id, needed) in needs {
      try transaction.insert(BeadsKit.Issue(id: try IssueID(id), title: "Step", createdAt: transaction.now))
      try transaction.addDependency(try IssueID(id), dependsOn: root.id, type: .parentChild)
      for need in needed { try transaction.addDependency(try IssueID(id), dependsOn: try IssueID(need)) }
    }
    return ["t-m"] + needs.map(\.0)
  }

  /// What replaces a killed agent knows nothing but the molecule.
  @Test(.enabled(if: FailPoint.isAvailable), arguments: ["t-a", "t-d"])
  func aKilledAgentIsReplaced(step: String) throws {
    let world = try FaultWorld(Self.fill)
    func prepare() throws {
      try world.reset()
      if step == "t-a" { return }
      for id in ["t-a", "t-b", "t-c"] { #expect(try world.run(["close", id]).status == 0) }
    }
    try prepare()
    let command = ["close", step, "--continue"]
    let places = try world.places(command)
    #expect(places.count > 5)
    for place in places {
      try prepare()
      #expect(try world.run(command, failing: "\(place)=kill").status == 128 + SIGKILL, "\(place)")
      try walk(world)
      try check(world.project, steps: Array(world.known.dropFirst()), after: place)
    }
  }

  /// Closes what `mol current` says until nothing is left.
  private func walk(_ world: FaultWorld) throws {
    for _ in 0..<10 {
      let run = try world.run(["mol", "current", "t-m", "--json"])
      let molecule = JSONValue(parsing: run.text)?.arrayValue?.first
      guard let step = (molecule?["current_step"] ?? molecule?["next_step"])?["id"]?.stringValue else {
        return
      }
      let closing = try world.run(["close", step, "--continue"])
      #expect(closing.status == 0, "\(closing.errorText)")
    }
    Testing.Issue.record("the molecule is stuck")
  }

  private func check(_ project: TestProject, steps: [String], after place: String = "") throws {
    let store = try project.openStore()
    let root = try #require(try store.issue(IssueID("t-m")))
    #expect(root.status == .closed && root.closeReason == "all steps complete", "\(place)")
    var ids: [IssueID] = []
    for step in steps { ids.append(try IssueID(step)) }
    let events = try store.events(of: ids)
    #expect(events.count == steps.count)
    for (id, events) in events {
      #expect(events.count { $0.kind == "closed" } == 1, "\(id) \(place)")
    }
    try store.close()
  }

  /// Every agent takes a step, and after that what `close --continue` gives it; no step is given twice.
  @Test func agentsShareAMolecule() throws {
    let stress = try StressProject()
    let store = try stress.project.openStore()
    let steps = (0..<24).map { "t-s\($0)" }
    try store.write("create") { transaction throws(BeadsError) in
      var root = BeadsKit.Issue(id: try IssueID("t-m"), title: "Molecule", createdAt: transaction.now)
      root.type = .molecule
      try transaction.insert(root)
      for (number, id) in steps.enumerated() {
        let step = BeadsKit.Issue(id: try IssueID(id), title: "Step", createdAt: transaction.now)
        try transaction.insert(step)
        try transaction.addDependency(step.id, dependsOn: root.id, type: .parentChild)
        // Waves of four, each of which waits for one step of the wave before.
        if number > 3 {
          try transaction.addDependency(step.id, dependsOn: try IssueID(steps[number / 4 * 4 - 1]))
        }
      }
    }
    try store.close()
    var held: [Int: String] = [:]
    var given: [String] = []
    var isDone = false
    try stress.runAll(6) { slot in
      if isDone { return nil }
      let actor = ["--actor", "agent\(slot)"]
      if let step = held[slot] { return ["close", step, "--continue", "--json"] + actor }
      return ["ready", "--mol", "t-m", "--claim", "--json"] + actor
    } ended: { slot, run in
      #expect(run.status == 0, "\(run.errorText)")
      let value = JSONValue(parsing: run.text)
      let next = value?["continue"]?["next_step"] ?? value?.arrayValue?.first
      held[slot] = next?["id"]?.stringValue
      if let step = held[slot] { given.append(step) }
      if value?["continue"]?["molecule_complete"] == .bool(true) { isDone = true }
    }
    #expect(given.sorted() == steps.sorted())
    try check(stress.project, steps: steps)
  }
}
