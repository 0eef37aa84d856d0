import BeadsKit
import GasTownKit
import Testing

/// The ladder on real sessions, with a clock that can be put forward and daemons that come and go.
@Suite("Agents that do not go on", .serialized)
struct LadderLiveTests {
  /// The steps that were taken about an agent, in order, without repetition of what was noted.
  private func steps(_ watched: WatchTown, _ agent: AgentRecord) throws -> [String] {
    try watched.decisions(agent).reversed().map(\.action)
  }

  @Test func aSilentAgentIsTakenUpTheLadderThroughRestartsOfTheDaemon() throws {
    let watched = try WatchTown()
    let (id, agent) = try watched.give(["ignore", "wait for ever"])
    // A new daemon every quarter of an hour.
    for _ in 0..<7 {
      let watcher = try watched.watcher()
      watched.tick(watcher, seconds: 880)
    }
    let steps = try steps(watched, agent)
    let expected = [
      "nudged", "looked at its screen", "nudged urgently", "session ended, to be started again",
      "started again",
      "escalated", "its work was taken back",
    ]
    #expect(steps.filter(expected.contains) == expected, "\(steps)")
    let calls = try watched.town.json("escalate", "list").arrayValue ?? []
    #expect(calls.count { $0["title"]?.stringValue == "\(agent.address) makes no progress" } == 1)
    #expect(watched.town.gt("why", id.rawValue).standardOutput.contains("no command of gt for"))
  }

