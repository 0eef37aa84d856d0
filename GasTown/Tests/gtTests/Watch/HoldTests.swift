import BeadsKit
import GasTownKit
import Testing

/// Scenario 26 of the contract's appendix D: where the watcher does nothing, in parked and docked rigs, during emergency
/// stops, and in rigs that cannot be looked up.
@Suite("What is held", .serialized)
struct HoldTests {
  enum Hold: String, CaseIterable, Sendable {
    case parked, docked, stopped, stoppedRig, unreadable
  }

  private let watched: WatchTown

  init() throws { watched = try WatchTown() }

  private func set(_ hold: Hold, _ isHeld: Bool) throws {
    let town = watched.town
    let registry = town.town.path("mayor/rigs.json")
    switch hold {
    case .parked: try #require(town.gt("rig", isHeld ? "park" : "unpark", "app").status == 0)
    case .docked: try #require(town.gt("rig", isHeld ? "dock" : "undock", "app").status == 0)
    case .stopped, .stoppedRig:
      let mark = hold == .stopped ? "ESTOP" : "ESTOP.app"
      if isHeld { try town.write(mark, "test\n") } else { try FileSystem.remove(town.town.path(mark)) }
    case .unreadable:
      if isHeld {
        try FileSystem.rename(registry, to: registry + ".kept")
        try town.write("mayor/rigs.json", "{ torn")
      } else {
        try FileSystem.rename(registry + ".kept", to: registry)
      }
    }
  }

  @Test(arguments: Hold.allCases) func nothingIsStartedUntilItIsReleased(_ hold: Hold) throws {
    let (_, agent) = try watched.give(["sleep 60s"])
    let watcher = try watched.watcher()
    watcher.tick()
    try set(hold, true)
    try watched.crash(agent)
    watched.tick(watcher, seconds: 3600)
    #expect(try watched.sessionCount(agent) == 1, "it was started again")
    try set(hold, false)
    watcher.tick()
    #expect(try watched.sessionCount(agent) == 2, "it was not started again")
    #expect(try watched.decisions(agent).contains { $0.action == "started again" })
  }

  @Test(arguments: [Hold.parked, .docked, .stopped, .stoppedRig]) func nobodyIsRemindedAndTimeStandsStill(
    _ hold: Hold
  ) throws {
    let (_, agent) = try watched.give(["wait for ever"])
    let watcher = try watched.watcher()
    watcher.tick()
    try set(hold, true)
    watched.tick(watcher, seconds: 7200)
    #expect(try watched.decisions(agent).isEmpty)
    try set(hold, false)
    watched.forward(seconds: 11)
    watcher.tick()
    watcher.tick()
    #expect(try watched.decisions(agent).isEmpty, "the time of the hold counts against it")
    watched.tick(watcher, seconds: 44)
    #expect(try watched.decisions(agent).first?.action == "nudged")
    #expect(try watched.sessionCount(agent) == 1)
  }

  @Test(arguments: [Hold.parked, .docked, .stopped, .stoppedRig]) func nothingIsGivenOutOrMerged(_ hold: Hold)
    throws
  {
    try RigSettings.set(
      "merge_queue.test_command", to: "true", in: watched.town.rig(), of: watched.town.town, command: "test")
    let (done, _) = try watched.give(["write a.txt a", "commit a", "done"])
    try eventually("it is handed in") { try watched.status(done) == .inReview }
    let waiting = try watched.makeIssue("Waits", ["sleep 60s"])
    let convoy = try watched.live.run("convoy", "create", "One", waiting.rawValue)
    try #require(convoy.succeeded, "\(convoy.errorText)")
    try set(hold, true)
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 120)
    #expect(try watched.status(waiting) == .open)
    #expect(try watched.status(done) == .inReview)
    #expect(try watched.database().engines().isEmpty)
    try set(hold, false)
    try eventually("both go on") {
      watched.forward(seconds: 1)
      watcher.tick()
      return try watched.status(done) == .closed && watched.database().agent(on: waiting) != nil
    }
    let reasons = try watched.database().decisions(limit: 100)
    #expect(reasons.contains { $0.action == "left alone" && ["app", "town"].contains($0.subject) })
    #expect(reasons.contains { $0.action == "looked after again" })
  }

  @Test func theMayorIsStillSpokenTo() throws {
    let town = watched.town
    try #require(town.gt("mayor", "start").status == 0)
    let (_, agent) = try watched.give(["wait for ever"])
    try town.write("ESTOP", "test\n")
    for target in ["mayor", agent.address.text] {
      let sent = try watched.live.run("nudge", target, "Everything is stopped", "--mode", "queue")
      try #require(sent.succeeded, "\(sent.errorText)")
    }
    let watcher = try watched.watcher()
    watched.forward(seconds: 30)
    try eventually("the mayor was told") {
      watcher.tick()
      return watched.live.received("hq-mayor").contains { $0.contains("Everything is stopped") }
    }
    let name = try watched.session(agent).name
    #expect(watched.live.received(name).isEmpty, "an agent that is stopped was typed to")
  }

  @Test func aRigMayForgoRestarts() throws {
    try RigSettings.set(
      "auto_restart", to: "false", in: watched.town.rig(), of: watched.town.town, command: "test")
    let (_, agent) = try watched.give(["sleep 60s"])
    let watcher = try watched.watcher()
    watcher.tick()
    try watched.crash(agent)
    watched.tick(watcher, seconds: 120)
    #expect(try watched.sessionCount(agent) == 1)
    let told = try watched.decisions(agent).filter { $0.action == "left alone" }
    #expect(told.count == 1, "said \(told.count) times")
  }
}
