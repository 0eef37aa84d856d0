public import BeadsKit

/// Epics that are driven to their end: a convoy of all their parts, labelled `mountain`.
///
/// What fails again and again is skipped rather than tried for ever, a standstill is escalated, and the whole can be
/// paused.
public struct Mountains {
  /// The label of such a convoy.
  public static let label = "mountain"
  /// The label of a convoy, of whatever kind, that nothing is given out of.
  public static let pausedLabel = "mountain:paused"
  /// The label of an issue that was skipped.
  public static let skippedLabel = "mountain:skipped"
  /// What the label begins with that counts how often the worker of an issue died.
  static let failuresLabel = "mountain:failures:"
  /// After so many deaths an issue is skipped.
  public static let failureLimit = 3
  /// After so long without progress and without anybody at work it stands still, in nanoseconds.
  static let stallAfter: Int64 = 900_000_000_000

  /// How far one is.
  public struct Progress: Sendable {
    /// The convoy with what it tracks.
    public let convoy: ConvoyProgress
    /// The epic.
    public let epic: IssueID?
    /// What is worked on.
    public let active: [IssueID]
    /// What could be.
    public let ready: [IssueID]
    /// What waits for something else.
    public let blocked: [IssueID]
    /// What was skipped.
    public let skipped: [IssueID]
    /// Since when nothing moves; nil while something does.
    public let stalledSince: Timestamp?
    /// How long it has been climbed, or took, in seconds.
    public let elapsed: Int

    /// Whether nothing of it is given out.
    public var isPaused: Bool { convoy.convoy.issue.labels.contains(Mountains.pausedLabel) }
  }

  let convoys: Convoys
  let database: TownDatabase
  private var ledgers: Ledgers { convoys.ledgers }

  /// Looks at a town.
  public init(_ ledgers: Ledgers, _ database: TownDatabase) {
    convoys = Convoys(ledgers, database)
    self.database = database
  }

  // MARK: Looking

  /// The mountains that are not done.
  public func open() throws(BeadsError) -> [Convoy] {
    try convoys.list(.unfinished).filter { $0.issue.labels.contains(Self.label) }
  }

  /// The mountain that a user names, by its epic or its convoy; without a name the only one there is.
  /// - Throws: `not_found`, `invalid` when there are several.
  public func find(_ name: String?) throws(BeadsError) -> Convoy {
    let all = try open()
    guard let name else {
      if all.count == 1 { return all[0] }
      throw BeadsError(
        all.isEmpty ? .notFound : .invalid,
        all.isEmpty ? "no mountain is being climbed" : "there are \(all.count) mountains: which one?",
        hint: all.isEmpty ? "gt mountain EPIC" : all.map(\.id.rawValue).joined(separator: ", "))
    }
    let id = try ledgers.resolve(name).id
    if let found = all.first(where: { $0.id == id || Self.epic(of: $0) == id }) { return found }
    let past = try convoys.list(.all).filter {
      $0.issue.labels.contains(Self.label) && ($0.id == id || Self.epic(of: $0) == id)
    }
    if let latest = past.first { return latest }
    throw BeadsError(.notFound, "\(id) is no mountain", hint: "`gt mountain \(id)` begins one with an epic")
  }

  private static func epic(of convoy: Convoy) -> IssueID? {
    convoy.issue.townField("epic").flatMap(IssueID.init(rawValue:))
  }

