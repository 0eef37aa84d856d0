import BeadsKit
import GasTownKit
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Deaths of agents and of their servers, in real time.
@Suite("Deaths", .serialized)
struct DeathTests {
  /// Runs the watcher as the daemon does until something is the case, and returns the milliseconds that took.
  @discardableResult
  private func run(_ watcher: Watcher, until condition: () throws -> Bool) throws -> Int64 {
    let start = monotonicNanoseconds()
    while try !condition() {
      watcher.tick()
      if try condition() { break }
      watcher.rest()
      try #require(monotonicNanoseconds() - start < 180_000_000_000, "it did not happen")
    }
    return (monotonicNanoseconds() - start) / 1_000_000
  }

  @Test(arguments: ["tmux", "headless"]) func aDeathIsNoticedAndMendedAtOnce(_ backend: String) throws {
    let watched = try WatchTown(backend)
    let (_, agent) = try watched.give(["sleep 600s"])
    let watcher = try watched.watcher()
    var times: [String] = []
    for round in 1...3 {
      watched.forward(seconds: 1000)
      watcher.tick()
      let old = try watched.session(agent)
      kill(try #require(old.process).pid, SIGKILL)
      let noticed = try run(watcher) {
        try watched.database().sessions(of: agent.address, limit: 10).contains {
          $0.id == old.id && $0.endedAt != nil
        }
      }
      let restarted = try run(watcher) { try watched.database().openSession(of: agent.address) != nil }
      times.append("\(noticed) + \(restarted) ms")
      #expect(noticed + restarted < 5000)
      #expect(try watched.sessionCount(agent) == round + 1)
      #expect(try watched.database().sessions(of: agent.address, limit: 10)[1].exitStatus == 137)
    }
    print("\(backend): noticed + restarted: \(times.joined(separator: ", "))")
  }

  @Test func aServerThatEndsIsNobodysFault() throws {
    let watched = try WatchTown("tmux")
    let agents = try (0..<4).map { _ in try watched.give(["sleep 600s"]).agent }
    let watcher = try watched.watcher()
    watcher.tick()
    for _ in 0..<6 {
      try Tmux(watched.town.town).killServer()
      let before = try agents.map { try watched.sessionCount($0) }
      try run(watcher) {
        try zip(agents, before).allSatisfy {
          try watched.sessionCount($0) > $1 && watched.database().openSession(of: $0.address) != nil
        }
      }
    }
    for agent in agents {
      #expect(try watched.sessionCount(agent) == 7)
      #expect(try !watched.decisions(agent).contains { $0.action == "not started again" })
    }
    #expect(try Set(agents.map { try watched.session($0).process }).count == 4, "one process for two agents")
    let told = try watched.database().decisions(about: "town", limit: 100)
    #expect(told.contains { $0.evidence == "the server of the sessions ended" })
  }

  /// What ended by somebody's word is no death, even when the watcher saw it run a moment before.
  @Test func aSessionThatIsEndedIsNoDeath() throws {
    let watched = try WatchTown()
    let (_, agent) = try watched.give(["sleep 600s"])
    let watcher = try watched.watcher()
    watcher.tick()
    #expect(watched.town.gt("session", "stop", agent.address.text).status == 0)
    watched.forward(seconds: 60)
    watcher.tick()
    #expect(try watched.decisions(agent).isEmpty)
    #expect(try watched.sessionCount(agent) == 1)
  }

  /// In minimal mode a person runs the agents: that no process of theirs is known is no death.
  @Test func agentsThatPeopleRunAreLeftToThem() throws {
    let watched = try WatchTown("none")
    let (id, agent) = try watched.give(["sleep 600s"])
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 3600)
    #expect(try watched.session(agent).process == nil)
    let found = try watched.decisions(agent)
    #expect(!found.contains { $0.finding == "session died" })
    #expect(found.filter { $0.action == "nudged" }.count == 1, "the reminder waits for its next turn")
    #expect(found.contains { $0.action == "left to you: gt does not run its session" })
    // Its record is gone, as after a crash of the command that gave it work: gt says what to do, once.
    try watched.database().write { db throws(BeadsError) in
      try db.execute("UPDATE sessions SET ended_at = 1")
    }
    watched.tick(watcher, seconds: 600)
    #expect(try watched.sessionCount(agent) == 1)
    let left = try watched.decisions(agent).filter { $0.action.hasPrefix("left to you: gt runs no") }
    #expect(left.count == 1)
    #expect(try watched.database().connection.int64("SELECT count(*) FROM restarts") == 0)
    #expect(watched.town.gt("why", id.rawValue).standardOutput.contains("gt session start"))
  }
}
