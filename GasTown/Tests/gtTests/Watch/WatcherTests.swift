import BeadsKit
import GasTownKit
import Testing

/// The watcher on real sessions, with a clock that can be put forward.
@Suite("The watcher", .serialized)
struct WatcherTests {
  private let watched: WatchTown
  private var live: LiveTown { watched.live }

  init() throws { watched = try WatchTown() }

  @Test func startsAgainWhatDiedInItsWorktree() throws {
    let (id, agent) = try watched.give([
      "leave kept.txt kept", "sleep 2s", "once crash", "commit all", "done",
    ])
    try eventually("it crashed") {
      try !live.launcher().liveness(of: [agent.address])[agent.address]!.isAlive
    }
    watched.forward(seconds: 6)
    let watcher = try watched.watcher()
    try eventually("its work is handed in") {
      watcher.tick()
      return try watched.status(id) == .inReview
    }
    let found = try live.town.database().decisions(about: agent.address.text)
    #expect(found.contains { $0.finding == "session died" })
    #expect(found.contains { $0.action == "started again" })
    let request = try #require(try live.town.json("mq", "list", "app").arrayValue?.first)
    #expect(request["source_issue"]?.stringValue == id.rawValue)
    #expect(
      try live.town.git(
        live.town.originPath("app"), "show", "\(request["branch"]?.stringValue ?? ""):kept.txt") == "kept")
    #expect(try live.town.database().agents(role: .polecat).count == 1)
  }

  @Test func makesTheWorktreeThatACrashKeptFromBeingMade() throws {
    let (id, agent) = try watched.give(["write kept.txt kept", "commit Kept", "done"])
    try eventually("the first is done, and the polecat free") {
      try watched.status(id) == .inReview && watched.database().agent(agent.address)?.state == .idle
    }
    let second = try live.town.makeIssue("Second")
    let ledgers = live.town.ledgers()
    defer { ledgers.close() }
    let polecats = Polecats(
      town: live.town.town, rig: try live.town.rig(), database: try live.town.database(), ledgers: ledgers)
    var record = try polecats.assign(second)
    #expect(record.address == agent.address)
    // As `prepareWorktree` leaves it when it is killed before git has done anything.
    record.worktree = try live.town.rig().polecatWorktree(try #require(record.address.name))
    record.branch = try BranchName("polecat/furiosa/\(second)@now")
    record.state = .working
    try live.town.database().save(record)
    let watcher = try watched.watcher()
    try eventually("it is done as well") {
      watched.forward(seconds: 1)
      watcher.tick()
      return try watched.status(second) == .inReview
    }
  }

  @Test func stopsStartingWhatDiesAgainAndAgain() throws {
    let (_, agent) = try watched.give(["sleep 1s", "crash"])
    let watcher = try watched.watcher()
    for _ in 0..<40 {
      watched.forward(seconds: 20)
      try eventually("it died") {
        guard let session = try live.town.database().openSession(of: agent.address) else { return true }
        return session.process?.isAlive != true
      }
      watcher.tick()
    }
    let sessions = try live.town.database().sessions(of: agent.address, limit: 100)
    #expect((4...7).contains(sessions.count), "\(sessions.count) sessions")
    #expect(
      try live.town.database().decisions(about: agent.address.text, limit: 100)
        .contains { $0.action == "not started again" }, "it goes on for ever")
    #expect(live.town.gt("daemon", "clear-backoff", agent.address.text).status == 0)
    watcher.tick()
    #expect(try live.town.database().sessions(of: agent.address, limit: 100).count == sessions.count + 1)
  }

  @Test func remindsAnIdleAgentOfItsWork() throws {
    let (id, agent) = try watched.give(["wait You have work", "write a.txt a", "commit a", "done"])
    let watcher = try watched.watcher()
    try eventually("it waits") {
      try live.town.database().openSession(of: agent.address)?.process?.isAlive == true
    }
    watcher.tick()
    for _ in 0..<5 {
      watched.forward(seconds: 11)
      watcher.tick()
    }
    try eventually("it was reminded and went on") {
      watcher.tick()
      return try watched.status(id) == .inReview
    }
    #expect(
      try live.town.database().decisions(about: agent.address.text).contains { $0.action == "nudged" })
  }

  /// Scenario 13 of the contract's appendix D.
  @Test func feedsAConvoyInTheOrderOfItsDependencies() throws {
    try RigSettings.set(
      "merge_queue.test_command", to: "true", in: live.town.rig(), of: live.town.town, command: "test")
    let first = try live.town.makeIssue("First")
    let second = try live.town.makeIssue("Second")
    let ledgers = live.town.ledgers()
    try ledgers.store(for: first).write("dep") { tx throws(BeadsError) in
      try tx.addDependency(second, dependsOn: first)
    }
    ledgers.close()
    let convoy = try live.run("convoy", "create", "Both", first.rawValue, second.rawValue)
    try #require(convoy.succeeded, "\(convoy.errorText)")
    let watcher = try watched.watcher()
    try eventually("both are merged") {
      watcher.tick()
      watched.forward(seconds: 1)
      let states = (try watched.status(first), try watched.status(second))
      if states.1 != .open { #expect(states.0 == .closed, "the second began before the first was merged") }
      return states == (.closed, .closed)
    }
    let files = try live.town.git(live.town.originPath("app"), "log", "--format=%s", "main")
    #expect(files.split(separator: "\n").count == 4)
    try eventually("the convoy is closed") {
      watcher.tick()
      return try live.town.json("convoy", "list", "--all").arrayValue?.allSatisfy {
        $0["status"]?.stringValue == "closed"
      } == true
    }
  }
}

