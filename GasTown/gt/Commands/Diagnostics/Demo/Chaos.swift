import BeadsKit
import CommandKit
import GasTownKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Kills something of a town every few seconds, without warning; starts the daemon again, as a person would.
///
/// Only processes of this town are touched: those on record in its database, its own server of sessions, and
/// those that have its root in their environment.
final class Chaos {
  /// What can be killed.
  enum Target: String, CaseIterable {
    case agent
    /// An agent with everything it runs.
    case session
    case daemon
    case engine
    case server
  }

  private let town: Town
  private let dice: Dice
  private let program: String
  private let database: TownDatabase
  private let ledger: String
  private let tell: (TerminalText) -> Void
  private var rolls = 0
  private var isOver = false
  private var nextAt: Int64
  private var daemonStartsAt: Int64?
  /// Until when an engine is waited for that can be killed.
  private var engineUntil: Int64 = 0
  private var counts: [Target: Int] = [:]
  /// The sessions whose agents were killed, and when.
  private var victims: [(session: SessionRecord, at: Int64)] = []

  init(
    _ town: Town, _ dice: Dice, program: String, ledger: String, tell: @escaping (TerminalText) -> Void
  ) throws(BeadsError) {
    self.town = town
    self.dice = dice
    self.program = program
    self.ledger = ledger
    self.tell = tell
    database = try TownDatabase(town, command: "gt demo")
    nextAt = monotonicNanoseconds() + 5_000_000_000
  }

  private func roll(_ bound: Int) -> Int {
    rolls += 1
    return dice.roll("fault \(rolls)", bound)
  }

  /// Makes the next fault if it is time.
  func act() {
    let now = monotonicNanoseconds()
    if let time = daemonStartsAt, now >= time { startDaemon() }
    if now < engineUntil, killEngine() { engineUntil = 0 }
    guard now >= nextAt else { return }
    nextAt = now + Int64(1500 + roll(2500)) * 1_000_000
    do throws(BeadsError) { try kill(nextTarget) } catch {
      tell("\("nothing was killed:", .red) \(error.message)")
    }
  }

  /// One of each first, so that none is missing, then what the dice say.
  private var nextTarget: Target {
    let first = Target.allCases.filter { counts[$0] == nil }
    if !first.isEmpty, engineUntil == 0 { return first[roll(first.count)] }
    switch roll(100) {
    case ..<45: return .agent
    case ..<60: return .session
    case ..<77: return .daemon
    case ..<90: return .engine
    default: return .server
    }
  }

  private func kill(_ target: Target) throws(BeadsError) {
    switch target {
    case .agent: try killAgent(withChildren: false)
    case .session: try killAgent(withChildren: true)
    case .daemon: try killDaemon()
    case .engine: engineUntil = monotonicNanoseconds() + 10_000_000_000
    case .server: try killServer()
    }
  }

  /// Kills nothing more; the daemon runs.
  func rest() {
    if daemonStartsAt != nil { startDaemon() }
    if isOver { return }
    isOver = true
    engineUntil = 0
    tell("no more faults")
  }

  private func startDaemon() {
    do throws(BeadsError) {
      _ = try Daemon(town).start(program: program)
      daemonStartsAt = nil
      tell("daemon started again")
    } catch {
      daemonStartsAt = monotonicNanoseconds() + 1_000_000_000
      tell("\("the daemon could not be started:", .red) \(error.message)")
    }
  }

  // MARK: Faults

  /// The sessions whose agents live, oldest first.
  private func living() throws(BeadsError) -> [SessionRecord] {
    try database.openSessions().filter { $0.process?.isAlive == true }
  }

  private func killAgent(withChildren: Bool) throws(BeadsError) {
    // One that dies again and again waits for a person, and there is none.
    let living = try living().filter { session in victims.count { $0.session.bead == session.bead } < 3 }
    // Every other time the oldest: an agent that hangs is ended by nobody else.
    let place = roll(2) == 0 ? 0 : roll(living.count)
    guard living.indices.contains(place), let process = living[place].process else { return }
    let session = living[place]
    let targets = withChildren ? ProcessIdentity.all(nonce: session.nonce) : [process]
    note(withChildren ? .session : .agent, session.address.text, [session])
    for target in targets where target.isAlive { end(target.pid) }
  }

