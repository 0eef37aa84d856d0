public import BeadsKit

/// Who may get work now: the one place that every way of giving work to a polecat goes through, under one lock.
///
/// | limit | setting in `settings/config.json` | default |
/// |---|---|---|
/// | polecats at work in the town | `scheduler.max_polecats` when above 0, else `operational.polecat.max_working` | 25 |
/// | polecats at work in a rig | `max_polecats` of the rig, when not negative | -1 |
/// | polecat folders of a rig | `operational.polecat.max_folders` | 30 |
/// | assignments of one issue | `operational.witness.max_bead_respawns` | 3 |
/// | free disk space, in MiB | `operational.polecat.min_free_disk_mb` | 500 |
///
/// Lowering a limit ends nothing that runs; it only admits nothing new.
public struct Admission {
  /// What is admitted at most.
  public struct Limits: Sendable, Equatable {
    /// Polecats at work in the whole town.
    public var working = 25
    /// Polecat folders of a rig.
    public var folders = 30
    /// How often one issue is given to somebody before a person must look at it.
    public var attempts = 3
    /// Whether what has no room waits for its turn, rather than being refused.
    public var isScheduled = false
    /// The setting that says how many may be at work.
    public var workingKey: String {
      isScheduled ? "scheduler.max_polecats" : "operational.polecat.max_working"
    }
    /// Bytes that must be free where worktrees are made.
    public var freeBytes: Int64 = 500 << 20

    /// The defaults.
    public init() {}

    /// The limits of a town.
    /// - Throws: `corrupt`, `invalid` for settings that cannot be understood: no limit is guessed.
    public static func load(_ town: Town) throws(BeadsError) -> Limits {
      let settings = try TownSettings.load(town)
      let scheduled = settings.int("scheduler.max_polecats")
      var limits = Limits()
      limits.isScheduled = scheduled > 0
      limits.working = scheduled > 0 ? scheduled : settings.operationalInt("polecat.max_working")
      limits.folders = settings.operationalInt("polecat.max_folders")
      limits.attempts = settings.operationalInt("witness.max_bead_respawns")
      limits.freeBytes = Int64(clamping: settings.operationalInt("polecat.min_free_disk_mb")) << 20
      return limits
    }
  }

  /// The town.
  let town: Town
  /// Its database.
  let database: TownDatabase
  /// What is admitted.
  public let limits: Limits
  /// Tells the free bytes at a path; nil when that is not known.
  private let freeSpace: (String) -> Int64? = FileTree.freeSpace

  /// - Throws: `corrupt` for settings that cannot be understood.
  public init(_ town: Town, _ database: TownDatabase) throws(BeadsError) {
    self.town = town
    self.database = database
    limits = try Limits.load(town)
  }

