import BeadsKit
import Foundation
import GasTownKit
import Testing

/// The daemon as a process: its log, its supervisor, its end.
@Suite("The life of the daemon", .serialized)
struct DaemonLifeTests {
  @Test func itsLogIsFollowedAcrossItsRotation() throws {
    let town = try TestTown()
    let daemon = Daemon(town.town)
    #expect(town.gt("daemon", "logs").standardOutput.contains("has not run yet"))
    for number in 1...60 { daemon.write("line \(number)") }
    let shown = town.gt("daemon", "logs", "-n", "2").standardOutput
    #expect(shown.split(separator: "\n").map { $0.split(separator: " ").last } == ["59", "60"])
    var seen: [String] = []
    var rounds = 0
    try daemon.followLog(interval: 1) { lines in
      seen += lines
      rounds += 1
      if rounds == 1 { daemon.write("line 61") }
      if rounds == 2 {
        #expect(town.gt("daemon", "rotate-logs").standardOutput.contains("not large"))
        #expect(town.gt("daemon", "rotate-logs", "--force", "--json").standardOutput.contains("true"))
        daemon.write("line 62")
      }
      return rounds < 4
    }
    #expect(seen.map { $0.split(separator: " ").last } == ["61", "62"])
    #expect(town.exists("daemon/daemon.log.1"))
    #expect(town.gt("daemon", "logs", "--follow", "--json").status == 1)
  }

  @Test func aSupervisorIsToldOfItsTownAlone() throws {
    let live = try LiveTown("headless")
    let home = live.town.town.path("home of mine")
    let bin = live.town.town.path("bin")
    live.town.environment.variables["HOME"] = home
    live.town.environment.variables["XDG_CONFIG_HOME"] = nil
    let path = live.town.environment.variables["PATH"] ?? ""
    live.town.environment.variables["PATH"] = "/nowhere"
    let refused = try live.run("daemon", "enable-supervisor")
    #expect(refused.status == .exited(1))
    #expect(refused.errorText.contains("systemctl"), "\(refused.errorText)")
    #expect(!FileSystem.exists(home))
    try live.town.write("bin/systemctl", "#!/bin/sh\necho \"$@\" >> \(bin)/calls\n")
    try FileSystem.setMode(Path.join(bin, "systemctl"), 0o755)
    live.town.environment.variables["PATH"] = "\(bin):\(path)"
    let enabled = try live.run("daemon", "enable-supervisor", "--json")
    try #require(enabled.succeeded, "\(enabled.errorText)")
    let file = try #require(JSONValue(parsing: enabled.text)?["path"]?.stringValue)
    #expect(file.hasPrefix(home + "/.config/systemd/user/gastown-"))
    let unit = try FileSystem.readText(file)
    #expect(unit.contains("ExecStart=\"\(try LiveTown.program())\" daemon run --quiet"))
    #expect(unit.contains("Environment=\"GT_TOWN_ROOT=\(live.town.town.root)\""))
    #expect(unit.contains("KillMode=process"), "its end would end the agents")
    let calls = try live.town.text("bin/calls")
    #expect(calls == "--user daemon-reload\n--user enable --now \(Path.name(of: file))\n")
  }

  @Test(arguments: ["tmux", "headless"]) func endsWithItsTownAndEndsWhatItStarted(_ backend: String) throws {
    let live = try LiveTown(backend, rig: true)
    try #require(try live.run("up").succeeded)
    let agent = try live.give(["sleep 600s"]).agent
    let process = try #require(try live.town.database().openSession(of: agent.address)?.process)
    let daemon = try #require(try Daemon(live.town.town).process())
    let looks = try Daemon(live.town.town).state()?.count ?? 0
    try eventually("it has looked") { (try Daemon(live.town.town).state()?.count ?? 0) > looks }
    try FileManager.default.removeItem(atPath: live.town.town.root)
    try eventually("both ended") { !daemon.isAlive && !process.isAlive }
    #expect(!FileSystem.exists(live.town.town.root), "something was made again")
  }

  /// Whatever the daemon is about to start when it is told to end is not there afterwards.
  @Test func downInTheMiddleOfRestartsLeavesNothing() throws {
    let live = try LiveTown("headless", rig: true)
    try #require(try live.run("up").succeeded)
    let agents = try (0..<4).map { _ in try live.give(["sleep 600s"]).agent }
    for round in 0..<3 {
      if round > 0 { try #require(try live.run("up", "--restore").succeeded) }
      try eventually("all run") {
        try agents.allSatisfy {
          try live.town.database().openSession(of: $0.address)?.process?.isAlive == true
        }
      }
      for agent in agents {
        if let process = try live.town.database().openSession(of: agent.address)?.process {
          ProcessIdentity.end(process.pid)
        }
      }
      let down = try live.run("down", "--polecats", "--force")
      #expect(down.succeeded, "\(down.errorText)")
      #expect(try live.town.database().openSessions().isEmpty)
      let nonces = try live.town.database().connection.all("SELECT nonce FROM sessions") {
        row throws(BeadsError) in row.text(0)
      }
      for nonce in nonces { #expect(ProcessIdentity.all(nonce: nonce).isEmpty) }
      for agent in agents { #expect(try live.town.database().agent(agent.address)?.bead != nil) }
    }
  }
}