  @Test(arguments: ["headless", "tmux"]) func anAgentAtItsLimitIsLeftAloneUntilItIsOver(_ backend: String)
    throws
  {
    let watched = try WatchTown(backend)
    let (_, agent) = try watched.give(["say Hello", "limit", "wait for ever"])
    try eventually("it says so") { try watched.shown(agent).contains("usage limit") }
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 600)
    let first = try watched.decisions(agent)
    #expect(first.first?.action.hasPrefix("left alone until ") == true, "\(first)")
    #expect(first.first?.evidence.contains("resets at 5pm") == true)
    #expect(watched.town.gt("status").standardOutput.contains("is at its rate limit for another "))
    // Whoever comes to look knows it still, and nobody types.
    let next = try watched.watcher()
    watched.tick(next, seconds: 900)
    #expect(try watched.decisions(agent).count == 1)
    // The day is over: so is the limit, though it is still to be read.
    watched.forward(seconds: 86_400)
    watched.tick(next, seconds: 120)
    let actions = try steps(watched, agent)
    #expect(actions.dropFirst().prefix(2) == ["looked after again", "nudged"], "\(actions)")
  }

  @Test func whoEndsAtItsLimitIsStartedAgainWhenItIsOver() throws {
    let watched = try WatchTown()
    let (_, agent) = try watched.give(["limit", "sleep 1s", "crash"])
    let watcher = try watched.watcher()
    watcher.tick()
    let process = try #require(try watched.session(agent).process)
    try eventually("it ended") { !process.isAlive }
    watched.tick(watcher, seconds: 1200)
    #expect(try watched.sessionCount(agent) == 1)
    #expect(try watched.decisions(agent).contains { $0.action.hasPrefix("left alone until ") })
    watched.forward(seconds: 86_400)
    watcher.tick()
    #expect(try watched.sessionCount(agent) == 2)
  }

  @Test func ofManyLimitsAPersonIsToldOnce() throws {
    let watched = try WatchTown()
    let agents = try (0..<4).map { _ in try watched.give(["limit", "wait for ever"]).agent }
    for agent in agents { try eventually("it says so") { try watched.shown(agent).contains("usage limit") } }
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 300)
    let calls = try watched.town.json("escalate", "list").arrayValue ?? []
    #expect(calls.count == 1, "\(calls)")
    for agent in agents { #expect(try watched.decisions(agent).count == 1) }
  }

  /// A message would be the answer to the question.
  @Test(arguments: ["headless", "tmux"]) func aQuestionIsForAPerson(_ backend: String) throws {
    let watched = try WatchTown(backend)
    let (_, agent) = try watched.give(["say \"Remove everything? (y/n)\"", "wait for ever"])
    try eventually("it asks") { try watched.shown(agent).contains("(y/n)") }
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 300)
    let found = try watched.decisions(agent)
    #expect(found.contains { $0.finding == "it asks something" && $0.action == "escalated" }, "\(found)")
    #expect(!found.contains { $0.action.hasPrefix("nudged") })
    let calls = try watched.town.json("escalate", "list").arrayValue ?? []
    #expect(calls.count == 1)
    #expect("\(calls)".contains("Remove everything? (y/n)"))
    #expect(watched.town.gt("status").standardOutput.contains("asks something, and waits for the answer"))
    #expect(watched.live.received(try watched.session(agent).name).isEmpty, "it was answered")
  }

  @Test func whoseContextIsFullGetsANewSession() throws {
    let watched = try WatchTown()
    let (id, agent) = try watched.give([
      "leave kept.txt kept", "once say \"Context limit reached · /compact or /clear to continue\"",
      "once wait for ever", "commit all", "done",
    ])
    try eventually("it says so") { try watched.shown(agent).contains("Context limit") }
    let watcher = try watched.watcher()
    try eventually("its work is handed in") {
      watched.forward(seconds: 11)
      watcher.tick()
      return try watched.status(id) == .inReview
    }
    #expect(try watched.sessionCount(agent) == 2)
    #expect(try watched.decisions(agent).contains { $0.finding == "its context is full" })
  }

  @Test func theLaddersAreSettings() throws {
    let watched = try WatchTown()
    let set = try watched.live.run("config", "set", "ladder.polecat", "1m look, 2m escalate")
    try #require(set.succeeded, "\(set.errorText)")
    #expect(try watched.live.run("config", "set", "ladder.polecat", "soon nudge").status == .exited(1))
    let (_, agent) = try watched.give(["wait for ever"])
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 3600)
    #expect(try steps(watched, agent) == ["looked at its screen", "escalated"])
  }

  @Test func aSessionWithoutWorkEndsAndThatOfTheCrewDoesNot() throws {
    let watched = try WatchTown("tmux")
    let (id, agent) = try watched.give(["wait for ever"])
    try #require(watched.town.gt("crew", "add", "max", "--rig", "app").status == 0)
    let crew = try watched.live.run("crew", "start", "max", "--rig", "app")
    try #require(crew.succeeded, "\(crew.errorText)")
    let watcher = try watched.watcher()
    watcher.tick()
    let ledgers = watched.town.ledgers()
    defer { ledgers.close() }
    try Polecats(
      town: watched.town.town, rig: watched.town.rig(), database: watched.database(), ledgers: ledgers
    ).unassign(agent.address, reason: "test")
    _ = try ledgers.store(for: id).write("close") { tx throws(BeadsError) in
      try tx.close(id, reason: "test", force: true)
    }
    watched.tick(watcher, seconds: 780)
    #expect(try watched.database().openSession(of: agent.address) != nil)
    watched.tick(watcher, seconds: 240)
    #expect(try watched.database().openSession(of: agent.address) == nil)
    #expect(try watched.decisions(agent).first?.finding == "it has no work")
    watched.tick(watcher, seconds: 7200)
    let open = try watched.database().openSessions().map(\.address.text)
    #expect(open == ["app/crew/max"])
  }

  @Test func nobodyNewIsSentIntoARateLimit() throws {
    let watched = try WatchTown()
    let (_, agent) = try watched.give(["limit", "wait for ever"])
    try eventually("it says so") { try watched.shown(agent).contains("usage limit") }
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 60)
    let next = try watched.makeIssue("Next", ["sleep 600s"])
    let convoy = try watched.live.run("convoy", "create", "One", next.rawValue)
    try #require(convoy.succeeded, "\(convoy.errorText)")
    watched.tick(watcher, seconds: 600)
    #expect(try watched.database().agent(on: next) == nil)
    let told = try watched.database().decisions(about: "app").filter {
      $0.action.hasPrefix("nothing new is given out until ")
    }
    #expect(told.count == 1)
    watched.forward(seconds: 86_400)
    watched.tick(watcher, seconds: 60)
    #expect(try watched.database().agent(on: next) != nil)
  }
}
