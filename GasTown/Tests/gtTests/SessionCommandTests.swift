import BeadsKit
import GasTownKit
import Testing

@Suite("The commands about sessions", .serialized)
struct SessionCommandTests {
  @Test func theMayorIsStartedSeenAndEnded() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    let town = live.town
    #expect(town.gt("mayor", "status", "--running").status == 1)
    let started = try town.json("mayor", "start")
    #expect(started["session"] == .string("hq-mayor") && started["runtime"] == .string("scripted"))
    #expect(town.gt("mayor", "status", "--running").status == 0)
    #expect(town.gt("mayor", "start").standardError.contains("runs already"))
    #expect(town.gt("nudge", "mayor", "good morning").standardOutput == "✓ mayor took the message (#1)\n")
    try eventually("it is shown") { town.gt("peek", "mayor").standardOutput.contains("received 31 bytes") }
    #expect(try town.json("nudge", "mayor", "queued", "--mode", "queue")["state"] == .string("queued"))
    let list = try town.json("session", "list").arrayValue ?? []
    #expect(list.map { $0["agent"]?.stringValue } == ["mayor"] && list.first?["running"] == .bool(true))
    #expect(try town.json("agents").arrayValue?.first?["wanted"] == .bool(true))
    #expect(town.gt("session", "check").status == 0)
    #expect(town.gt("session", "restart", "mayor").status == 0)
    #expect(town.gt("mayor", "stop").standardOutput == "✓ mayor has ended\n")
    #expect(town.gt("mayor", "stop").standardOutput == "mayor did not run\n")
    #expect(town.gt("agents").standardOutput == "No agent runs; `gt agents --all` lists all\n")
    #expect(town.gt("nudge", "mayor", "hello").status == 2)
    #expect(town.gt("peek", "mayor").standardError.contains("has no session"))
  }

  @Test func whatDoesNotFitIsFound() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    let town = live.town
    let started = try town.json("mayor", "start")
    _ = try live.launcher().sessions.start(
      SessionRequest(
        name: "mine", directory: town.root, arguments: ["sleep", "1000"],
        variables: ["PATH": "/usr/bin:/bin"],
        processNames: []))
    ProcessIdentity.end(Int32(try #require(started["pid"]?.intValue)))
    try eventually("the death is noticed") {
      let result = town.gt("agents", "check", "--json")
      let issues = JSONValue(parsing: result.standardOutput)?["issues"]?.arrayValue ?? []
      return result.status == 1 && issues.map { $0["type"]?.stringValue } == ["dead", "stranger"]
    }
    #expect(try town.json("session", "status", "mayor")["exit_status"]?.intValue == 137)
  }

  @Test func aStartThatFailsLeavesNothingBehind() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    let result = live.town.gt("mayor", "start", "--agent", "codex")
    #expect(result.status == 1 && result.standardError.contains("codex is not installed"))
    #expect(try live.town.database().agent(.mayor)?.isWanted != true)
    #expect(live.town.gt("mayor", "start", "--agent", "nobody").status == 1)
    #expect(live.town.gt("session", "start", "app/nux").status == 1)
  }

  @Test func aBroadcastReachesThoseWhoRun() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    _ = try live.town.json("mayor", "start")
    #expect(live.town.gt("broadcast", "hello").standardOutput == "No agent to tell\n")
    let result = live.town.gt("broadcast", "--all", "--mode", "immediate", "hello")
    #expect(result.standardOutput == "✓ mayor took the message (#1)\n")
    try eventually("it arrives") { live.received("hq-mayor") == ["[from overseer #1] hello"] }
  }
}
