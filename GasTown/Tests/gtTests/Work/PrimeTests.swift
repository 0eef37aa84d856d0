import BeadsKit
import Foundation
import GasTownKit
import Testing

@Suite("What agents are told")
struct PrimeTests {
  let town: TestTown
  let nux: AgentAddress

  init() throws {
    town = try TestTown()
    nux = .polecat(try RigName("app"), try AgentName("nux"))
  }

  /// Hooks an issue to the polecat, with a checklist.
  @discardableResult
  private func assign(
    _ title: String = "Greeting", formula: String = WorkFormulas.standard, pours: Bool = false
  ) throws -> IssueID {
    let id = try town.makeIssue(title)
    let (database, ledgers) = (try town.database(), town.ledgers())
    defer { ledgers.close() }
    try database.save(AgentRecord(nux))
    let store = try ledgers.store(for: id)
    let values = ["issue": id.rawValue, "feature": title, "base_branch": "main"]
    let plan = try ledgers.formulas(of: nux.rig).plan(formula, values: values)
    let root = try store.write("test") { tx throws(BeadsError) in
      var options = Instantiation()
      options.phase = .vapor
      options.isRootOnly = !pours
      return try tx.instantiate(plan, options).rootID
    }
    let hook = Hook(town: town.town, database: database, ledgers: ledgers)
    try hook.attach(id, to: nux) { attachment in
      attachment.molecule = root
      attachment.formula = formula
      attachment.formulaVariables = values
    }
    return id
  }

  private func prime(_ flags: String...) -> String { town.gt(["prime"] + flags, as: nux.text).standardOutput }

  @Test("name every role", arguments: ["mayor", "app/crew/max", "app/polecats/nux", "app/witness", "deacon"])
  func roles(role: String) throws {
    let result = town.gt(["prime"], as: role)
    #expect(result.status == 0)
    #expect(result.standardOutput.contains("# You are \(role)"))
    #expect(result.standardOutput.utf8.count < 4000)
  }

  @Test func polecatsReadTheirWorkAndBeginAtTheFirstStep() throws {
    let id = try assign()
    let text = prime()
    #expect(text.contains("AUTONOMOUS WORK MODE"))
    #expect(text.contains("## Your assignment: \(id) Greeting"))
    #expect(text.contains("Understand \(id)"))
    #expect(text.contains("(`load-context`)  ← begin here"))
    #expect(text.contains("`gt done` has succeeded"))
    #expect(!text.contains("{{"))
    #expect(text.utf8.count < 24_000)
    let state = try town.json("prime", "--state", as: nux.text)
    #expect(state["state"] == .string("autonomous"))
    #expect(state["step"] == .string("load-context"))
  }