  /// How far it is.
  public func progress(of convoy: Convoy) throws(BeadsError) -> Progress {
    let progress = try convoys.status(convoy.id)
    var (active, ready, blocked, skipped): ([IssueID], [IssueID], [IssueID], [IssueID]) = ([], [], [], [])
    for tracked in progress.tracked where !tracked.isDone {
      if tracked.issue?.labels.contains(Self.skippedLabel) == true {
        skipped.append(tracked.id)
      } else if tracked.worker != nil || tracked.issue?.status == .inReview || tracked.isTaken {
        active.append(tracked.id)
      } else if tracked.issue?.status == .open, !tracked.isBlocked {
        ready.append(tracked.id)
      } else {
        blocked.append(tracked.id)
      }
    }
    let since = try database.fact("mountain.stalled.\(convoy.id)").flatMap { Int64($0) }
    let issue = progress.convoy.issue
    let end = issue.closedAt ?? ledgers.town.now
    return Progress(
      convoy: progress, epic: Self.epic(of: progress.convoy), active: active, ready: ready, blocked: blocked,
      skipped: skipped, stalledSince: since.map(Timestamp.init(unixNanoseconds:)),
      elapsed: Int((end.unixNanoseconds - issue.createdAt.unixNanoseconds) / 1_000_000_000))
  }

  // MARK: Beginning

  /// Begins to drive an epic: stages a convoy of its parts and launches it.
  ///
  /// One that is begun already is left as it is. Nothing is given out yet.
  /// - Parameter force: Whether warnings are no obstacle.
  /// - Throws: `invalid` for what is no epic or cannot be done in any order, `refused` for warnings; then nothing has
  ///   changed.
  public func begin(_ epic: Issue, force: Bool) throws(BeadsError) -> (convoy: Convoy, isNew: Bool) {
    if let known = try open().first(where: { Self.epic(of: $0) == epic.id }) { return (known, false) }
    guard epic.type == .epic else {
      throw BeadsError(
        .invalid, "\(epic.id) is no epic: its type is \(epic.type)",
        hint: "`gt sling \(epic.id)` gives it out")
    }
    var parts: [IssueID] = []
    for id in try convoys.slingable(below: epic.id) where try !ledgers.issue(id).isClosed { parts.append(id) }
    if parts.isEmpty { throw BeadsError(.refused, "nothing is left to be done of \(epic.id): \(epic.title)") }
    let plan = try convoys.plan(parts, fromEpic: true)
    let obstacles = plan.errors.isEmpty ? (force ? [] : plan.warnings) : plan.errors
    if !obstacles.isEmpty {
      throw BeadsError(
        plan.errors.isEmpty ? .refused : .invalid, "\(epic.id) is not ready to be climbed",
        details: obstacles.map {
          "\($0.category): \($0.beads.map(\.rawValue).joined(separator: ", ")) \($0.message)"
        },
        hint: plan.errors.isEmpty
          ? "--force climbs it all the same" : "`gt convoy stage \(epic.id)` shows more")
    }
    var draft = ConvoyDraft(title: epic.title)
    draft.baseBranch = epic.townField("integration_branch") ?? epic.townField("base_branch")
    guard let staged = try convoys.stage(plan, draft) else {
      throw BeadsError(.invalid, "\(epic.id) is not ready to be climbed")
    }
    _ = try convoys.change(staged.id, "mountain") { tx, _ throws(BeadsError) in
      try tx.update(staged.id) { issue throws(BeadsError) in
        issue.labels.append(Self.label)
        try issue.setTownField("epic", epic.id.rawValue)
      }
    }
    return (try convoys.launch(staged.id, force: true).convoy, true)
  }

  // MARK: Changing

  /// Has nothing given out of it, or lets it go on.
  /// - Returns: Whether that changed anything.
  public func setPaused(_ isPaused: Bool, _ convoy: Convoy) throws(BeadsError) -> Bool {
    if convoy.isClosed { throw BeadsError(.conflict, "\(convoy.id) is closed: \(convoy.title)") }
    if convoy.issue.labels.contains(Self.pausedLabel) == isPaused { return false }
    _ = try convoys.change(convoy.id, "mountain") { tx, _ throws(BeadsError) in
      try tx.update(convoy.id) { issue in
        issue.labels.removeAll { $0 == Self.pausedLabel }
        if isPaused { issue.labels.append(Self.pausedLabel) }
      }
    }
    try database.setFact("mountain.seen.\(convoy.id)", nil)
    try database.setFact("mountain.stalled.\(convoy.id)", nil)
    return true
  }