@Suite("The daemon", .serialized)
struct DaemonTests {
  @Test func isOneAndEndsWithEverythingItStarted() throws {
    let live = try LiveTown("tmux", rig: true)
    try RigSettings.set(
      "merge_queue.test_command", to: "true", in: live.town.rig(), of: live.town.town, command: "test")
    #expect(try live.run("daemon", "status").status == .exited(3))
    let starts = try (0..<3).map { _ in try live.run("up") }
    for start in starts { #expect(start.succeeded, "\(start.errorText)") }
    defer { _ = try? live.run("down") }
    #expect(try live.run("daemon", "status").succeeded)
    #expect(try live.run("daemon", "run").status == .exited(1))
    // Two that finish, and one that is killed with the server of all sessions and finishes after that.
    var ids: [IssueID] = []
    for index in 0..<3 {
      let id = try live.town.makeIssue("Task \(index)")
      let ledgers = live.town.ledgers()
      try ledgers.store(for: id).write("update") { tx throws(BeadsError) in
        try tx.update(id) {
          $0.description =
            "scripted: write f\(index) x\nscripted: commit f\(index)\nscripted: once sleep 60s\nscripted: done"
        }
      }
      ledgers.close()
      ids.append(id)
      let run = try live.run("sling", id.rawValue, "app")
      try #require(run.succeeded, "\(run.errorText)")
    }
    try eventually("all have committed") {
      try live.town.database().agents(role: .polecat).allSatisfy { agent in
        guard let worktree = agent.worktree else { return false }
        return try live.town.git(worktree, "log", "-1", "--format=%s").hasPrefix("f")
      }
    }
    pause(nanoseconds: 5_000_000_000)
    try Tmux(live.town.town).killServer()
    try eventually(within: 60, "all are merged") {
      let ledgers = live.town.ledgers()
      defer { ledgers.close() }
      return try ids.allSatisfy { try ledgers.store(for: $0).issue($0)?.status == .closed }
    }
    #expect(try live.town.git(live.town.originPath("app"), "ls-tree", "--name-only", "main").contains("f2"))
    #expect(try live.town.text(".events.jsonl").contains("mass_death"))
    let nonces = try live.town.database().connection.all("SELECT nonce FROM sessions") {
      row throws(BeadsError) in row.text(0)
    }
    let down = try live.run("down")
    #expect(down.succeeded, "\(down.errorText) \(down.text)")
    #expect(try live.run("daemon", "status").status == .exited(3))
    for nonce in nonces { #expect(ProcessIdentity.all(nonce: nonce).isEmpty) }
  }
}
