public import BeadsKit

/// Whether what a town lives on works: daemon, sessions, trackers, room on the disk.
public struct Vitals: Sendable {
  /// A tracker of the town.
  public struct Tracker: Sendable {
    /// The rig, or `hq` for the town's own.
    public let name: String
    /// Its directory.
    public let path: String
    /// How many issues it has.
    public let issueCount: Int
    /// The size of the database in bytes.
    public let size: Int64
    /// Why it cannot be read; nil when it can.
    public let problem: String?
  }

  /// The daemon; nil when none runs.
  public let daemon: ProcessIdentity?
  /// How long ago it looked at the town, in nanoseconds.
  public let daemonAge: Int64?
  /// Where agents run: `tmux`, `headless` or `none`.
  public let backend: String
  /// How many sessions are on record.
  public let sessionCount: Int
  /// How many of these run.
  public let runningCount: Int
  /// The trackers, the town's own first.
  public let trackers: [Tracker]
  /// How much room there is for the town, in bytes; nil where that cannot be told.
  public let freeBytes: Int64?
  /// What is wrong, one sentence each.
  public let problems: [String]

  /// Whether nothing is wrong.
  public var isWell: Bool { problems.isEmpty && trackers.allSatisfy { $0.problem == nil } }

  /// Looks at a town.
  /// - Throws: `corrupt`, `io_error` for the registry and the town's database.
  public init(
    _ town: Town, _ database: TownDatabase, _ ledgers: Ledgers, _ launcher: AgentLauncher
  ) throws(BeadsError) {
    daemon = try Daemon(town).process()
    let last = try database.fact("daemon.tick").flatMap { Int64($0) }
    daemonAge = daemon == nil ? nil : last.map { max(0, town.environment.clock() - $0) }
    backend = launcher.sessions.backend
    let open = try database.openSessions().map(\.address)
    let alive = launcher.liveness(of: open)
    sessionCount = open.count
    runningCount = open.count { alive[$0]?.isAlive == true }
    var found = [Self.look("hq") { () throws(BeadsError) in try ledgers.hq() }]
    for rig in try town.rigs() {
      found.append(Self.look(rig.name.rawValue) { () throws(BeadsError) in try ledgers.store(of: rig.name) })
    }
    trackers = found
    freeBytes = FileTree.freeSpace(town.root)
    var problems: [String] = []
    if daemon == nil, try database.agents().contains(where: { $0.isWanted && $0.bead != nil }) {
      problems.append("agents have work and the daemon does not run")
    }
    let dead = open.count { address in if case .dead? = alive[address] { true } else { false } }
    if dead > 0 { problems.append("sessions that ended by themselves: \(dead)") }
    self.problems = problems
  }

  private static func look(_ name: String, _ open: () throws(BeadsError) -> Store) -> Tracker {
    do throws(BeadsError) {
      let store = try open()
      let path = store.location.databasePath
      return Tracker(
        name: name, path: store.location.directory, issueCount: try store.count(),
        size: try FileSystem.stamp(path)?.size ?? 0, problem: nil)
    } catch {
      return Tracker(name: name, path: "", issueCount: 0, size: 0, problem: error.message)
    }
  }
}
