import BeadsKit
import GasTownKit
import Testing

@Suite("gt up, start, down, shutdown", .serialized)
struct TownServicesTests {
  private func json(_ live: LiveTown, _ arguments: [String], status: Int32 = 0) throws -> JSONValue {
    let run = try Subprocess(
      [LiveTown.program()] + arguments + ["--json"], directory: live.town.root,
      variables: live.town.environment.variables, timeout: .seconds(60)
    ).run()
    #expect(run.status == .exited(status), "\(run.text) \(run.errorText)")
    return try #require(JSONValue(parsing: run.text), "\(run.text)")
  }

  private func service(_ name: String, _ report: JSONValue) -> JSONValue? {
    report["services"]?.arrayValue?.first { $0["name"]?.stringValue == name }
  }

  @Test func upTellsEveryServiceAndIsIdempotent() throws {
    let live = try LiveTown("headless", rig: true)
    defer { _ = try? live.run("down") }
    let first = try json(live, ["up"])
    guard case .object(let members) = first else { return #expect(Bool(false)) }
    #expect(members.map(\.key) == ["success", "services", "summary"])
    let services = try #require(first["services"]?.arrayValue)
    #expect(
      services.compactMap { $0["name"]?.stringValue } == [
        "daemon", "deacon", "app/witness", "app/refinery", "mayor",
      ])
    #expect(services.compactMap { $0["type"]?.stringValue }.suffix(2) == ["refinery", "mayor"])
    #expect(services[2]["rig"]?.stringValue == "app")
    #expect(
      first["summary"]
        == .object([
          .init(key: "total", value: .number("5")), .init(key: "started", value: .number("1")),
          .init(key: "failed", value: .number("0")),
        ]))
    let second = try json(live, ["up"])
    #expect(second["summary"]?["started"] == .number("0"))
    #expect(service("daemon", second)?["detail"]?.stringValue?.hasPrefix("runs, process ") == true)
    // A parked rig has no watchers that would do anything.
    #expect(live.town.gt("rig", "park", "app").status == 0)
    #expect(try json(live, ["up"])["services"]?.arrayValue?.count == 3)
    #expect(try live.run("up", "--quiet").text.isEmpty)
  }

  @Test func startStartsTheMayorAndDownEndsAllAndRemembers() throws {
    let live = try LiveTown("headless", rig: true)
    defer { _ = try? live.run("down") }
    #expect(live.town.gt("crew", "add", "max", "joe", "--rig", "app").status == 0)
    #expect(live.town.gt("rig", "config", "set", "app", "crew.startup", "max, please").status == 0)
    let start = try json(live, ["start", "--all"])
    // The daemon, which is started first, may be faster than the command.
    #expect(service("mayor", start)?["ok"]?.boolValue == true)
    #expect(service("app/crew/max", start)?["ok"]?.boolValue == true && service("app/crew/joe", start) == nil)
    #expect(try live.run("start", "crew", "joe").text.contains("app/crew/joe runs"))
    #expect(try live.run("start", "app/nux").status == .exited(1))

    let plan = try json(live, ["down", "--dry-run"])
    #expect(plan["summary"]?["stopped"] == .number("0"))
    #expect(
      service("app/crew/joe", plan)?["detail"]?.stringValue?.hasPrefix("would be ended: session app-crew-joe")
        == true)
    #expect(try live.town.database().openSessions().count == 3)

    let down = try json(live, ["down"])
    #expect(down["success"]?.boolValue == true && down["summary"]?["stopped"] == .number("7"))
    #expect(try live.town.database().openSessions().isEmpty && !live.town.exists("daemon/shutdown.lock"))
    #expect(try live.run("daemon", "status").status == .exited(3))
    let again = try json(live, ["down"])
    #expect(again["summary"]?["stopped"] == .number("0"))
    // Who ran before runs again.
    #expect(service("mayor", try json(live, ["up"]))?["ok"]?.boolValue == true)
    try eventually("the daemon starts the crew again") { try live.town.database().openSessions().count == 3 }
  }

  @Test func nothingStartsWhileTheTownStops() throws {
    let live = try LiveTown("headless", rig: true)
    let own = try #require(ProcessIdentity.own)
    // In the name of a process that lives: this one, as others see it.
    try live.town.write("daemon/shutdown.lock", "\(own.pid) \(own.start)\n")
    for command in [["up"], ["mayor", "start"], ["down"]] {
      let run = try Subprocess(
        [LiveTown.program()] + command, directory: live.town.root, variables: live.town.environment.variables
      ).run()
      #expect(!run.succeeded && run.errorText.contains("stop"), "\(command) \(run.errorText)")
    }
    #expect(try live.town.database().openSessions().isEmpty)
    // One that was killed holds nobody up.
    try live.town.write("daemon/shutdown.lock", "\(own.pid) before\n")
    #expect(try live.run("mayor", "start").succeeded)
    #expect(try live.run("down").succeeded)
  }

  @Test("down ends everything when nothing can be written any more", arguments: ["headless", "tmux"])
  func downOnAFullDisk(backend: String) throws {
    let live = try LiveTown(backend, rig: true)
    let agent = try live.give(["sleep 300s"]).agent
    #expect(try live.run("up").succeeded)
    let daemon = try #require(try Daemon(live.town.town).process())
    let session = try #require(try live.town.database().openSession(of: agent.address))
    try live.town.database().write { db throws(BeadsError) in
      try db.execute(
        "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    }
    let down = try Subprocess(
      [LiveTown.program(), "down"], directory: live.town.root,
      variables: live.town.environment.variables.merging(["BD_FAILPOINT": "file.write#1+=ENOSPC"]) { $1 },
      timeout: .seconds(60)
    ).run()
    #expect(
      down.status == .exited(1) && down.text.contains("the disk is full"), "\(down.text) \(down.errorText)")
    #expect(!daemon.isAlive && ProcessIdentity.all(nonce: session.nonce).isEmpty)
    // With space again, the next one cleans up.
    try live.town.database().write { db throws(BeadsError) in try db.execute("DROP TRIGGER full") }
    #expect(try live.run("down").succeeded)
    #expect(try live.town.database().openSessions().isEmpty)
  }

  @Test func downEndsWhatSurvivedItsSessionAndNobodyElse() throws {
    let live = try LiveTown("headless", rig: true)
    let agent = try live.give(["child 300s", "sleep 300s"]).agent
    let session = try #require(try live.town.database().openSession(of: agent.address))
    try eventually("its child runs") { ProcessIdentity.all(nonce: session.nonce).count >= 3 }
    // The agent and its keeper are killed; the child lives on in a session of its own.
    let child = try #require(ProcessIdentity.all(nonce: session.nonce).max { $0.pid < $1.pid })
    for process in ProcessIdentity.all(nonce: session.nonce) where process != child {
      ProcessIdentity.end(process.pid)
    }
    try live.town.database().write { db throws(BeadsError) in
      try db.execute("UPDATE sessions SET ended_at = 1 WHERE id = ?1", session.id)
    }
    let stranger = try Subprocess(
      ["sleep", "300"], directory: live.town.root,
      variables: ["GT_RUN": "somebody-else", "PATH": "/usr/bin:/bin"]
    ).startDetached()
    defer { ProcessIdentity.end(stranger) }
    let down = try json(live, ["down"])
    #expect(service("\(child.pid)", down)?["type"]?.stringValue == "leftover")
    #expect(!child.isAlive && ProcessIdentity(stranger)?.isAlive == true)
  }

  @Test func shutdownClearsAwayWhatIsSavedAndKeepsTheRest() throws {
    let live = try LiveTown("headless", rig: true)
    let unsaved = try live.give(["leave precious.txt mine", "sleep 300s"]).agent
    let clean = try live.give(["sleep 300s"]).agent
    #expect(live.town.gt("crew", "add", "max", "--rig", "app").status == 0)
    #expect(try live.run("crew", "start", "max").succeeded)
    try eventually("the file is there") {
      FileSystem.exists(Path.join(unsaved.worktree ?? "", "precious.txt"))
    }
    let asked = try live.run("shutdown")
    #expect(asked.status == .exited(2) && asked.errorText.contains("--yes"))
    let plan = try json(live, ["shutdown", "--dry-run"])
    #expect(plan.compactText.contains("worktree would stay: not committed: precious.txt"))
    let done = try json(live, ["shutdown", "--yes"])
    #expect(done["success"]?.boolValue == true)
    #expect(done.compactText.contains("worktree stays: not committed: precious.txt"))
    #expect(!FileSystem.exists(clean.worktree ?? "-") && FileSystem.exists(unsaved.worktree ?? "-"))
    let database = try live.town.database()
    #expect(try database.agent(unsaved.address)?.bead == unsaved.bead)
    #expect(try database.agent(clean.address)?.bead == nil && database.agent(clean.address)?.state == .nuked)
    #expect(try database.openSessions().map(\.address.text) == ["app/crew/max"])
    // By force it goes, and is saved.
    let nuclear = try json(live, ["shutdown", "-f", "--all", "--nuclear"])
    #expect(nuclear.compactText.contains("saved: refs/gt/salvage/\(unsaved.address.name!)"))
    #expect(try database.openSessions().isEmpty)
    #expect(!FileSystem.exists(unsaved.worktree ?? "-"))
  }

  @Test func polecatsOnlyLeavesTheTownRunning() throws {
    let live = try LiveTown("headless", rig: true)
    defer { _ = try? live.run("down") }
    #expect(try live.run("start").succeeded)
    let agent = try live.give(["leave x.txt x", "sleep 300s"]).agent
    try eventually("the file is there") { FileSystem.exists(Path.join(agent.worktree ?? "", "x.txt")) }
    let done = try json(live, ["shutdown", "--polecats-only", "--yes"])
    #expect(service("daemon", done) == nil && done["success"]?.boolValue == true)
    #expect(try live.run("daemon", "status").succeeded)
    #expect(try live.town.database().openSessions().map(\.address) == [.mayor])
    // The daemon does not start again what was stopped; a person does.
    pause(nanoseconds: 2_200_000_000)
    #expect(try live.town.database().openSessions().map(\.address) == [.mayor])
    #expect(service(agent.address.text, try json(live, ["up", "--restore"]))?["ok"]?.boolValue == true)
    try eventually("it goes on") { try live.town.database().openSession(of: agent.address) != nil }
  }

  @Test func nukeAsksForSessionsOfOthers() throws {
    let live = try LiveTown("tmux", rig: true)
    #expect(try live.run("mayor", "start").succeeded)
    let socket = Tmux(live.town.town).socket
    let tmux = Subprocess(
      ["tmux", "-L", socket, "new-session", "-d", "-s", "mine", "sleep", "300"], directory: "/",
      variables: live.town.environment.variables)
    #expect(try tmux.run().succeeded)
    let refused = try live.run("down", "--nuke")
    #expect(refused.status == .exited(2) && refused.errorText.contains("mine"))
    #expect(try live.run("down").succeeded)
    #expect(try live.launcher().sessions.inventory().map(\.name) == ["mine"])
    live.town.environment.variables["GT_NUKE_ACKNOWLEDGED"] = "1"
    #expect(try live.run("down", "--nuke").succeeded)
    #expect(try live.launcher().sessions.inventory().isEmpty)
  }
}
