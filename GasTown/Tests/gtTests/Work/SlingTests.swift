import BeadsKit
import Foundation
import GasTownKit
import Testing

/// A town in which nothing is started: agents are run by hand.
struct QuietTown {
  let town: TestTown

  init() throws {
    town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "none"
  }

  func issue(_ id: IssueID) throws -> BeadsKit.Issue {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try #require(try ledgers.store(for: id).issue(id))
  }

  func change(_ id: IssueID, _ edit: (inout BeadsKit.Issue) -> Void) throws {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    _ = try ledgers.store(for: id).write("update") { tx throws(BeadsError) in try tx.update(id) { edit(&$0) }
    }
  }

  func depend(_ id: IssueID, on other: IssueID, _ type: DependencyType = .blocks) throws {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    _ = try ledgers.store(for: id).write("dep") { tx throws(BeadsError) in
      try tx.addDependency(id, dependsOn: other, type: type)
    }
  }

  func polecats() throws -> [AgentRecord] { try town.database().agents(role: .polecat) }

  /// The issues of a tracker that are not deleted, whatever they are.
  func everything(rig: String?) throws -> [BeadsKit.Issue] {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try ledgers.store(of: rig.map { try RigName($0) }).issues(matching: .everything)
  }

  func events() throws -> [JSONValue] {
    try town.text(".events.jsonl").split(separator: "\n").compactMap { JSONValue(parsing: String($0)) }
  }

  func results(_ arguments: String...) throws -> [JSONValue] {
    let result = town.gt(["sling"] + arguments + ["--json"])
    let document = try #require(JSONValue(parsing: result.standardOutput), "\(result.standardError)")
    return document["results"]?.arrayValue ?? []
  }

  /// What giving out one issue has to leave: nothing besides the issue as it was.
  func expectUntouched(_ before: BeadsKit.Issue, sourceLocation: SourceLocation = #_sourceLocation) throws {
    var after = try issue(before.id)
    after.updatedAt = before.updatedAt
    #expect(after == before, sourceLocation: sourceLocation)
    #expect(try polecats().allSatisfy { $0.bead == nil }, sourceLocation: sourceLocation)
    #expect(try town.database().attempts(of: before.id) == 0, sourceLocation: sourceLocation)
    #expect(try everything(rig: "app").allSatisfy { !$0.isEphemeral }, sourceLocation: sourceLocation)
    #expect(try everything(rig: nil).isEmpty, sourceLocation: sourceLocation)
    let folders = try FileSystem.list(town.rig().path("polecats")).filter { !$0.hasPrefix(".") }
    #expect(folders.isEmpty, sourceLocation: sourceLocation)
  }

  /// What giving out one issue leads to.
  func expectGiven(_ id: IssueID, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let holder = try #require(try town.database().agent(on: id), sourceLocation: sourceLocation)
    let issue = try issue(id)
    #expect(issue.assignee == holder.address.text, sourceLocation: sourceLocation)
    #expect(issue.status == .inProgress, sourceLocation: sourceLocation)
    #expect(holder.state == .working, sourceLocation: sourceLocation)
    let branch = try town.git(try #require(holder.worktree), "branch", "--show-current")
    #expect(branch == holder.branch?.rawValue, sourceLocation: sourceLocation)
    let attachment = Attachment(issue)
    #expect(attachment.formula == "mol-polecat-work", sourceLocation: sourceLocation)
    let wisps = try everything(rig: "app").filter(\.isEphemeral)
    #expect(wisps.map(\.id) == [try #require(attachment.molecule)], sourceLocation: sourceLocation)
    let convoys = try everything(rig: nil)
    #expect(convoys.map(\.title) == ["Work: \(issue.title)"], sourceLocation: sourceLocation)
  }
}

@Suite("Giving out work")
struct SlingTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws { quiet = try QuietTown() }

