import BeadsKit
import GasTownKit
import Testing

@Suite("gt estop and gt thaw", .serialized)
struct EmergencyStopTests {
  /// A polecat at work whose script writes a file every 100 ms and has a process outside of its group.
  private func atWork(_ live: LiveTown) throws -> (agent: AgentRecord, session: SessionRecord) {
    let steps = (0..<300).flatMap { ["scripted: write tick.txt \($0)", "scripted: sleep 100ms"] }
    let id = try live.town.makeIssue("Tick")
    let ledgers = live.town.ledgers()
    try ledgers.store(for: id).write("update") { tx throws(BeadsError) in
      try tx.update(id) { $0.description = (["scripted: child 300s"] + steps).joined(separator: "\n") }
    }
    ledgers.close()
    let run = try live.run("sling", id.rawValue, "app")
    try #require(run.succeeded, "\(run.errorText)")
    let agent = try #require(try live.town.database().agent(on: id))
    return (agent, try #require(try live.town.database().openSession(of: agent.address)))
  }

  private func tick(_ agent: AgentRecord) -> String {
    (try? FileSystem.readText(Path.join(agent.worktree ?? "", "tick.txt"))) ?? ""
  }

  private func state(_ pid: Int32) -> String {
    let status = (try? FileSystem.readText("/proc/\(pid)/stat")) ?? ""
    return status.split(separator: ")").last.map { String($0.prefix(2).suffix(1)) } ?? ""
  }

  /// The states of all processes of a session but the one that waits in the pane.
  private func states(_ session: SessionRecord) -> Set<String> {
    let waiting = session.backend == "tmux" ? session.process?.pid : nil
    let pids = ProcessIdentity.all(nonce: session.nonce).map(\.pid).filter { $0 != waiting }
    return Set(pids.map(state))
  }

  @Test("frozen agents do nothing, and go on where they were", arguments: ["tmux", "headless"])
  func freezesAndThaws(backend: String) throws {
    let live = try LiveTown(backend, rig: true)
    let (agent, session) = try atWork(live)
    let mayor = try live.launcher().start(.mayor)
    try eventually("it ticks") { (Int(tick(agent).filter(\.isNumber)) ?? 0) > 1 }

    let stop = try live.run("estop", "--reason", "look\tat it", "--json", as: "overseer")
    #expect(stop.succeeded, "\(stop.text) \(stop.errorText)")
    let report = try #require(JSONValue(parsing: stop.text))
    #expect(report["frozen"]?.strings == [agent.address.text] && report["new"]?.boolValue == true)
    let fields = try live.town.text("ESTOP").split(separator: "\t").map(String.init)
    #expect(fields.count == 3 && fields[0] == "overseer" && fields[2] == "look at it\n")
    #expect(states(session) == ["T"], "\(states(session))")
    #expect(ProcessIdentity.all(nonce: session.nonce).count >= 2)
    let before = tick(agent)
    pause(nanoseconds: 400_000_000)
    #expect(tick(agent) == before)
    #expect(state(try #require(mayor.pid)) != "T")
    if backend == "tmux" {
      try eventually("the mayor is told") {
        live.received("hq-mayor").contains { $0.contains("Emergency stop") }
      }
    }

    // Nothing begins meanwhile, and what is asked of the frozen waits.
    let other = try live.town.makeIssue("Other")
    let sling = try live.run("sling", other.rawValue, "app")
    #expect(sling.status == .exited(2) && sling.errorText.contains("emergency stop of the town since"))
    let crew = try live.run("session", "start", "app/nux")
    #expect(!crew.succeeded)
    let nudge = try live.run("nudge", agent.address.text, "hello", "--json")
    #expect(JSONValue(parsing: nudge.text)?["state"]?.stringValue == "queued", "\(nudge.text)")
    #expect(try live.run("prime", as: agent.address.text).text.contains("EMERGENCY STOP of the town since"))
    #expect(try live.run("status").text.contains("look at it"))
    let again = try live.run("estop", "--reason", "another")
    #expect(again.succeeded && again.text.contains("look at it, which stands already"))

    let thaw = try live.run("thaw")
    #expect(thaw.succeeded && thaw.text.contains("going on: \(agent.address)"), "\(thaw.text)")
    #expect(!live.town.exists("ESTOP"))
    try eventually("it goes on") { tick(agent) != before }
    #expect(!states(session).contains("T"))
    #expect(try live.run("thaw").text.hasPrefix("No emergency stop stands"))
    let events = try live.town.text(".events.jsonl")
    #expect(events.contains(#""type":"estop""#) && events.contains(#""type":"thaw""#))
    #expect(try live.launcher().stop(agent.address, reason: "test"))
    #expect(ProcessIdentity.all(nonce: session.nonce).isEmpty)
  }

  @Test func aStopOfOneRigLeavesTheOthersAndHoldsUnderThatOfTheTown() throws {
    let live = try LiveTown("headless", rig: true)
    let (agent, session) = try atWork(live)
    #expect(try live.run("estop", "--rig", "nope").status == .exited(1))
    #expect(try live.run("estop", "--rig", "app", "rig", "only").text.contains("the rig app"))
    #expect(states(session) == ["T"])
    #expect(try live.run("estop").succeeded)
    let thaw = try #require(JSONValue(parsing: try live.run("thaw", "--json").text))
    #expect(thaw["thawed"] == .array([]) && thaw["held"]?.strings == [agent.address.text])
    #expect(states(session) == ["T"])
    #expect(try live.run("thaw").text.contains("One of the rig app since"))
    #expect(try live.run("thaw", "--rig", "app").succeeded)
    #expect(!states(session).contains("T"))
  }

  @Test func whoWasLeftFrozenGoesOnWithTheSameCommand() throws {
    let live = try LiveTown("headless", rig: true)
    let (agent, session) = try atWork(live)
    #expect(try live.run("estop").succeeded)
    try FileSystem.remove(Path.join(live.town.root, "ESTOP"))
    #expect(try live.run("thaw").text.contains("going on: \(agent.address)"))
    #expect(!states(session).contains("T"))
  }

  @Test func aFileThatSaysNothingStandsAllTheSame() throws {
    let town = try TestTown()
    for text in ["", "by hand\n", "a\tb\n"] {
      try town.write("ESTOP.app", text)
      let stop = try #require(EmergencyStop.of(try RigName("app"), in: town.town))
      #expect(stop.trigger.isEmpty && stop.at == nil && EmergencyStop.standing(in: town.town) == [stop])
    }
    #expect(EmergencyStop.covering(.mayor, in: town.town) == nil)
    #expect(EmergencyStop.covering(.crew(try RigName("app"), try AgentName("max")), in: town.town) != nil)
    #expect(EmergencyStop.covering(.crew(try RigName("web"), try AgentName("max")), in: town.town) == nil)
  }
}
