import BeadsKit
import BenchmarkKit
import GasTownKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the daemon of a town costs while nothing happens, and how soon it notices that an agent is dead.
struct TownDaemon {
  private let run: BenchmarkRun
  private let town: BenchTown
  private let scale: TownScale

  init(_ run: BenchmarkRun, _ town: BenchTown, _ scale: TownScale) {
    self.run = run
    self.town = town
    self.scale = scale
  }

  private enum Row: String, CaseIterable {
    case processor = "idle daemon, processor"
    case processes = "idle daemon, processes started"
    case notice = "death of an agent, noticed"
    case restart = "death of an agent, running again"
  }

  static func names(_ backend: String) -> [String] { Row.allCases.map { "\($0.rawValue) (\(backend))" } }

  private func observation(
    _ row: Row, _ value: Double, _ unit: String, limit: Double?, note: String = "", failure: String? = nil
  ) -> Observation {
    Observation(
      "\(row.rawValue) (\(town.backend))", contender: town.contender.name, value, unit, limit: limit,
      note: note, failure: failure)
  }

  /// What was asked for, observed with a daemon that runs only for that.
  func observe() throws(BeadsError) -> [Observation] {
    try town.gt("daemon", "start")
    defer { _ = try? town.gt("daemon", "stop") }
    return (watch() + killSome()).filter { run.isWanted($0.name) }
  }

  // MARK: Idle

  private func watch() -> [Observation] {
    run.note("  idle daemon, \(scale.seconds) s (\(town.backend))")
    do throws(BeadsError) {
      let daemon = try daemonProcess()
      // What it does when it starts is over.
      try rest(seconds: 3)
      let (before, since) = (try ProcessMeter(daemon), monotonicNanoseconds())
      try rest(seconds: scale.seconds)
      let (after, until) = (try ProcessMeter(daemon), monotonicNanoseconds())
      let share = Double(after.nanoseconds - before.nanoseconds) / Double(until - since) * 100
      let note = "\(scale.agents) agents, \(scale.seconds) s"
      return [
        observation(.processor, share, "% of a core", limit: 1, note: note),
        observation(.processes, Double(after.started(since: before)), "processes", limit: 0, note: note),
      ]
    } catch {
      return [
        observation(.processor, 0, "% of a core", limit: 1, failure: error.message),
        observation(.processes, 0, "processes", limit: 0, failure: error.message),
      ]
    }
  }

  private func daemonProcess() throws(BeadsError) -> Int32 {
    guard let process = try Daemon(town.town).process() else {
      throw BeadsError(.notFound, "the daemon does not run")
    }
    return process.pid
  }

  private func rest(seconds: Int) throws(BeadsError) {
    for _ in 0..<(10 * seconds) {
      if StopSignal.isRaised { throw BeadsError(.io, "interrupted") }
      pause(nanoseconds: 100_000_000)
    }
  }

  // MARK: Deaths

  /// Kills agents one after the other.
  private func killSome() -> [Observation] {
    var noticed: [Double] = []
    var restarted: [Double] = []
    do throws(BeadsError) {
      let database = try town.database()
      let sessions = try database.openSessions().filter { $0.process?.isAlive == true }
      for session in sessions.prefix(5) {
        run.note("  death of \(session.address.text) (\(town.backend))")
        let times = try kill(session, database)
        noticed.append(times.noticed)
        restarted.append(times.restarted)
      }
    } catch {
      return [
        observation(.notice, 0, "ms", limit: 5000, failure: error.message),
        observation(.restart, 0, "ms", limit: nil, failure: error.message),
      ]
    }
    return [(Row.notice, noticed), (.restart, restarted)].map { row, values in
      let values = Statistics(values)
      return observation(
        row, values.maximum, "ms", limit: 5000,
        note: "the slowest of \(values.count), median \(decimal(values.median))")
    }
  }

  /// Kills the agent of a session, and waits until the end is on record and the next session runs.
  private func kill(
    _ session: SessionRecord, _ database: TownDatabase
  ) throws(BeadsError) -> (noticed: Double, restarted: Double) {
    guard let process = session.process, process.isAlive else {
      throw BeadsError(.notFound, "\(session.name) has ended by itself")
    }
    let start = monotonicNanoseconds()
    _ = signal(process.pid, SIGKILL)
    let since = { Double(monotonicNanoseconds() - start) / 1e6 }
    try wait("the death of \(session.address) to be noticed") { () throws(BeadsError) in
      try database.openSession(of: session.address)?.id != session.id
    }
    let noticed = since()
    try wait("\(session.address) to run again") { () throws(BeadsError) in
      let next = try database.openSession(of: session.address)
      return next.map { $0.id != session.id && $0.process?.isAlive == true } ?? false
    }
    return (noticed, since())
  }

  private func wait(_ purpose: String, until condition: () throws(BeadsError) -> Bool) throws(BeadsError) {
    let deadline = monotonicNanoseconds() + 30_000_000_000
    while try !condition() {
      if StopSignal.isRaised { throw BeadsError(.io, "interrupted") }
      if monotonicNanoseconds() > deadline { throw BeadsError(.io, "waited 30 s for \(purpose)") }
      pause(nanoseconds: 2_000_000)
    }
  }
}

// kill(2) under a name that the method does not shadow.
private func signal(_ pid: Int32, _ number: Int32) -> Int32 { kill(pid, number) }
