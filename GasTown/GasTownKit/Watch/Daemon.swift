public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The one process of a town that runs all the time: it calls the watcher every second, and whenever a process ends.
///
/// `daemon/daemon.lock` is held while it lives, so that there is never a second one; `daemon/daemon.pid` tells its process
/// and start time to those who want to end it, `daemon/state.json` how it is.
public struct Daemon: Sendable {
  /// The town.
  public let town: Town

  /// The daemon of a town.
  public init(_ town: Town) { self.town = town }

  private var pidPath: String { town.path("daemon/daemon.pid") }
  /// There while the town is being stopped: nothing is started then; see `ShutdownMark`.
  public var shutdownPath: String { town.path("daemon/shutdown.lock") }

  /// The process of the daemon that runs now; nil when none does.
  public func process() throws(BeadsError) -> ProcessIdentity? {
    guard let bytes = try FileSystem.readIfPresent(pidPath) else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    guard fields.count == 2, let pid = Int32(fields[0]) else { return nil }
    let known = ProcessIdentity(pid: pid, start: fields[1])
    return known.isAlive ? known : nil
  }

  // MARK: Running

  /// Runs until it is asked to end (SIGTERM, SIGINT).
  /// - Throws: `conflict` when a daemon runs already.
  public func run(program: String, log: @escaping (String) -> Void) throws(BeadsError) {
    try FileSystem.makeDirectory(town.path("daemon"))
    let lock = FileLock(path: town.path("daemon/daemon.lock"), command: "gt daemon")
    guard let held = try lock.tryAcquire() else {
      throw BeadsError(.conflict, "the daemon of \(town.root) runs already", hint: "`gt daemon status`")
    }
    guard let own = ProcessIdentity.own else {
      throw BeadsError(.unsupported, "the system does not tell when this process started")
    }
    StopSignal.install()
    let database = try TownDatabase(town, command: "gt daemon")
    let shutdown = ShutdownMark(town)
    let watcher = try Watcher(
      town, database, program: program, isStopping: { StopSignal.isRaised || shutdown.stands }, log: log)
    var pulse = DaemonPulse(town, own)
    try FileSystem.replace(pidPath, with: Array("\(own.pid) \(own.start)\n".utf8))
    log("started, process \(own.pid)")
    let place = try FileSystem.stamp(lock.path)?.inode
    while !StopSignal.isRaised, !hasLost(lock, place) {
      StopSignal.take()
      watcher.tick()
      pulse.beat()
      watcher.rest()
    }
    watcher.stopJobs()
    // Nothing is started any more; what merges puts it down, and the next daemon takes it up again.
    watcher.endAllEngines(grace: .seconds(4))
    if hasLost(lock, place) {
      if !FileSystem.exists(town.root) { watcher.endOfTheTown() }
      return
    }
    log("ended")
    pulse.end()
    _ = try? FileSystem.remove(pidPath)
    held.release()
  }

  /// Whether the town was removed, or another one made in its place: that is nothing to write to any more.
  private func hasLost(_ lock: FileLock, _ inode: UInt64?) -> Bool {
    do throws(BeadsError) { return try FileSystem.stamp(lock.path)?.inode != inode } catch { return false }
  }

  /// Starts it in the background, and returns once it runs.
  /// - Returns: Its process, and whether it was started now.
  /// - Throws: `refused` while the town is being stopped.
  public func start(program: String) throws(BeadsError) -> (process: ProcessIdentity, isNew: Bool) {
    if let running = try process() { return (running, false) }
    try ShutdownMark.requireNone(in: town)
    let variables = town.environment.variables.filter { !Self.identity.contains($0.key) }
    let daemon = Subprocess(
      [program, "daemon", "run", "--quiet"], directory: town.root,
      variables: variables.merging(["GT_TOWN_ROOT": town.root]) { $1 })
    let child = try daemon.startDetached()
    for _ in 0..<1000 {
      if let running = try process() { return (running, true) }
      if hasEnded(child) {
        // Another start was faster.
        if let running = try process() { return (running, false) }
        break
      }
      pause(nanoseconds: 10_000_000)
    }
    throw BeadsError(.io, "the daemon did not start", hint: "\(logPath) may tell why")
  }

  /// What says who an agent is; the daemon is nobody.
  private static let identity: Set<String> = [
    "GT_ROLE", "GT_RIG", "GT_CREW", "GT_POLECAT", "GT_DOG_NAME", "GT_SESSION", "GT_AGENT", "GT_RUN",
    "BD_ACTOR",
    "BEADS_AGENT_NAME", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL",
  ]

  /// Ends it: politely, then by force, and only the process that wrote its name down.
  /// - Returns: Whether one ran.
  @discardableResult
  public func stop(grace: Duration = .seconds(8)) throws(BeadsError) -> Bool {
    guard let running = try process() else { return false }
    kill(running.pid, SIGTERM)
    let deadline = monotonicNanoseconds() + nanoseconds(grace)
    while running.isAlive, monotonicNanoseconds() < deadline { pause(nanoseconds: 10_000_000) }
    if running.isAlive { kill(running.pid, SIGKILL) }
    while running.isAlive, monotonicNanoseconds() < deadline + 2_000_000_000 {
      pause(nanoseconds: 10_000_000)
    }
    return true
  }
}