  /// Drives it no more: what is left is an ordinary convoy.
  public func cancel(_ convoy: Convoy) throws(BeadsError) {
    _ = try convoys.change(convoy.id, "mountain") { tx, _ throws(BeadsError) in
      try tx.update(convoy.id) { issue in
        issue.labels.removeAll { $0 == Self.label || $0 == Self.pausedLabel }
      }
    }
    try database.setFact("mountain.seen.\(convoy.id)", nil)
    try database.setFact("mountain.stalled.\(convoy.id)", nil)
  }

  /// Lets what was skipped be tried again.
  public func retry(_ ids: [IssueID]) throws(BeadsError) {
    for id in ids {
      _ = try ledgers.store(for: id).write("mountain") { tx throws(BeadsError) in
        try tx.update(id) { issue in
          issue.labels.removeAll { $0 == Self.skippedLabel || $0.hasPrefix(Self.failuresLabel) }
          if issue.status == .blocked { issue.status = .open }
        }
      }
      try database.resetAttempts(of: id)
    }
  }

  // MARK: Watching

  /// Counts the death of a worker, and skips its issue at the third.
  /// - Returns: Whether it was skipped now.
  func noteDeath(of worker: AgentRecord) throws(BeadsError) -> Bool {
    guard let bead = worker.bead, let rig = worker.address.rig else { return false }
    let isDriven = try convoys.convoys(tracking: bead).contains { $0.issue.labels.contains(Self.label) }
    guard isDriven else { return false }
    var count = 0
    _ = try ledgers.store(for: bead).write("mountain") { tx throws(BeadsError) in
      try tx.update(bead) { issue in
        let known = issue.labels.first { $0.hasPrefix(Self.failuresLabel) }
        count = (known.flatMap { Int($0.dropFirst(Self.failuresLabel.count)) } ?? 0) + 1
        issue.labels.removeAll { $0.hasPrefix(Self.failuresLabel) }
        issue.labels.append(Self.failuresLabel + String(count))
      }
    }
    guard count >= Self.failureLimit else { return false }
    let polecats = Polecats(
      town: ledgers.town, rig: try ledgers.town.rig(rig.rawValue), database: database, ledgers: ledgers)
    try polecats.unassign(worker.address, reason: "its worker died \(count) times")
    _ = try ledgers.store(for: bead).write("mountain") { tx throws(BeadsError) in
      try tx.update(bead) { issue in
        if !issue.labels.contains(Self.skippedLabel) { issue.labels.append(Self.skippedLabel) }
        issue.status = .blocked
        let note =
          "Skipped: its worker died \(count) times. Its branch is \(worker.branch?.rawValue ?? "unknown")."
        issue.notes = issue.notes.isEmpty ? note : issue.notes + "\n" + note
      }
    }
    return true
  }

  /// Looks whether a mountain stands still.
  /// - Returns: How far it is, when it was found to stand still just now.
  func standstill(of convoy: Convoy, at now: Int64) throws(BeadsError) -> Progress? {
    let progress = try progress(of: convoy)
    let seen = "mountain.seen.\(convoy.id)"
    let mark = "\(progress.convoy.completed)"
    let known = try database.fact(seen)?.split(separator: " ").map(String.init)
    let isMoving = !progress.active.isEmpty || !progress.ready.isEmpty || progress.isPaused
    guard let known, known.count == 2, known[0] == mark, let since = Int64(known[1]), !isMoving else {
      try database.setFact(seen, "\(mark) \(now)")
      if progress.stalledSince != nil { try database.setFact("mountain.stalled.\(convoy.id)", nil) }
      return nil
    }
    guard now - since >= Self.stallAfter, progress.stalledSince == nil else { return nil }
    try database.setFact("mountain.stalled.\(convoy.id)", String(since))
    return progress
  }
}