  /// Scenario 3 of the contract's appendix D; with an agent that runs: `LiveWorkTests`.
  @Test func anIssueGoesToAPolecatOfItsRig() throws {
    let id = try town.makeIssue("Greeting")
    let result = try #require(
      try quiet.results(id.rawValue, "app", "-a", "mind the gap", "--var", "test_command=make test").first)
    #expect(result["action"] == .string("dispatched"))
    try quiet.expectGiven(id)
    let agent = try #require(result["target"]?.stringValue)
    let name = try #require(agent.split(separator: "/").last)
    #expect(result["branch"]?.stringValue?.hasPrefix("polecat/\(name)/\(id)@") == true)
    let convoy = try #require(try quiet.everything(rig: nil).first)
    #expect(convoy.dependencies.map(\.dependsOnID) == [id])
    #expect(result["convoy"] == .string(convoy.id.rawValue))
    let order = try quiet.events().compactMap { $0["type"]?.stringValue }
      .filter { ["spawn", "hook", "sling"].contains($0) }
    #expect(order.firstIndex(of: "spawn")! < order.firstIndex(of: "hook")!)
    #expect(order.firstIndex(of: "hook")! < order.firstIndex(of: "sling")!)
    #expect(order.count { $0 == "sling" } == 1)
    let prime = town.gt(["prime"], as: agent).standardOutput
    #expect(prime.contains("## Your assignment: \(id) Greeting"))
    #expect(prime.contains("mind the gap"))
    #expect(prime.contains("make test"))
    #expect(prime.contains("← begin here"))
    #expect(!prime.contains("{{"))
  }

  @Test func givingItOutAgainChangesNothing() throws {
    let id = try town.makeIssue("Greeting")
    let first = try #require(try quiet.results(id.rawValue, "app").first)
    let before = try quiet.issue(id)
    for target in ["app", try #require(first["target"]?.stringValue)] {
      let again = town.gt("sling", id.rawValue, target)
      #expect(again.status == 0)
    }
    try quiet.expectGiven(id)
    #expect(try quiet.polecats().count == 1)
    #expect(try Attachment(quiet.issue(id)) == Attachment(before))
    #expect(try town.database().attempts(of: id) == 1)
  }

  /// Scenario 26 of the contract's appendix D, as far as `gt sling` goes; the daemon: `HoldTests`.
  @Test(
    "what cannot be worked on stays where it is",
    arguments: [
      "closed", "closed --force", "deferred", "flag", "blocked", "rig", "parked", "docked", "message",
    ])
  func guards(reason: String) throws {
    let id = try town.makeIssue(reason == "flag" ? "--force" : "Greeting")
    switch reason {
    case "closed", "closed --force": try quiet.change(id) { $0.status = .closed }
    case "deferred": try quiet.change(id) { $0.status = .deferred }
    case "blocked": try quiet.depend(id, on: town.makeIssue("First"))
    case "rig":
      try town.makeOrigin("lib")
      #expect(town.gt("rig", "add", "lib", town.originPath("lib")).status == 0)
    case "parked": try RigState.park(town.rig().name, true, in: town.database())
    case "docked": try #require(town.gt("rig", "dock", "app").status == 0)
    case "message": try quiet.change(id) { $0.type = .message }
    default: break
    }
    let before = try quiet.issue(id)
    let result = town.gt(
      ["sling", id.rawValue, reason == "rig" ? "lib" : "app"]
        + (reason.hasSuffix("--force") ? ["--force"] : []))
    #expect(result.status == 2, "\(result.standardError)")
    #expect(result.standardError.contains(id.rawValue) || reason.hasSuffix("ed"), "\(result.standardError)")
    try quiet.expectUntouched(before)
  }

  @Test func forceOverridesWhatMayBeOverridden() throws {
    let (deferred, blocked) = (try town.makeIssue("Later"), try town.makeIssue("Second"))
    try quiet.change(deferred) { $0.status = .deferred }
    try quiet.depend(blocked, on: town.makeIssue("First"))
    #expect(town.gt("sling", deferred.rawValue, "app", "--force").status == 0)
    #expect(town.gt("sling", blocked.rawValue, "app", "--force").status == 0)
    #expect(try quiet.polecats().count { $0.bead != nil } == 2)
  }

  @Test(
    "bad words change nothing",
    arguments: [
      ["no-such-thing"], ["app-zzzz", "app"], ["ID", "nowhere"], ["ID", "app/witness"], ["ID", "../x/y"],
      ["ID", "app", "--var", "novalue"], ["ID", "app", "--formula", "no-such-formula"],
      ["ID", "app", "--base-branch", "no-such-branch"], ["ID", "app", "--base-branch", "a b"],
      ["ID", "app", "--agent", "no-such-agent"], ["ID", "app", "--merge", "maybe"], ["ID", "crew/nobody"],
      ["ID", "."],
      [],
    ])
  func badWords(words: [String]) throws {
    let id = try town.makeIssue("Greeting")
    let before = try quiet.issue(id)
    let result = town.gt(["sling"] + words.map { $0 == "ID" ? id.rawValue : $0 })
    #expect(result.status != 0)
    #expect(result.standardOutput.isEmpty)
    #expect(!result.standardError.isEmpty)
    try quiet.expectUntouched(before)
  }

  @Test func polecatsDoNotGiveOutWork() throws {
    let id = try town.makeIssue("Greeting")
    let result = town.gt(["sling", id.rawValue, "app"], as: "app/polecats/nux")
    #expect(result.status == 2)
    try quiet.expectUntouched(quiet.issue(id))
  }

  @Test func aDryRunDoesNothing() throws {
    let id = try town.makeIssue("Greeting")
    let before = try quiet.issue(id)
    let events = try quiet.events().count
    let result = town.gt("sling", id.rawValue, "app", "--dry-run")
    #expect(result.status == 0)
    #expect(result.standardOutput.contains("Would give"))
    try quiet.expectUntouched(before)
    #expect(try quiet.events().count == events)
  }

  // MARK: Targets

  @Test func crewMembersAndTheMayorGetItOnTheirHook() throws {
    try FileSystem.makeDirectory(town.rig().crewClone(AgentName("max")))
    let (one, two, three) = (try town.makeIssue("1"), try town.makeIssue("2"), try town.makeIssue("3"))
    #expect(town.gt("sling", one.rawValue, "app/max").status == 0)
    #expect(try town.database().agent(on: one)?.address.text == "app/crew/max")
    #expect(town.gt("sling", one.rawValue, "crew/max").standardOutput.contains("already"))
    #expect(town.gt("sling", two.rawValue, "mayor").status == 0)
    #expect(try quiet.issue(two).assignee == "mayor")
    #expect(town.gt(["sling", three.rawValue], as: "app/crew/max").status == 1)
    #expect(town.gt(["sling", three.rawValue, "--force"], as: "app/crew/max").status == 0)
    #expect(try quiet.issue(one).status == .open)
    #expect(try quiet.polecats().isEmpty)
    let taken = town.gt("sling", three.rawValue, "app")
    #expect(taken.status == 1)
    #expect(taken.standardError.contains("app/crew/max"))
    #expect(town.gt("sling", three.rawValue, "app", "--force").status == 0)
    #expect(try town.database().agent(on: three)?.address.role == .polecat)
    #expect(try town.database().agent(.crew(RigName("app"), AgentName("max")))?.bead == nil)
  }

  @Test func aPolecatMayBeChosenByName() throws {
    let id = try town.makeIssue("Greeting")
    #expect(town.gt("sling", id.rawValue, "app/polecats/toast").status == 0)
    #expect(try town.database().agent(on: id)?.address.text == "app/polecats/toast")
  }

  // MARK: Several

  @Test func aBatchHasOneConvoy() throws {
    let ids = try ["1", "2", "3"].map { try town.makeIssue($0) }
    #expect(try quiet.results(ids[0].rawValue, ids[1].rawValue, ids[2].rawValue, "app").count == 3)
    let convoys = try quiet.everything(rig: nil)
    #expect(convoys.map(\.title) == ["Batch: 3 beads to app"])
    #expect(Set(convoys[0].dependencies.map(\.dependsOnID)) == Set(ids))
    #expect(Set(try quiet.polecats().compactMap(\.bead)) == Set(ids))
    let more = try town.makeIssue("4")
    let tracked = town.gt("sling", ids[0].rawValue, more.rawValue, "app")
    #expect(tracked.status == 1)
    #expect(tracked.standardError.contains(convoys[0].id.rawValue))
    #expect(try quiet.issue(more).status == .open)
  }

  @Test func ofAnEpicWhatCanBeDoneIsGivenOut() throws {
    let epic = try town.makeIssue("Epic", type: .epic)
    let (one, two, done) = (try town.makeIssue("1"), try town.makeIssue("2"), try town.makeIssue("3"))
    for id in [one, two, done] { try quiet.depend(id, on: epic, .parentChild) }
    try quiet.depend(two, on: one)
    try quiet.change(done) { $0.status = .closed }
    let actions = try quiet.results(epic.rawValue).map {
      "\($0["bead"]?.stringValue ?? "") \($0["action"]?.stringValue ?? "")"
    }
    #expect(Set(actions) == ["\(one) dispatched", "\(two) skipped"])
    #expect(try quiet.everything(rig: nil).map(\.title) == ["Epic"])
    #expect(town.gt("sling", epic.rawValue, one.rawValue, "app").status == 1)
  }

  @Test func formulasAreAppliedToAnIssueOrAreWorkThemselves() throws {
    let id = try town.makeIssue("Greeting")
    #expect(town.gt("sling", "shiny", "--on", id.rawValue, "app", "--var", "feature=Hello").status == 0)
    #expect(try Attachment(quiet.issue(id)).formula == "shiny")
    let result = town.gt("sling", "mol-bug-fix", "app", "--var", "bug=x", "--json")
    let given = JSONValue(parsing: result.standardOutput)?["results"]?.arrayValue?.first
    #expect(given?["formula"] == .string("mol-bug-fix"), "\(result.standardError)")
    let raw = try town.makeIssue("Raw")
    #expect(town.gt("sling", raw.rawValue, "app", "--hook-raw-bead", "--no-convoy").status == 0)
    #expect(try Attachment(quiet.issue(raw)).molecule == nil)
  }

  @Test func ofAConvoyWhatIsLeftIsGivenOut() throws {
    let (one, two) = (try town.makeIssue("1"), try town.makeIssue("2"))
    let convoy = try town.json("convoy", "create", "Both", one.rawValue, two.rawValue)
    let id = try #require(convoy["id"]?.stringValue)
    try quiet.change(two) { $0.status = .closed }
    let results = try quiet.results(id)
    #expect(results.compactMap { $0["bead"]?.stringValue } == [one.rawValue])
    #expect(results.first?["convoy"] == .string(id))
    #expect(try quiet.everything(rig: nil).count == 1)
  }

  @Test func aFormulaOfLegsBecomesAnIssueForEach() throws {
    let show = try town.json("formula", "show", "design")
    #expect(show["type"] == .string("convoy"))
    let legs = try #require(show["steps"]?.arrayValue).count
    let missing = town.gt("formula", "run", "design", "--rig", "app")
    #expect(missing.status == 1)
    #expect(try quiet.everything(rig: "app").isEmpty)
    let required = try #require(show["vars"]?.arrayValue).filter { $0["required"] == .bool(true) }
    let values = required.compactMap { $0["name"]?.stringValue }.flatMap { ["--set", "\($0)=x"] }
    let plan = town.gt(["formula", "run", "design", "--rig", "app", "--dry-run"] + values)
    #expect(plan.status == 0, "\(plan.standardError)")
    #expect(try quiet.everything(rig: "app").isEmpty)
    let result = town.gt(["formula", "run", "design", "--rig", "app", "--json"] + values)
    let run = try #require(JSONValue(parsing: result.standardOutput), "\(result.standardError)")
    #expect(run["results"]?.arrayValue?.count == legs)
    #expect(run["waiting"]?.arrayValue?.count == 1)
    #expect(try quiet.polecats().count == legs)
    #expect(try quiet.everything(rig: nil).map(\.title) == ["Formula: design"])
  }

  @Test func anIssueIsNotGivenOutForEver() throws {
    let id = try town.makeIssue("Greeting")
    for _ in 0..<3 {
      #expect(town.gt("sling", id.rawValue, "app").status == 0)
      #expect(town.gt("unsling", id.rawValue, "--force").status == 0)
    }
    let fourth = town.gt("sling", id.rawValue, "app")
    #expect(fourth.status == 2)
    #expect(fourth.standardError.contains("respawn-reset"))
    #expect(town.gt("sling", "respawn-reset", id.rawValue).status == 0)
    #expect(town.gt("sling", id.rawValue, "app").status == 0)
    try quiet.expectGiven(id)
  }
}