  @Test func finishedStepsStayFinishedForTheNextSession() throws {
    let id = try assign()
    let first = town.gt(["mol", "step", "done"], as: nux.text)
    #expect(first.status == 0)
    #expect(first.standardOutput.contains("branch-setup"))
    #expect(
      town.gt(["mol", "step", "done", "load-context"], as: nux.text).standardOutput.contains("already"))
    let early = town.gt(["mol", "step", "done", "self-review"], as: nux.text)
    #expect(early.status == 1)
    #expect(town.gt(["mol", "step", "done", "no-such-step"], as: nux.text).status == 1)
    let state = try town.json("prime", "--state", as: nux.text)
    #expect(state["state"] == .string("crash-recovery"))
    #expect(state["step"] == .string("branch-setup"))
    let text = prime()
    #expect(text.contains("- [x] **Understand \(id)**"))
    #expect(text.contains("A session before you got this far"))
    var count = 1
    while try town.json("mol", "step", "done", as: nux.text)["complete"] == .bool(false) { count += 1 }
    #expect(try town.json("mol", "progress", as: nux.text)["percent"] == .number("100"))
    #expect(count == 7)
    #expect(prime().contains("Every step is done: `gt done`"))
  }

  @Test func pouredStepsAreIssues() throws {
    try assign(formula: "shiny", pours: true)
    let before = try town.json("mol", "status", as: nux.text)
    let steps = try #require(before["steps"]?.arrayValue)
    #expect(steps.count > 2)
    #expect(steps[0]["status"] == .string("current"))
    let id = try #require(steps[0]["id"]?.stringValue)
    let result = try town.json("mol", "step", "done", id, as: nux.text)
    #expect(result["step"] == .string(id))
    #expect(result["next"] != .string(id))
    let progress = try town.json("mol", "progress", as: nux.text)
    #expect(progress["done"] == .number("1"))
    #expect(progress["total"] == .number(String(steps.count)))
  }

  @Test func aHandoffIsToldOnce() throws {
    try assign()
    var marker = HandoffMarker()
    marker.reason = "context is full"
    marker.message = "the parser is half done"
    try town.database().setHandoffMarker(marker, of: nux)
    #expect(prime("--dry-run").contains("Do not hand off again"))
    #expect(try town.json("prime", "--state", "--dry-run", as: nux.text)["state"] == .string("post-handoff"))
    let text = prime()
    #expect(text.contains("Do not hand off again"))
    #expect(text.contains("the parser is half done"))
    #expect(!prime().contains("Do not hand off again"))
  }

  @Test func directivesMemoriesAndStopsAreIncluded() throws {
    try town.write("directives/polecat.md", "Use tabs.")
    try town.write("app/directives/polecat.md", "Use spaces.")
    try town.write("ESTOP", "")
    let ledgers = town.ledgers()
    try ledgers.store(of: town.rig().name).write("remember") { tx throws(BeadsError) in
      try tx.setConfig("kv.memory.port", "8081 is taken")
    }
    ledgers.close()
    let text = prime()
    let (tabs, spaces) = (
      try #require(text.range(of: "Use tabs.")), try #require(text.range(of: "Use spaces."))
    )
    #expect(tabs.lowerBound < spaces.lowerBound)
    #expect(text.contains("port: 8081 is taken"))
    #expect(text.contains("EMERGENCY STOP"))
  }

  @Test func hugeTextsAreCut() throws {
    let id = try assign()
    let ledgers = town.ledgers()
    try ledgers.store(for: id).write("update") { tx throws(BeadsError) in
      try tx.update(id) { $0.description = String(repeating: "größe ", count: 100_000) }
    }
    ledgers.close()
    let text = prime()
    #expect(text.utf8.count < 40_000)
    #expect(text.contains("more bytes)"))
  }

  @Test func checkpointsBelongToOneIssueAndGrowOld() throws {
    let id = try assign()
    #expect(
      town.gt(["checkpoint", "write", "--notes", "half\nway", "--step", "implement"], as: nux.text).status
        == 0)
    let read = try town.json("checkpoint", "read", as: nux.text)
    #expect(read["hooked_bead"] == .string(id.rawValue))
    #expect(read["current_step"] == .string("implement"))
    #expect(read["notes"] == .string("half\nway"))
    #expect(prime().contains("notes: half\nway"))
    town.advance(seconds: 25 * 3600)
    #expect(!prime().contains("half\nway"))
    #expect(try town.json("checkpoint", "clear", as: nux.text)["cleared"] == .bool(true))
    #expect(try town.json("checkpoint", "read", as: nux.text) == .object([]))
  }

  @Test("overlays change steps", arguments: ["replace", "append", "skip"])
  func overlays(mode: String) throws {
    try town.write(
      "formula-overlays/mol-polecat-work.toml",
      "[[step-overrides]]\nstep_id = \"load-context\"\nmode = \"\(mode)\"\ndescription = \"Read {{issue}} twice.\"\n"
    )
    let id = try assign()
    let text = prime()
    let own = "`gt prime` tells who you are"
    #expect(text.contains("Read \(id) twice.") == (mode != "skip"))
    #expect(text.contains(own) == (mode == "append"))
    let first = mode == "skip" ? "branch-setup" : "load-context"
    #expect(try town.json("mol", "current", as: nux.text)["step"]?["id"] == .string(first))
    try town.write(
      "app/formula-overlays/mol-polecat-work.toml",
      "[[step-overrides]]\nstep_id = \"implement\"\nmode = \"append\"\ndescription = \"Of the rig.\"\n")
    #expect(prime().contains("Of the rig."))
    #expect(!prime().contains("twice."))
  }

  @Test func attachmentsKeepWhatOthersWrote() throws {
    var issue = BeadsKit.Issue(id: try IssueID("app-1"), title: "x", createdAt: town.town.now)
    try issue.setMetadata("theirs", .number("7"))
    var attachment = Attachment()
    attachment.molecule = try IssueID("app-wisp-1")
    attachment.formula = "f"
    attachment.arguments = "do \"it\"\n"
    attachment.variables = ["a=b"]
    attachment.formulaVariables = ["a": "b", "c": ""]
    attachment.isNoMerge = true
    attachment.attachedAt = town.town.now
    try attachment.write(to: &issue)
    #expect(Attachment(issue) == attachment)
    try Attachment.remove(from: &issue)
    #expect(issue.metadata == "{\"theirs\":7}")
  }

  @Test func runtimesTellWhichSessionBegins() throws {
    func begin(_ source: String) throws -> String {
      var variables = town.environment.variables
      variables["GT_ROLE"] = nux.text
      var request = Subprocess(
        [try GtBinary.path(), "prime", "--hook"], directory: town.root, variables: variables)
      request.input = .bytes(Array("{\"session_id\":\"s-1\",\"source\":\"\(source)\"}".utf8))
      return try request.run().text
    }
    #expect(try begin("startup").contains("# You are \(nux)"))
    let short = try begin("compact")
    #expect(!short.contains("# You are"))
    #expect(short.contains("session: s-1"))
    #expect(try town.database().sessionID(of: nux) == "s-1")
    let events = try town.text(".events.jsonl").split(separator: "\n")
    #expect(events.count { $0.contains("session_start") && $0.contains("s-1") } == 1)
  }

  @Test func theMayorReadsWhatNeedsHelp() throws {
    let result = town.gt(["escalate", "the build is broken"], as: "app/crew/max")
    #expect(result.status == 0, "\(result.standardError)")
    let text = town.gt(["prime"], as: "mayor").standardOutput
    #expect(text.contains("## Escalations: 1"))
    #expect(text.contains("the build is broken"))
  }
}
