public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Stops a town: what `gt down` and `gt shutdown` do.
///
/// While it does, a mark keeps everybody from starting anything. The daemon ends first, then the sessions, and then the
/// machine is searched for processes that carry the mark of a session of ours; nobody else's is touched. Assignments
/// and worktrees stay.
public struct TownStopping {
  private let launcher: AgentLauncher
  private var town: Town { launcher.town }
  private var database: TownDatabase { launcher.database }

  /// Whether the daemon ends too.
  public var stopsDaemon = true
  /// Whose sessions end.
  public var includes: @Sendable (AgentAddress) -> Bool = { _ in true }
  /// How long agents may take to end when asked to; nil for what the settings say.
  public var grace: Duration?
  /// Why, for the record.
  public var reason = "gt down"

  /// Stops the town of a launcher.
  public init(_ launcher: AgentLauncher) { self.launcher = launcher }

  /// What would be done.
  public func plan() throws(BeadsError) -> [ServiceReport] {
    var reports: [ServiceReport] = []
    if stopsDaemon, let process = try Daemon(town).process() {
      reports.append(ServiceReport("daemon", .daemon, "would be ended, process \(process.pid)"))
      reports += ServiceReport.loops(of: try town.rigs(), "would end with the daemon")
    }
    for session in try database.openSessions() where includes(session.address) {
      let process = session.process.map { ", process \($0.pid)" } ?? ""
      reports.append(ServiceReport(session.address, "would be ended: session \(session.name)\(process)"))
    }
    for one in try Leftovers(database).find(includes) {
      reports.append(ServiceReport("\(one.process.pid)", .leftover, "would be ended: left by \(one.owner)"))
    }
    return reports
  }

  /// Stops it; what fails holds up nothing else.
  /// - Parameter afterwards: Called when the sessions have ended, while nothing can be started yet.
  public func run(
    afterwards: () throws(BeadsError) -> [ServiceReport] = { [] }
  ) throws(BeadsError) -> [ServiceReport] {
    let mark = ShutdownMark(town)
    if mark.stands { throw BeadsError(.conflict, "somebody stops the town already") }
    var reports: [ServiceReport] = []
    // On a full disk nothing can be started either, and stopping is what is needed most.
    do throws(BeadsError) { try mark.set() } catch {
      reports.append(ServiceReport("daemon/shutdown.lock", .daemon, "").failed(error))
    }
    defer { mark.clear() }
    if stopsDaemon {
      reports += try stopDaemon()
      try endEngines()
    }
    // Only now: what the daemon was about to start when it was told to end is among them.
    reports += try stopSessions()
    reports += try afterwards()
    reports += try endLeftovers()
    return reports
  }

  private func stopDaemon() throws(BeadsError) -> [ServiceReport] {
    let daemon = Daemon(town)
    let report = ServiceReport("daemon", .daemon, "did not run")
    guard let process = try daemon.process() else { return [report] }
    do throws(BeadsError) {
      try daemon.stop(grace: .seconds(10))
      guard try daemon.process() == nil else {
        throw BeadsError(.io, "process \(process.pid) does not end")
      }
    } catch { return [report.failed(error)] }
    return [report.changed("ended, process \(process.pid)")]
      + ServiceReport.loops(of: try town.rigs(), "ended with the daemon").map { $0.changed($0.detail) }
  }

  /// Ends the engines that a daemon left behind which was killed.
  private func endEngines() throws(BeadsError) {
    for (rig, process) in try database.engines() {
      ProcessEnding(leader: process, nonce: nil).run(grace: .seconds(4))
      // What is not forgotten here is seen to be dead by the next engine.
      _ = try? database.noteEngine(nil, of: rig)
    }
  }

  // MARK: Sessions

  private func stopSessions() throws(BeadsError) -> [ServiceReport] {
    var reports: [ServiceReport] = []
    // One that was being started when it was looked first has its row by now.
    for _ in 0..<3 {
      let open = try database.openSessions().filter { includes($0.address) }
      if open.isEmpty { break }
      reports = reports.filter { report in !open.contains { $0.address.text == report.name } } + stop(open)
    }
    if stopsDaemon, launcher.sessions.backend != "none" {
      // Panes whose program has ended keep the server of the sessions running.
      for pane in try launcher.sessions.inventory() where pane.isDead {
        try launcher.sessions.stop(pane.name, nonce: nil, grace: .zero)
      }
    }
    return reports
  }

  private func stop(_ open: [SessionRecord]) -> [ServiceReport] {
    let grace = grace ?? launcher.grace
    // All are asked at once, so that thirty that take their time take it together.
    let processes = SessionProcesses()
    if grace > .zero {
      for session in open {
        let members = processes.members(of: session.process, nonce: session.nonce)
        for pid in members.keys { kill(pid, SIGTERM) }
        for pid in members.keys { kill(pid, SIGCONT) }
      }
    }
    let deadline = monotonicNanoseconds() &+ nanoseconds(grace)
    return open.map { session in
      let report = ServiceReport(session.address, "")
      do throws(BeadsError) {
        let left = max(0, deadline &- monotonicNanoseconds())
        try launcher.stop(session.address, reason: reason, grace: .nanoseconds(left))
        return report.changed("session \(session.name) ended")
      } catch {
        // A full disk must not keep anybody from stopping the town; the next daemon sees that the session is dead.
        let isEnded = (try? launcher.sessions.stop(session.name, nonce: session.nonce, grace: .zero)) != nil
        var failed = report.failed(error)
        if isEnded { failed.detail = "ended, which could not be written down: \(error.message)" }
        return failed
      }
    }
  }

  // MARK: What is left

  private func endLeftovers() throws(BeadsError) -> [ServiceReport] {
    let found = try Leftovers(database).find(includes)
    // Their session has ended, and with it the time that they had.
    let left = Leftovers.end(found, grace: .zero)
    return found.map { one in
      let report = ServiceReport("\(one.process.pid)", .leftover, "")
      if left.contains(one) {
        return report.failed(BeadsError(.io, "left by \(one.owner), and does not end"))
      }
      return report.changed("ended: left by \(one.owner)")
    }
  }
}
