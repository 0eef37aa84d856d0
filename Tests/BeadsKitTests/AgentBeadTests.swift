import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore
@testable import BeadsWork

@Suite("Agent beads") struct AgentBeadTests {
  @Test(arguments: [
    ("hq-mayor", "mayor", ""), ("hq-dog-alpha", "dog", ""), ("gt-gastown-polecat-nux", "polecat", "gastown"),
    ("gt-gastown-witness", "witness", "gastown"), ("gt-oil-rig-crew-joe", "crew", "oil-rig"),
    ("gt-witness", "witness", "gt"), ("gt-polecat-nux", "polecat", "gt"), ("gt-rig-role-name", "role", "rig"),
    ("gt-alone", "", ""), ("xx-rig-witness", "witness", "xx-rig"),
  ]) func namesSayRoleAndRig(_ id: String, _ role: String, _ rig: String) throws {
    let prefixes = PrefixSet(try Prefix("gt"), allowedList: "hq")
    let name = AgentBeadName(try IssueID(id), prefixes)
    #expect(name.role == role)
    #expect(name.rig == rig)
  }

  /// The hook holds one issue whatever is tried, and each refusal leaves it as it was.
  @Test func theHookHoldsOneIssue() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let agent = try IssueID("t-rig-polecat-nux")
    try store.write("test") { transaction throws(BeadsError) in
      try transaction.setAgentState("idle", of: agent)
    }
    let beads = try ["t-1", "t-2", "t-3"].map { try IssueID($0) }
    var random = SeededRandom(seed: 7)
    var held: IssueID?
    for _ in 0..<200 {
      let bead = beads.randomElement(using: &random) ?? beads[0]
      let isClearing = Int.random(in: 0..<3, using: &random) == 0
      do throws(BeadsError) {
        try store.write("test") { transaction throws(BeadsError) in
          if isClearing {
            try transaction.clearSlot(.hook, of: agent)
          } else {
            try transaction.setSlot(.hook, of: agent, to: bead)
          }
        }
        #expect(isClearing || held == nil || held == bead)
        held = isClearing ? nil : bead
      } catch {
        #expect(error.code == .conflict && !isClearing && held != nil && held != bead)
      }
      #expect(try store.agent(agent).bead(in: .hook) == held?.rawValue)
    }
    try store.close()
  }

  @Test func aRefusedStateMakesNoAgent() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    for (id, state) in [("t-a", "lazy"), ("t-a", ""), ("zz-a", "idle")] {
      #expect(throws: BeadsError.self) {
        try store.write("test") { transaction throws(BeadsError) in
          try transaction.setAgentState(state, of: try IssueID(id))
        }
      }
    }
    #expect(try store.count() == 0)
    try store.close()
  }
}
