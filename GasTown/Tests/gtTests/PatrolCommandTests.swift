import BeadsKit
import GasTownKit
import Testing

/// Views and controls of the daemon's loops, in a town in which nothing runs.
@Suite("gt deacon, witness, boot, patrol, warrant")
struct PatrolCommandTests {
  private func town() throws -> TestTown {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    return town
  }

  private func hooked(_ town: TestTown, _ name: String, _ edit: (inout AgentRecord) -> Void = { _ in }) throws
    -> AgentRecord
  {
    let id = try town.makeIssue("Work of \(name)")
    let address = AgentAddress.polecat(try RigName("app"), try AgentName(name))
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("hook") { tx throws(BeadsError) in
      try tx.update(id) { issue in
        issue.status = .hooked
        issue.assignee = address.text
      }
    }
    var record = AgentRecord(address)
    record.bead = id
    record.state = .working
    record.isWanted = true
    edit(&record)
    return try town.database().save(record)
  }

  @Test func watchersAreLoopsThatRestAndWorkAgain() throws {
    let town = try town()
    #expect(try town.json("witness", "status", "app")["running"]?.boolValue == false)
    #expect(try town.json("witness", "stop", "app")["paused"]?.boolValue == true)
    let status = try town.json("witness", "status", "app")
    #expect(
      status["pause_reason"]?.stringValue == "gt witness stop" && status["mode"] == .string("deterministic"))
    #expect(PatrolPause.of(.witness(try RigName("app")), in: town.town)?.by == "overseer")
    #expect(PatrolPause.of(.deacon, in: town.town) == nil)
    #expect(town.gt("deacon", "pause", "--reason", "release").standardOutput.contains("rests"))
    #expect(try town.text(".runtime/deacon/paused.json").contains(#""reason": "release""#))
    #expect(town.gt("deacon", "status").standardOutput.contains("no model runs"))
    #expect(try town.json("deacon", "resume")["changed"]?.boolValue == true)
    #expect(town.gt("deacon", "resume").standardOutput == "It did not rest\n")
    let attach = town.gt("deacon", "attach")
    #expect(attach.status == 1 && attach.standardError.contains("loop of the daemon"))
    #expect(town.gt("witness", "status", "nope").status == 1)
    // What the settings switch off rests too, and a torn file is no permission.
    #expect(town.gt("config", "set", "disabled_patrols", "deacon").status == 0)
    #expect(PatrolPause.of(.deacon, in: town.town)?.reason.contains("disabled_patrols") == true)
    try town.write("app/witness/paused.json", "{")
    #expect(PatrolPause.of(.witness(try RigName("app")), in: town.town) != nil)
  }

  @Test func heartbeatsAreCounted() throws {
    let town = try town()
    _ = try hooked(town, "nux")
    #expect(try town.json("deacon", "heartbeat")["cycle"] == .number("1"))
    let second = try town.json("deacon", "heartbeat", "looked", "around")
    #expect(second["cycle"] == .number("2") && second["unhealthy_agents"] == .number("1"))
    #expect(
      try town.text("deacon/heartbeat.json").contains(#""last_action": "looked around""#))
  }

  @Test func staleHooksAreFreedOnceTheirAgentIsGone() throws {
    let town = try town()
    let nux = try hooked(town, "nux")
    town.advance(seconds: 3000)
    _ = try hooked(town, "slit")
    town.advance(seconds: 1000)
    let plan = try town.json("deacon", "stale-hooks", "--dry-run")
    guard case .object(let members) = plan else { return #expect(Bool(false)) }
    #expect(members.map(\.key) == ["scanned_at", "total_hooked", "stale_count", "unhooked", "results"])
    #expect(plan["total_hooked"] == .number("2") && plan["stale_count"] == .number("1"))
    #expect(plan["results"]?[0]?["bead_id"]?.stringValue == nux.bead?.rawValue)
    #expect(try town.database().agent(nux.address)?.bead == nux.bead)
    #expect(try town.json("deacon", "stale-hooks")["unhooked"] == .number("1"))
    #expect(try town.database().agent(nux.address)?.bead == nil)
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    #expect(try ledgers.store(for: nux.bead!).issue(nux.bead!)?.status == .open)
    #expect(try town.json("deacon", "stale-hooks", "--max-age", "2h")["stale_count"] == .number("0"))
  }

  @Test func redispatchRestsAndGivesUp() throws {
    let town = try town()
    let nux = try hooked(town, "nux")
    let id = try #require(nux.bead).rawValue
    #expect(town.gt("deacon", "redispatch", id).status == 3)
    #expect(town.gt("deacon", "redispatch", "app-nope").status == 1)
    #expect(town.gt("release", id).status == 0)
    // Nobody can be started here, so each attempt fails; it counts all the same.
    town.environment.variables["GT_SESSIONS"] = "none"
    #expect(town.gt("deacon", "redispatch", id).status == 0)
    #expect(town.gt("deacon", "redispatch", id).status == 3)
    #expect(town.gt("release", id).status == 0)
    #expect(town.gt("deacon", "redispatch", id).status == 2)
    town.advance(seconds: 301)
    let result = town.gt("deacon", "redispatch", id, "--max-attempts", "1", "--json")
    #expect(result.status == 0 && result.standardOutput.contains(#""action": "escalated""#))
    #expect(try town.json("escalate", "list").compactText.contains("is lost again and again"))
    #expect(
      try town.json("deacon", "redispatch-state")["beads"]?[id]?["attempt_count"] == .number("1"))
  }

  @Test func strandedConvoysAreFedOneByOne() throws {
    let town = try town()
    town.environment.variables["GT_SESSIONS"] = "none"
    let first = try town.makeIssue("First"), second = try town.makeIssue("Second")
    #expect(town.gt("convoy", "create", "Both", first.rawValue, second.rawValue).status == 0)
    let fed = try town.json("deacon", "feed-stranded")
    #expect(fed["fed"] == .number("1") && fed["details"]?[0]?["bead"]?.stringValue == first.rawValue)
    #expect(try town.json("deacon", "feed-stranded")["skipped"] == .number("1"))
    town.advance(seconds: 601)
    #expect(try town.json("deacon", "feed-stranded")["fed"] == .number("1"))
    let state = try town.json("deacon", "feed-stranded-state")
    guard case .object(let convoys)? = state["convoys"] else { return #expect(Bool(false)) }
    #expect(convoys.first?.value["feed_count"] == .number("2"))
    #expect(try town.database().agents(role: .polecat).count { $0.bead != nil } == 2)
  }

  @Test func scanTellsWhoIsNotWhatItSays() throws {
    let town = try town()
    _ = try hooked(town, "nux")
    _ = try hooked(town, "slit") { $0.state = .stuck }
    _ = try hooked(town, "toast") { $0.state = .spawning }
    let orphan = try hooked(town, "rictus")
    try town.database().update(orphan.address) {
      $0.bead = nil; $0.state = .idle
    }
    let scan = try town.json("patrol", "scan", "app")
    guard case .object(let members) = scan else { return #expect(Bool(false)) }
    #expect(members.map(\.key) == ["rig", "timestamp", "zombies", "stalls", "completions", "receipts"])
    let zombies = try #require(scan["zombies"]?["zombies"]?.arrayValue)
    #expect(scan["zombies"]?["checked"] == .number("4") && scan["stalls"]?["stalls"] == .array([]))
    #expect(
      zombies.compactMap { $0["classification"]?.stringValue } == [
        "session-dead-active", "agent-self-reported-stuck",
      ])
    #expect(zombies[0]["was_active"]?.boolValue == true && zombies[0]["action"]?.stringValue == "restart")
    let receipts = try #require(scan["receipts"]?.arrayValue)
    #expect(receipts.compactMap { $0["verdict"]?.stringValue } == ["stale", "orphan"])
    #expect(receipts[1]["subject"]?.stringValue == orphan.bead?.rawValue)
    #expect(try town.json("mail", "inbox", as: "mayor") == .array([]))
    #expect(town.gt("patrol", "scan", "--rig", "app", "--notify").status == 0)
    #expect(try town.json("mail", "inbox", as: "mayor").compactText.contains("polecats of app are gone"))
    #expect(try town.json("patrol", "digest")["total"] == .number("0"))
  }

  @Test func warrantsAreFiledOnceAndCarriedOut() throws {
    let town = try town()
    let nux = try hooked(town, "nux")
    #expect(town.gt("warrant", "file", nux.address.text).status == 1)
    #expect(town.gt("warrant", "file", "deacon", "-r", "x").status == 1)
    let filed = try town.json("warrant", "file", "app/nux", "-r", "it loops")
    #expect(filed["target"]?.stringValue == nux.address.text && filed["executed"]?.boolValue == false)
    #expect(town.gt("warrant", "file", "app/nux", "-r", "again").standardOutput.contains("waits already"))
    #expect(try town.json("warrant", "list").arrayValue?.count == 1)
    try town.write("warrants/torn.warrant.json", "{")
    #expect(try town.json("warrant", "execute", "app/nux")["executed"]?.boolValue == true)
    #expect(try town.json("warrant", "list") == .array([]))
    #expect(try town.json("warrant", "list", "--all").arrayValue?.count == 1)
    #expect(town.gt("warrant", "execute", "app/nux").status == 1)
    #expect(town.gt("warrant", "execute", "app/nux", "--force").status == 0)
    #expect(
      town.gt("boot", "status").standardOutput == "Last: nothing\n" || town.gt("boot", "status").status == 0)
  }

  @Test func callbacksAreMessagesOfTheMachinery() throws {
    let town = try town()
    #expect(town.gt("mail", "send", "mayor/", "-s", "POLECAT_DONE nux", "-m", "x").status == 0)
    #expect(town.gt("mail", "send", "mayor/", "-s", "Lunch?", "-m", "x").status == 0)
    #expect(try town.json("callbacks", "process", "--dry-run").arrayValue?.count == 1)
    #expect(try town.json("callbacks", "process").arrayValue?.count == 1)
    #expect(town.gt("callbacks", "process").standardOutput == "Nothing to put away\n")
    #expect(try town.json("mail", "inbox", as: "mayor").arrayValue?.count == 1)
  }
}

