import BeadsKit
import Testing

@testable import GasTownKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("Restarts", .serialized)
struct RestartTests {
  /// The fourth restart would be after a minute; it commits before it dies, and so goes on at once.
  @Test func whatGetsSomethingDoneIsNoLoop() throws {
    let watched = try WatchTown()
    let (_, agent) = try watched.give(["git commit -q --allow-empty -m More", "sleep 1s", "crash"])
    let watcher = try watched.watcher()
    try eventually(within: 60, "it goes on") {
      watcher.tick()
      return try watched.sessionCount(agent) >= 7
    }
    let decisions = try watched.decisions(agent)
    #expect(!decisions.contains { $0.action == "not started again" })
    #expect(try watched.database().decisions(about: "town").isEmpty, "one agent is not many")
  }

  /// What a step of the work is worth, and that an older one is worth nothing.
  @Test(arguments: [true, false]) func aRecordedStepIsProgress(_ isNew: Bool) throws {
    let watched = try WatchTown()
    let (id, agent) = try watched.give(["hang"])
    let watcher = try watched.watcher()
    watcher.tick()
    let before = RestartPolicy.History(count: 3, firstAt: 1, lastAt: 2, nextAt: .max)
    let database = try watched.database()
    try database.save(before, of: agent)
    var checkpoint = Checkpoint(agent.address, bead: id)
    checkpoint.at = try watched.session(agent).startedAt + (isNew ? 1 : -1)
    try database.save(checkpoint)
    #expect(try watcher.deathsInARow(agent) == (isNew ? RestartPolicy.History() : before))
  }

  /// Server and daemon die together, and the agent hangs: nobody saw which server it ran in.
  @Test func whatOutlivedItsServerIsFoundByTheNextDaemon() throws {
    let watched = try WatchTown("tmux")
    let (_, agent) = try watched.give(["hang"])
    let old = try watched.session(agent)
    let process = try #require(old.process)
    let server = try #require(ProcessStatus(process.pid)).parent
    kill(server, SIGKILL)
    try eventually("the server is gone") { ProcessIdentity(server)?.isAlive != true }
    try #require(process.isAlive, "it did not outlive its server")
    let start = monotonicNanoseconds()
    let watcher = try watched.watcher()
    try eventually("it runs again") {
      watcher.tick()
      return try watched.database().openSession(of: agent.address).map { $0.id != old.id } ?? false
    }
    #expect(monotonicNanoseconds() - start < 10_000_000_000)
    #expect(!process.isAlive)
    #expect(try watched.database().restartHistory(agent).count == 0, "it was not its own fault")
  }

  /// Whoever gave out the work was killed between the assignment and everything else.
  @Test func whatWasGivenOutHalfIsCompletedSoon() throws {
    let watched = try WatchTown()
    let id = try watched.makeIssue("Half given", ["write kept.txt kept", "commit Kept", "done"])
    let ledgers = watched.town.ledgers()
    let polecats = Polecats(
      town: watched.town.town, rig: try watched.live.town.rig(), database: try watched.database(),
      ledgers: ledgers)
    let agent = try polecats.assign(id, details: .members([("args", .string("Be quick"))]))
    ledgers.close()
    let watcher = try watched.watcher()
    watcher.tick()
    #expect(try watched.sessionCount(agent) == 0, "whoever gives it out has a moment")
    watched.forward(seconds: 3)
    let lock = Sling.lock(of: id, watched.town.town)
    try FileSystem.makeDirectory(Path.directory(of: lock.path))
    guard let held = try lock.tryAcquire() else {
      Testing.Issue.record("the lock is not free")
      return
    }
    watcher.tick()
    #expect(try watched.sessionCount(agent) == 0, "somebody is at it")
    held.release()
    watcher.tick()
    #expect(try watched.sessionCount(agent) == 1)
    try eventually("it is done") {
      watcher.tick()
      return try watched.status(id) == .inReview
    }
    let after = watched.town.ledgers()
    defer { after.close() }
    #expect(try Attachment(after.issue(id)).arguments == "Be quick")
  }

  @Test func theDaemonEndsWithItsTown() throws {
    let live = try LiveTown("headless", rig: true)
    #expect(try live.run("daemon", "start").succeeded)
    let daemon = try #require(try Daemon(live.town.town).process())
    defer { _ = kill(daemon.pid, SIGKILL) }
    try FileSystem.rename(live.town.town.path("daemon"), to: live.town.town.path("elsewhere"))
    try eventually("it has ended") { !daemon.isAlive }
    #expect(!FileSystem.exists(live.town.town.path("daemon")))
  }
}