  /// Runs the body while nobody else is admitted, in any process.
  func alone<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    try town.lock("admission", command: "gt sling").withLock(timeout: .seconds(60), body)
  }

  /// Throws unless an issue may be given to one more polecat of a rig; to be called within `alone`.
  /// - Parameter force: Whether the number of attempts does not matter.
  func check(_ bead: IssueID, _ rig: Rig, force: Bool) throws(BeadsError) {
    if let holder = try database.agent(on: bead) {
      throw BeadsError(
        .conflict, "\(bead) is assigned to \(holder.address)", hint: "`gt unsling \(bead)` takes it back")
    }
    try checkAttempts(bead, force: force)
    try checkRoom(rig)
  }

  /// Throws when an issue was given out too often.
  func checkAttempts(_ bead: IssueID, force: Bool) throws(BeadsError) {
    let attempts = try database.attempts(of: bead)
    if attempts < limits.attempts || force { return }
    throw BeadsError(
      .refused, "\(bead) was given to a polecat \(attempts) times already and is not done",
      hint: "look at what went wrong; `gt sling respawn-reset \(bead)` allows \(limits.attempts) more")
  }

  /// Throws unless there is room for one more polecat at work in a rig.
  func checkRoom(_ rig: Rig) throws(BeadsError) {
    let room = try room()
    if room <= 0 {
      throw BeadsError(
        .refused, "\(limits.working - room) polecats are at work, and \(limits.working) are allowed",
        hint:
          "wait for one to finish, or allow more: `gt config set \(limits.workingKey) \(limits.working + 5)`")
    }
    try checkRig(rig)
    try checkSpace(rig)
  }

  /// For how many more polecats there is room in the town.
  ///
  /// Where the scheduler limits them, also those count whose work is done but whose session has not ended yet: there
  /// are never more sessions than that.
  public func room() throws(BeadsError) -> Int {
    if !limits.isScheduled { return limits.working - (try workingCount()) }
    var taken = Set(
      try database.agents(role: .polecat).filter { $0.bead != nil && $0.state.isAtWork }.map(\.address))
    for session in try database.openSessions()
    where session.address.role == .polecat && session.process?.isAlive == true {
      taken.insert(session.address)
    }
    return limits.working - taken.count
  }

  /// Whether what has no room waits for its turn.
  var isScheduled: Bool { limits.isScheduled }

  /// Throws unless there is room for one more polecat among those of a rig.
  func checkRig(_ rig: Rig) throws(BeadsError) {
    let maximum = try RigSettings.load(rig).int("max_polecats")
    let working = try database.agents(rig: rig.name, role: .polecat).count {
      $0.bead != nil && $0.state.isAtWork
    }
    if maximum < 0 || working < maximum { return }
    throw BeadsError(
      .refused, "\(working) polecats of \(rig.name) are at work, and \(maximum) are allowed",
      hint:
        "wait for one to finish, or allow more: `gt rig settings set \(rig.name) max_polecats \(maximum + 5)`"
    )
  }

  private func checkSpace(_ rig: Rig) throws(BeadsError) {
    guard let free = freeSpace(rig.root), free < limits.freeBytes else { return }
    throw BeadsError(
      .refused,
      "only \(free >> 20) MiB are free at \(rig.root), and \(limits.freeBytes >> 20) are wanted for a worktree",
      hint: "make room, or lower operational.polecat.min_free_disk_mb in settings/config.json")
  }

  /// Throws unless a rig may get one more polecat folder.
  func checkFolders(_ rig: Rig, _ folders: Int) throws(BeadsError) {
    if folders < limits.folders { return }
    throw BeadsError(
      .refused, "the rig \(rig.name) has \(folders) polecats, and \(limits.folders) are allowed",
      hint:
        "`gt polecat stale \(rig.name)` shows which are not needed; operational.polecat.max_folders allows more"
    )
  }

  /// How many polecats have work and are at it.
  public func workingCount() throws(BeadsError) -> Int {
    try database.agents(role: .polecat).count { $0.bead != nil && $0.state.isAtWork }
  }
}

extension AgentState {
  /// Whether an agent in this state takes one of the places that the town has for agents at work.
  public var isAtWork: Bool {
    switch self {
    case .spawning, .working, .awaitingGate: true
    case .idle, .stuck, .nuked: false
    }
  }
}

extension TownDatabase {
  /// How often an issue was given to somebody since it was last finished or the count was reset.
  public func attempts(of bead: IssueID) throws(BeadsError) -> Int {
    Int(try connection.int64("SELECT count FROM attempts WHERE bead = ?1", bead.rawValue) ?? 0)
  }

  /// Counts one more assignment of an issue.
  func countAttempt(_ bead: IssueID) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT INTO attempts (bead, count, last_at) VALUES (?1, 1, ?2)
        ON CONFLICT (bead) DO UPDATE SET count = count + 1, last_at = ?2
        """, bead.rawValue, now)
    }
  }

  /// Forgets how often an issue was given to somebody.
  public func resetAttempts(of bead: IssueID) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute("DELETE FROM attempts WHERE bead = ?1", bead.rawValue)
    }
  }
}
