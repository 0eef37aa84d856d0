public import BeadsKit

/// Gives out what waits for its turn, first come, first served, as long as there is room.
///
/// Work waits only in towns that limit their polecats with `scheduler.max_polecats`. One process at a time gives out;
/// whatever a crash leaves half-done is completed, not done twice, by the next run.
public struct Scheduler {
  /// What waits, and how it stands.
  public struct Entry: Sendable {
    /// How it stands.
    public enum State: String, Sendable {
      /// Its turn comes as soon as there is room.
      case ready
      /// The work waits for other work, or was put off.
      case blocked
      /// Somebody has the work; what an earlier run has begun is completed.
      case assigned
      /// The work is done, or nobody's business any more.
      case settled
    }

    /// The assignment that waits.
    public let context: SlingContext
    /// The work; nil when it is gone.
    public let issue: Issue?
    /// How it stands.
    public let state: State
  }

  /// What became of one of those that waited.
  public struct Dispatch: Sendable {
    /// The assignment that waited.
    public let context: SlingContext
    /// What was done; nil for what was only looked at.
    public internal(set) var outcome: SlingOutcome?
    /// Why it was not given out.
    public internal(set) var error: BeadsError?
    /// Whether it is given up, after too many failures.
    public internal(set) var isGivenUp = false
  }

  /// What a run did.
  public struct Run: Sendable {
    /// What was given out, or would be, or failed.
    public internal(set) var dispatches: [Dispatch] = []
    /// How many still wait.
    public internal(set) var waiting = 0
    /// Why no more was given out, if more could be.
    public internal(set) var reason: String?
  }

  let town: Town
  let database: TownDatabase
  let ledgers: Ledgers
  let launcher: AgentLauncher
  /// Called after each that was given out, which takes a moment.
  var betweenTwo: () -> Void = {}

  /// Looks at a town.
  public init(town: Town, database: TownDatabase, ledgers: Ledgers, launcher: AgentLauncher) {
    self.town = town
    self.database = database
    self.ledgers = ledgers
    self.launcher = launcher
  }

  // MARK: Looking

  /// What waits, in the order in which it came.
  public func entries() throws(BeadsError) -> [Entry] {
    let contexts = try ledgers.slingContexts()
    if contexts.isEmpty { return [] }
    var (issues, blocked): ([IssueID: Issue], Set<IssueID>) = ([:], [])
    for (_, group) in Dictionary(grouping: contexts, by: { ledgers.rig(of: $0.work) }) {
      let store = try ledgers.store(for: group[0].work)
      for issue in try store.issues(group.map(\.work)) { issues[issue.id] = issue }
      blocked.formUnion(try store.heldUp(among: group.map(\.work)))
    }
    let holders = Set(try database.agents().compactMap(\.bead))
    return contexts.map { context in
      let issue = issues[context.work]
      let state: Entry.State =
        if let issue, !issue.isClosed, !issue.isTombstone, issue.status != .inReview {
          if issue.isAssignment || holders.contains(issue.id) {
            .assigned
          } else if !context.request.isForced, issue.status != .open || blocked.contains(issue.id) {
            .blocked
          } else {
            .ready
          }
        } else {
          .settled
        }
      return Entry(context: context, issue: issue, state: state)
    }
  }

  /// Who has stopped it, and when; nil when it runs.
  public func currentPause() throws(BeadsError) -> (by: String, at: Timestamp)? {
    guard let by = try database.fact("scheduler.paused_by") else { return nil }
    let at = try database.fact("scheduler.paused_at").flatMap { Int64($0) } ?? 0
    return (by, Timestamp(unixNanoseconds: at))
  }

  /// When something was last given out.
  public func lastDispatch() throws(BeadsError) -> Timestamp? {
    try database.fact("scheduler.last_dispatch_at").flatMap { Int64($0) }.map(
      Timestamp.init(unixNanoseconds:))
  }

  // MARK: Changing

  /// Gives out nothing until it is resumed.
  /// - Returns: Whether that changed anything.
  public func setPaused(by agent: AgentAddress?) throws(BeadsError) -> Bool {
    if try (currentPause() == nil) == (agent == nil) { return false }
    try database.write { _ throws(BeadsError) in
      try database.setFact("scheduler.paused_by", agent?.text)
      try database.setFact("scheduler.paused_at", agent == nil ? nil : String(database.now))
    }
    return true
  }

  /// Lets nothing wait any more, or one issue; the work itself stays as it is.
  public func clear(_ work: IssueID? = nil) throws(BeadsError) -> [SlingContext] {
    let chosen = try ledgers.slingContexts().filter { work == nil || $0.work == work }
    for context in chosen { try end(context, "cleared by \(ledgers.actor)") }
    return chosen
  }

  func end(_ context: SlingContext, _ reason: String) throws(BeadsError) {
    _ = try ledgers.store(for: context.id).write("scheduler") { tx throws(BeadsError) in
      try tx.close(context.id, reason: reason, force: true)
    }
  }
}
