public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The one process of a town that runs all the time: it calls the watcher every second.
///
/// `daemon/daemon.lock` is held while it lives, so that there is never a second one; `daemon/daemon.pid` tells its process
/// and start time to those who want to end it.
public struct Daemon: Sendable {
  /// The town.
  public let town: Town

  /// The daemon of a town.
  public init(_ town: Town) { self.town = town }

  private var pidPath: String { town.path("daemon/daemon.pid") }
  /// What it does, line by line.
  public var logPath: String { town.path("daemon/daemon.log") }
  /// There while the town is being stopped: nothing is started then.
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
    try FileSystem.replace(pidPath, with: Array("\(own.pid) \(own.start)\n".utf8))
    StopSignal.install()
    let database = try TownDatabase(town, command: "gt daemon")
    let watcher = try Watcher(town, database, program: program, log: log)
    log("started, process \(own.pid)")
    while !StopSignal.isRaised {
      watcher.tick()
      try? database.setFact("daemon.tick", String(database.now))
      StopSignal.sleep(seconds: 1)
    }
    watcher.stopJobs()
    log("ended")
    _ = try? FileSystem.remove(pidPath)
    held.release()
  }

  /// Starts it in the background, and returns once it runs.
  /// - Returns: Its process, and whether it was started now.
  public func start(program: String) throws(BeadsError) -> (process: ProcessIdentity, isNew: Bool) {
    if let running = try process() { return (running, false) }
    _ = try FileSystem.remove(shutdownPath)
    let variables = town.environment.variables.filter { !Self.identity.contains($0.key) }
    let daemon = Subprocess(
      [program, "daemon", "run", "--quiet"], directory: town.root,
      variables: variables.merging(["GT_TOWN_ROOT": town.root]) { $1 })
    let child = try daemon.startDetached()
    for _ in 0..<500 {
      if let running = try process() { return (running, true) }
      if hasEnded(child) { break }
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
  public func stop(grace: Duration = .seconds(5)) throws(BeadsError) -> Bool {
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

  // MARK: The log

  /// Appends a line to the log; one that has grown large is put aside first.
  public func write(_ line: String) {
    if let size = try? FileSystem.stamp(logPath)?.size, size > 4 << 20 {
      try? FileSystem.rename(logPath, to: logPath + ".1")
    }
    let clean = line.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
    try? FileSystem.append(Array("\(town.now) \(clean)\n".utf8), to: logPath)
  }
}

/// Whether this process was asked to end.
enum StopSignal {
  private nonisolated(unsafe) static var raised: sig_atomic_t = 0

  static var isRaised: Bool { raised != 0 }

  static func install() {
    for number in [SIGTERM, SIGINT, SIGHUP] { signal(number) { _ in StopSignal.raised = 1 } }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Runs the body with the signals noted instead of ending the process; afterwards they do what they did before.
  static func whileInstalled(_ body: () throws(BeadsError) -> Void) throws(BeadsError) {
    let before = [SIGTERM, SIGINT, SIGHUP].map { number in
      (number, signal(number) { _ in StopSignal.raised = 1 })
    }
    defer { for (number, handler) in before { signal(number, handler) } }
    try body()
  }

  /// Sleeps until the time is over or a signal comes.
  static func sleep(seconds: UInt32) {
    if !isRaised { _ = poll(nil, 0, Int32(seconds) * 1000) }
  }
}
