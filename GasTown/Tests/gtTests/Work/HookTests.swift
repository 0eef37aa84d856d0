import BeadsKit
import GasTownKit
import Testing

@Suite("Hooks")
struct HookTests {
  let town: TestTown
  let max = "app/crew/max"

  init() throws {
    town = try TestTown()
    try FileSystem.makeDirectory(town.rig().crewClone(AgentName("max")))
    try FileSystem.makeDirectory(town.rig().crewClone(AgentName("ann")))
  }

  private func hook(of agent: String) throws -> JSONValue { try town.json("hook", "show", agent) }

  private func issue(_ id: IssueID) throws -> BeadsKit.Issue {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try #require(try ledgers.store(for: id).issue(id))
  }

  private func change(_ id: IssueID, _ edit: (inout BeadsKit.Issue) -> Void) throws {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("update") { tx throws(BeadsError) in try tx.update(id) { edit(&$0) } }
  }

  @Test func holdsOneIssueUntilItIsTakenBack() throws {
    let id = try town.makeIssue("Greeting")
    #expect(try hook(of: max)["has_work"] == .bool(false))
    #expect(town.gt("hook", id.rawValue, max, "-m", "be polite").status == 0)
    let shown = try hook(of: max)
    #expect(shown["has_work"] == .bool(true))
    #expect(shown["target"] == .string(max))
    #expect(shown["role"] == .string("crew"))
    #expect(shown["pinned_bead"]?["id"] == .string(id.rawValue))
    #expect(shown["pinned_bead"]?["status"] == .string("hooked"))
    #expect(shown["attached_vars"] == .array([]))
    #expect(try issue(id).assignee == max)
    #expect(try town.database().agent(on: id)?.address.text == max)
    #expect(town.gt("unsling", id.rawValue).status == 0)
    #expect(try issue(id).status == .open)
    #expect(try issue(id).assignee == "")
    #expect(try issue(id).metadata == nil)
    #expect(try town.database().agent(on: id) == nil)
    #expect(try hook(of: max)["has_work"] == .bool(false))
  }

  @Test func isFoundByTheAgentItself() throws {
    let id = try town.makeIssue("Greeting")
    town.gt("hook", id.rawValue, max)
    #expect(town.gt(["hook"], as: max).standardOutput.contains(id.rawValue))
    #expect(town.gt(["hook"], in: "app/crew/max").standardOutput.contains(id.rawValue))
    #expect(town.gt(["hook"], as: "app/crew/ann").standardOutput.contains("Nothing on the hook"))
  }

  @Test func isNotTakenOverWithoutForce() throws {
    let (first, second) = (try town.makeIssue("One"), try town.makeIssue("Two"))
    town.gt("hook", first.rawValue, max)
    let other = town.gt("hook", first.rawValue, "app/crew/ann")
    #expect(other.status == 1)
    #expect(other.standardError.contains(max))
    let more = town.gt("hook", second.rawValue, max)
    #expect(more.status == 1)
    #expect(more.standardError.contains(first.rawValue))
    #expect(try issue(second).status == .open)
    #expect(try town.database().agent(on: second) == nil)
    #expect(town.gt("hook", second.rawValue, max, "--force").status == 0)
    #expect(try issue(first).status == .open)
    #expect(try hook(of: max)["pinned_bead"]?["id"] == .string(second.rawValue))
    #expect(town.gt("hook", second.rawValue, "app/crew/ann", "--force").status == 0)
    #expect(try hook(of: max)["has_work"] == .bool(false))
    #expect(try town.database().agent(on: second)?.address.text == "app/crew/ann")
  }

  @Test("refuses what cannot be worked on", arguments: [Status.closed, .deferred])
  func refuses(status: Status) throws {
    let id = try town.makeIssue("Old")
    try change(id) { $0.status = status }
    let result = town.gt("hook", id.rawValue, max)
    #expect(result.status == 2)
    #expect(result.standardError.contains(id.rawValue))
    #expect(try issue(id).assignee == "")
    if status == .closed { #expect(town.gt("hook", id.rawValue, max, "--force").status == 2) }
  }

  @Test func workThatHasBegunIsTakenBackOnlyByForce() throws {
    let id = try town.makeIssue("Greeting")
    town.gt("hook", id.rawValue, max)
    try change(id) { $0.status = .inProgress }
    #expect(town.gt("unsling", id.rawValue).status == 2)
    #expect(try issue(id).status == .inProgress)
    #expect(town.gt("release", id.rawValue, "-r", "needs a decision").status == 0)
    #expect(try issue(id).status == .open)
    #expect(try issue(id).notes.contains("needs a decision"))
  }

  @Test func anErrorIsNeverAnEmptyHook() throws {
    let id = try town.makeIssue("Greeting")
    town.gt("hook", id.rawValue, max)
    let store = try town.ledgers().store(of: town.rig().name)
    try FileSystem.replace(store.location.databasePath, with: Array("no database".utf8))
    let shown = town.gt(["hook"], as: max)
    #expect(shown.status != 0)
    #expect(shown.standardOutput.isEmpty)
    #expect(shown.standardError.contains("could not be read"))
    let prime = town.gt(["prime"], as: max)
    #expect(prime.status == 0)
    #expect(prime.standardOutput.contains("COULD NOT BE READ"))
    #expect(!prime.standardOutput.contains("hook is empty"))
  }

  @Test func aCrashBetweenRowAndIssueHealsByTheSameCommand() throws {
    let id = try town.makeIssue("Greeting")
    var record = AgentRecord(try #require(AgentAddress(max)))
    record.bead = id
    try town.database().save(record)
    #expect(try hook(of: max)["has_work"] == .bool(false))
    #expect(town.gt("hook", id.rawValue, max).status == 0)
    #expect(try hook(of: max)["has_work"] == .bool(true))
  }

  @Test func unknownAgentsAndIssuesAreNamed() throws {
    let id = try town.makeIssue("Greeting")
    for (bead, agent) in [(id.rawValue, "app/crew/nobody"), ("app-zzzzz", max), (id.rawValue, "nope/crew/x")]
    {
      let result = town.gt("hook", bead, agent)
      #expect(result.status == 1)
      #expect(result.standardOutput.isEmpty)
      #expect(result.standardError.contains(agent == max ? bead : agent == "nope/crew/x" ? "nope" : agent))
    }
    #expect(town.gt("hook", id.rawValue, "app/witness").status == 1)
  }

  @Test func readyListsTheWorkOfAllRigs() throws {
    let (rig, hq) = (try town.makeIssue("In the rig"), try town.makeIssue("In the town", rig: nil))
    let all = try #require(try town.json("ready").arrayValue)
    #expect(all.compactMap { $0["id"]?.stringValue } == [hq.rawValue, rig.rawValue])
    #expect(all.compactMap { $0["rig"]?.stringValue } == ["hq", "app"])
    town.gt("hook", rig.rawValue, max)
    #expect(try town.json("ready", "--rig", "app") == .array([]))
  }
}
