import BeadsKit

/// What shows that an agent does something: nothing that looking at it could refresh, and nothing it says of itself alone.
struct Evidence: Sendable, Equatable {
  /// The processor time of its processes, in clock ticks.
  var ticks: Int64 = 0
  /// The latest change of its worktree (the index, the log of HEAD, the top folder), in nanoseconds since 1970.
  var worktree: Int64 = 0
  /// Its latest heartbeat: a command of gt that it ran.
  var heartbeat: Int64 = 0
  /// The latest change of what its session writes into a file.
  var output: Int64 = 0

  /// What happened since an earlier look, in a few words; nil for nothing that counts.
  ///
  /// A waiting agent uses a little processor time for its cursor and timers: less than a twentieth of one processor is
  /// nothing.
  /// - Parameter seconds: How long ago the earlier look was.
  func progress(since earlier: Evidence, seconds: Double) -> String? {
    var signs: [String] = []
    if Double(ticks - earlier.ticks) > max(2, seconds * Self.ticksPerSecond / 20) {
      signs.append("used \(ticks - earlier.ticks) ticks of processor time")
    }
    if worktree > earlier.worktree { signs.append("changed its worktree") }
    if heartbeat > earlier.heartbeat { signs.append("called gt") }
    if output > earlier.output { signs.append("printed something") }
    return signs.isEmpty ? nil : signs.joined(separator: ", ")
  }

  static let ticksPerSecond: Double = 100

  /// Takes the evidence of one agent.
  init(_ session: SessionRecord, _ record: AgentRecord, processes: ProcessTable, town: Town) {
    if let process = session.process { ticks = processes.ticks(below: process.pid) }
    if let worktree = record.worktree { self.worktree = Self.latestChange(of: worktree) }
    let heartbeats = town.path(".runtime/heartbeats/\(session.name).json")
    heartbeat = (try? FileSystem.stamp(heartbeats))?.modified ?? 0
  }

  init() {}

  /// When HEAD of a worktree moved last, in nanoseconds since 1970; 0 when that cannot be told.
  static func latestCommit(of worktree: String) -> Int64 {
    guard let git = GitLocation.find(from: worktree)?.directory else { return 0 }
    return (try? FileSystem.stamp(Path.join(git, "logs/HEAD")))?.modified ?? 0
  }

  private static func latestChange(of worktree: String) -> Int64 {
    var places = [worktree]
    if let git = GitLocation.find(from: worktree)?.directory {
      places += [Path.join(git, "index"), Path.join(git, "logs/HEAD")]
    }
    return places.map { (try? FileSystem.stamp($0))?.modified ?? 0 }.max() ?? 0
  }
}

/// The processes of the machine at one moment, for who is whose child.
struct ProcessTable {
  private var children: [Int32: [Int32]] = [:]
  private var ticks: [Int32: Int64] = [:]

  /// Reads the status of every process; about 15 microseconds each.
  init() {
    for pid in ((try? FileSystem.list("/proc")) ?? []).compactMap(Int32.init) {
      guard let status = ProcessStatus(pid) else { continue }
      children[status.parent, default: []].append(pid)
      ticks[pid] = status.ticks
    }
  }

  /// The processor time of a process and all below it.
  func ticks(below pid: Int32) -> Int64 {
    var sum: Int64 = 0
    var waiting = [pid]
    while let next = waiting.popLast() {
      sum += ticks[next] ?? 0
      waiting += children[next] ?? []
    }
    return sum
  }
}