  private func killDaemon() throws(BeadsError) {
    guard let process = try Daemon(town).process() else { return }
    note(.daemon, "process \(process.pid)", [])
    end(process.pid)
    daemonStartsAt = monotonicNanoseconds() + Int64(500 + roll(2000)) * 1_000_000
  }

  /// Kills the merge engine if it runs.
  private func killEngine() -> Bool {
    let engines = DemoProcesses.all(of: town.root).filter { $0.command.contains(" mq run ") }
    guard let engine = engines.first else { return false }
    // Anywhere in its work, and not always at its beginning.
    pause(nanoseconds: Int64(roll(900)) * 1_000_000)
    note(.engine, "process \(engine.pid)", [])
    end(engine.pid)
    return true
  }

  private func killServer() throws(BeadsError) {
    let answer = try Subprocess(
      ["tmux", "-L", Tmux.socketName(root: town.root), "display-message", "-p", "#{pid}"], directory: "/",
      variables: town.environment.variables, timeout: .seconds(10)
    ).run()
    guard answer.succeeded, let pid = Int32(answer.text) else { return }
    let living = try living()
    note(.server, "\(living.count) sessions", living)
    end(pid)
  }

  private func end(_ pid: Int32) { _ = systemKill(pid, SIGKILL) }

  private func note(_ target: Target, _ name: String, _ sessions: [SessionRecord]) {
    counts[target, default: 0] += 1
    let now = town.environment.clock()
    victims += sessions.map { ($0, now) }
    tell("\("killed", .red) \(target.rawValue) (\(name))")
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("do", "kill")
      writer.member("at", Int(now))
      writer.member("what", target.rawValue)
      writer.key("sessions")
      writer.array(sessions) { $0.int($1.id) }
    }
    try? FileSystem.append(Array((writer.text + "\n").utf8), to: ledger)
  }

  // MARK: Afterwards

  /// How often what was killed.
  var summary: String {
    Target.allCases.compactMap { target in
      counts[target].map { "\($0) \(target.rawValue)\($0 == 1 ? "" : "s")" }
    }.joined(separator: ", ")
  }

  /// How long it took until a killed agent was found dead, and until it ran again; the latter for the first death of
  /// each at its work, as those that follow wait longer and longer.
  func times(_ database: TownDatabase) throws(BeadsError) -> (noticed: [Int64], restarted: [Int64]) {
    var noticed: [Int64] = []
    var restarted: [Int64] = []
    var known: Set<String> = []
    for (session, at) in victims {
      let all = try database.sessions(of: session.address, limit: 1000)
      guard let found = all.first(where: { $0.id == session.id }), let end = found.endedAt, end > at else {
        continue
      }
      noticed.append(end - at)
      guard known.insert("\(session.address) \(session.bead ?? "")").inserted else { continue }
      if let next = all.last(where: { $0.id > session.id && $0.bead == session.bead }) {
        restarted.append(next.startedAt - at)
      }
    }
    return (noticed, restarted)
  }
}

// kill(2) under a name that the methods do not shadow.
private func systemKill(_ pid: Int32, _ signal: Int32) -> Int32 { kill(pid, signal) }

/// The processes that a town has running.
enum DemoProcesses {
  /// Processes of this user that have a folder in their environment or work in it.
  static func all(of folder: String) -> [(pid: Int32, command: String)] {
    let needle = Array(folder.utf8)
    var found: [(Int32, String)] = []
    for pid in ((try? FileSystem.list("/proc")) ?? []).compactMap(Int32.init) where pid != getpid() {
      guard let process = ProcessIdentity(pid), process.isAlive,
        let variables = try? FileSystem.read("/proc/\(pid)/environ"), variables.contains(needle),
        let command = try? FileSystem.read("/proc/\(pid)/cmdline")
      else { continue }
      found.append(
        (pid, command.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")))
    }
    return found
  }
}
