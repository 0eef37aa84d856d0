import BeadsKit
import GasTownKit
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A live town with a watcher that the test calls, and a clock that can be put forward.
final class WatchTown {
  let live: LiveTown
  private let offset = Offset()

  /// How far the clock was put forward.
  private final class Offset: Sendable {
    private let value = Mutex<Int64>(0)
    var nanoseconds: Int64 { value.withLock { $0 } }
    func add(seconds: Int64) { value.withLock { $0 += seconds * 1_000_000_000 } }
  }

  init(_ backend: String = "headless") throws {
    live = try LiveTown(backend, rig: true)
    let offset = offset
    live.town.environment.clock = { Environment.systemClock() + offset.nanoseconds }
  }

  var town: TestTown { live.town }
  func database() throws -> TownDatabase { try town.database() }
  func forward(seconds: Int64) { offset.add(seconds: seconds) }

  func watcher(isStopping: @escaping () -> Bool = { false }) throws -> Watcher {
    try Watcher(town.town, database(), program: LiveTown.program(), isStopping: isStopping) { _ in }
  }

  func makeIssue(_ title: String, _ script: [String]) throws -> IssueID {
    try live.makeIssue(title, script)
  }

  func give(_ script: [String]) throws -> (id: IssueID, agent: AgentRecord) { try live.give(script) }

  func status(_ id: IssueID) throws -> Status? {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try ledgers.store(for: id).issue(id)?.status
  }

  /// The open session of an agent, once its process is known.
  func session(_ agent: AgentRecord) throws -> SessionRecord {
    try #require(try database().openSession(of: agent.address))
  }

  /// What the session of an agent shows.
  func shown(_ agent: AgentRecord) throws -> String {
    try live.launcher().peek(agent.address, lines: 40)
  }

  /// Ends the process of an agent as a crash does.
  func crash(_ agent: AgentRecord) throws {
    let process = try #require(try session(agent).process)
    kill(process.pid, SIGKILL)
    try eventually("it died") { !process.isAlive }
  }

  func sessionCount(_ agent: AgentRecord) throws -> Int {
    try database().sessions(of: agent.address, limit: 100).count
  }

  func decisions(_ agent: AgentRecord) throws -> [Decision] {
    try database().decisions(about: agent.address.text, limit: 100)
  }

  /// Puts the clock forward in steps of eleven seconds, with a tick after each.
  func tick(_ watcher: Watcher, seconds: Int64) {
    for _ in 0..<(seconds / 11 + 1) {
      forward(seconds: 11)
      watcher.tick()
    }
  }
}
