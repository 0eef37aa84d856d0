import BeadsKit

/// What shows that an agent does something: nothing that looking at it could refresh, and nothing it says of itself alone.
///
/// Taking it starts no process: all of it is in files, and in what the system knows of processes and terminals.
struct Evidence: Sendable, Equatable {
  /// The processor time of its processes, in clock ticks.
  var ticks: Int64 = 0
  /// The latest change of its worktree (the index, the top folder), in nanoseconds since 1970.
  var worktree: Int64 = 0
  /// When its worktree came to another commit.
  var commit: Int64 = 0
  /// Its latest heartbeat: a command of gt that it ran.
  var heartbeat: Int64 = 0
  /// When something was last written to its terminal, or to the file in its place; to eight seconds.
  var output: Int64 = 0

  /// What happened between two looks.
  struct Signs: Equatable {
    /// What it did, in a few words each.
    var words: [String] = []
    /// Whether somebody must have done something: a program that only waits may draw, and use processor time.
    var isCertain = false
    /// Whether it got something done.
    var isResult = false
  }

  /// What happened since an earlier look.
  ///
  /// A waiting agent uses a little processor time for its cursor and timers: less than a twentieth of one processor is
  /// nothing.
  /// - Parameter seconds: How long ago the earlier look was.
  func signs(since earlier: Evidence, seconds: Double) -> Signs {
    var signs = Signs()
    if Double(ticks - earlier.ticks) > max(2, seconds * Self.ticksPerSecond / 20) {
      signs.words.append("used processor time")
    }
    if output > earlier.output { signs.words.append("printed something") }
    if worktree > earlier.worktree {
      signs.words.append("changed its worktree")
      signs.isCertain = true
    }
    if heartbeat > earlier.heartbeat {
      signs.words.append("called gt")
      signs.isCertain = true
    }
    if commit > earlier.commit {
      signs.words.append("committed")
      signs.isCertain = true
      signs.isResult = true
    }
    return signs
  }

  /// When it last did something that has a time.
  var latest: Int64 { max(latestCertain, output) }
  /// When it last did something that a program which only waits does not do.
  var latestCertain: Int64 { max(worktree, commit, heartbeat) }

  static let ticksPerSecond: Double = 100

  /// Takes the evidence of one agent.
  init(_ session: SessionRecord, _ record: AgentRecord, processes: ProcessTable, town: Town) {
    if let process = session.process {
      ticks = processes.ticks(below: process.pid)
      output = Self.change(of: "/proc/\(process.pid)/fd/1")
    }
    if let worktree = record.worktree {
      let git = GitLocation.find(from: worktree)?.directory
      self.worktree = max(Self.change(of: worktree), git.map { Self.change(of: Path.join($0, "index")) } ?? 0)
      commit = git.map { Self.change(of: Path.join($0, "logs/HEAD")) } ?? 0
    }
    heartbeat = Self.change(of: town.path(".runtime/heartbeats/\(session.name).json"))
  }

  init() {}

  /// When HEAD of a worktree moved last, in nanoseconds since 1970; 0 when that cannot be told.
  static func latestCommit(of worktree: String) -> Int64 {
    guard let git = GitLocation.find(from: worktree)?.directory else { return 0 }
    return change(of: Path.join(git, "logs/HEAD"))
  }

  private static func change(of path: String) -> Int64 { (try? FileSystem.stamp(path))?.modified ?? 0 }

  /// Whether any file below a directory, other than those of git, was changed since a time; looks at so many at most.
  static func hasChanged(below directory: String, since time: Int64, limit: Int = 20_000) -> Bool {
    var waiting = [directory]
    var count = 0
    while let next = waiting.popLast() {
      for name in (try? FileSystem.list(next)) ?? [] where name != ".git" && count < limit {
        count += 1
        let path = Path.join(next, name)
        guard let status = try? FileSystem.status(path, followLinks: false) else { continue }
        if status.kind == .directory { waiting.append(path) }
        if status.kind == .regular, status.stamp.modified > time { return true }
      }
    }
    return false
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