@Suite("gt deacon on live agents", .serialized)
struct DeaconLiveTests {
  @Test func whoAnswersIsLeftAloneAndWhoDoesNotIsEndedOnce() throws {
    let live = try LiveTown("headless", rig: true)
    let busy = try live.give((0..<200).flatMap { ["write t \($0)", "gt heartbeat", "sleep 50ms"] }).agent
    let silent = try live.give(["hang"]).agent
    try eventually("the silent one hangs") {
      try live.town.database().openSession(of: silent.address)?.process?.isAlive == true
    }
    pause(nanoseconds: 1_500_000_000)
    #expect(try live.run("deacon", "health-check", busy.address.text, "--timeout", "20s").succeeded)
    let check = { () throws in
      try live.run(
        "deacon", "health-check", silent.address.text, "--timeout", "500ms", "--failures", "2", "--json")
    }
    #expect(try check().status == .exited(1))
    #expect(try check().status == .exited(2))
    let session = try #require(try live.town.database().openSession(of: silent.address))
    #expect(try live.run("deacon", "force-kill", silent.address.text, "--reason", "silent").succeeded)
    #expect(session.process?.isAlive == false)
    #expect(try live.run("deacon", "force-kill", silent.address.text).status == .exited(2))
    #expect(try live.run("deacon", "health-check", silent.address.text).text.contains("left alone"))
    #expect(
      try live.run("mail", "inbox", as: "mayor").text.contains("The session of \(silent.address) was ended"))
  }

  @Test func triageCarriesOutWarrantsAndStartsTheDaemon() throws {
    let live = try LiveTown("headless", rig: true)
    defer { _ = try? live.run("down") }
    #expect(try live.run("mayor", "start").succeeded)
    let session = try #require(try live.town.database().openSession(of: .mayor))
    #expect(try live.run("warrant", "file", "mayor", "-r", "test").succeeded)
    let triage = try #require(JSONValue(parsing: try live.run("boot", "triage", "--json").text))
    #expect(triage["last_action"]?.stringValue == "start")
    #expect(triage["target"]?.stringValue == "mayor, daemon" && session.process?.isAlive == false)
    #expect(try live.run("boot", "status").text.hasPrefix("Last: start at "))
    try eventually("the daemon starts it again") { try live.town.database().openSession(of: .mayor) != nil }
  }

  @Test func whatWasLeftBehindIsShownAndEnded() throws {
    let live = try LiveTown("headless", rig: true)
    let agent = try live.give(["child 300s", "sleep 300s"]).agent
    let session = try #require(try live.town.database().openSession(of: agent.address))
    try eventually("its child runs") { ProcessIdentity.all(nonce: session.nonce).count >= 3 }
    #expect(try live.run("orphans", "procs", "list").text == "✓ Nothing was left behind")
    try live.town.database().write { db throws(BeadsError) in
      try db.execute("UPDATE sessions SET ended_at = 1 WHERE id = ?1", session.id)
    }
    let list = try #require(JSONValue(parsing: try live.run("orphans", "procs", "list", "--json").text))
    #expect((list["found"]?.intValue ?? 0) >= 3 && list["ended"] == .number("0"))
    #expect(try live.run("cleanup").succeeded)
    #expect(ProcessIdentity.all(nonce: session.nonce).isEmpty)
  }
}
