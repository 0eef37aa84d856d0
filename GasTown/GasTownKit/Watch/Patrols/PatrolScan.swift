public import BeadsKit

/// What a witness sees: polecats that are not as they should be, and issues that nobody has.
///
/// It changes nothing.
public struct PatrolScan: Sendable {
  /// A polecat that is not what it says.
  public struct Zombie: Sendable, Equatable {
    /// The polecat.
    public let polecat: String
    /// What kind it is: `session-dead-active`, `agent-dead-in-session`, `bead-closed-still-running`,
    /// `stuck-in-done`, `done-intent-dead`, `idle-dirty-sandbox` or `agent-self-reported-stuck`.
    public let classification: String
    /// The state of its record.
    public let state: AgentState
    /// Its issue.
    public let bead: IssueID?
    /// What is in its worktree: `clean`, `has_uncommitted` ...; nil when nobody looked.
    public var cleanupStatus: String?
    /// What is done about it.
    public let action: String
    /// Whether it was at work.
    public let wasActive: Bool
    /// What could not be found out.
    public var error: String?
  }

  /// A polecat whose session lives and does nothing.
  public struct Stall: Sendable, Equatable {
    /// The polecat.
    public let polecat: String
    /// `startup` when it has not begun, `no-progress` when it has stopped.
    public let kind: String
    /// What is done about it.
    public let action: String
  }

  /// A polecat whose last assignment is finished and waits to be merged.
  public struct Completion: Sendable, Equatable {
    /// The polecat.
    public let polecat: String
    /// How it ended.
    public let exit: String
    /// The issue.
    public let issue: IssueID
    /// The merge request.
    public let mergeRequest: IssueID?
    /// The branch.
    public let branch: String?
    /// What is done about it.
    public let action: String
  }

  /// Something that has to be put in order.
  public struct Receipt: Sendable, Equatable {
    /// The polecat or the issue.
    public let subject: String
    /// `stale` when its agent is gone, `orphan` when it never had one.
    public let verdict: String
    /// What to do.
    public let action: String
  }

  /// The rig.
  public let rig: RigName
  /// When it was looked at.
  public let at: Timestamp
  /// How many polecats were looked at.
  public private(set) var checked = 0
  /// What is not as it should be.
  public private(set) var zombies: [Zombie] = []
  /// What does nothing.
  public private(set) var stalls: [Stall] = []
  /// What waits to be merged.
  public private(set) var completions: [Completion] = []
  /// What has to be put in order.
  public private(set) var receipts: [Receipt] = []
  /// What could not be looked at.
  public private(set) var errors: [String] = []

  /// Looks at a rig: one look at the sessions, one query, and `git status` in the worktrees of idle polecats.
  public init(_ rig: Rig, _ launcher: AgentLauncher, _ ledgers: Ledgers) throws(BeadsError) {
    self.rig = rig.name
    at = launcher.town.now
    let database = launcher.database
    let polecats = Polecats(town: launcher.town, rig: rig, database: database, ledgers: ledgers)
    let reports = try polecats.reports(nil, launcher).filter {
      $0.record.state != .nuked || $0.liveness.isAlive
    }
    let settings = try TownSettings.load(launcher.town)
    let store = try ledgers.store(of: rig.name)
    let issues = try store.issues(reports.compactMap(\.record.bead))
    let known = Dictionary(issues.map { ($0.id, $0) }) { $1 }
    for report in reports {
      checked += 1
      let issue = report.record.bead.flatMap { known[$0] }
      let pulse = Pulse(report, launcher.town)
      judge(report, issue, pulse, settings, polecats)
      if report.liveness.isAlive { judgeProgress(report, pulse, settings, database.now) }
      if let done = report.record.lastDone, report.record.bead == nil, done.mergeRequest != nil {
        completions.append(
          Completion(
            polecat: report.name, exit: done.exit.rawValue, issue: done.issue,
            mergeRequest: done.mergeRequest,
            branch: done.branch, action: "merge-queue"))
      }
    }
    try findOrphans(store, Set(reports.filter { $0.record.bead != nil }.map(\.record.address.text)))
  }

  // MARK: Judging

  private mutating func judge(
    _ report: PolecatReport, _ issue: Issue?, _ pulse: Pulse, _ settings: TownSettings, _ polecats: Polecats
  ) {
    guard let (kind, action) = kind(report, issue, pulse, settings) else {
      return judgeSandbox(report, polecats)
    }
    let isActive = report.record.bead != nil && report.record.state.isAtWork
    zombies.append(
      Zombie(
        polecat: report.name, classification: kind, state: report.record.state, bead: report.record.bead,
        action: action, wasActive: isActive))
    if kind.hasPrefix("session-dead") || kind == "agent-dead-in-session" {
      receipts.append(Receipt(subject: report.record.address.text, verdict: "stale", action: action))
    }
  }

  private func kind(
    _ report: PolecatReport, _ issue: Issue?, _ pulse: Pulse, _ settings: TownSettings
  ) -> (String, String)? {
    let record = report.record
    if record.state == .stuck { return ("agent-self-reported-stuck", "escalate") }
    let isLeaving = pulse.state == "exiting"
    switch report.liveness {
    case .unknown: return nil
    case .alive:
      if let issue, issue.isClosed { return ("bead-closed-still-running", "idle") }
      let limit = nanoseconds(settings.operational("witness.done_intent_stuck_timeout"))
      return isLeaving && pulse.age(at) > limit ? ("stuck-in-done", "restart") : nil
    case .dead, .none:
      // One that was just given work is about to be started.
      let isNew = record.state == .spawning && at.unixNanoseconds - record.updatedAt < 300 * 1_000_000_000
      guard record.bead != nil, record.state.isAtWork, !isNew else { return nil }
      let isHeld = record.state == .awaitingGate
      if isHeld { return nil }
      if isLeaving { return ("done-intent-dead", "finish-done") }
      if case .dead = report.liveness { return ("agent-dead-in-session", "restart") }
      return ("session-dead-active", record.isWanted ? "restart" : "none: it was stopped")
    }
  }

  private mutating func judgeSandbox(_ report: PolecatReport, _ polecats: Polecats) {
    guard report.state == .idle, let name = report.record.address.name,
      FileSystem.exists(report.worktree ?? "")
    else { return }
    do throws(BeadsError) {
      let state = try polecats.worktrees.state(of: name)
      if state.isClean { return }
      zombies.append(
        Zombie(
          polecat: report.name, classification: "idle-dirty-sandbox", state: report.record.state, bead: nil,
          cleanupStatus: state.cleanupStatus, action: "saved-on-reuse", wasActive: false))
    } catch { errors.append("\(report.name): \(error.message)") }
  }

  private mutating func judgeProgress(
    _ report: PolecatReport, _ pulse: Pulse, _ settings: TownSettings, _ now: Int64
  ) {
    guard case .alive(let session) = report.liveness, report.record.bead != nil, report.record.state.isAtWork
    else { return }
    let age = now / 1_000_000_000 - session.createdAt
    let quiet = now / 1_000_000_000 - max(session.lastActivity ?? 0, pulse.at / 1_000_000_000)
    let startup = nanoseconds(settings.operational("witness.startup_stall_threshold")) / 1_000_000_000
    let grace = nanoseconds(settings.operational("witness.startup_activity_grace")) / 1_000_000_000
    let stuck = nanoseconds(settings.duration("worker_status.stuck")) / 1_000_000_000
    if age >= startup, quiet >= grace, pulse.at / 1_000_000_000 < session.createdAt {
      stalls.append(Stall(polecat: report.name, kind: "startup", action: "nudge"))
    } else if quiet >= stuck {
      stalls.append(Stall(polecat: report.name, kind: "no-progress", action: "nudge, then restart"))
    }
  }

  private mutating func findOrphans(_ store: Store, _ working: Set<String>) throws(BeadsError) {
    var filter = IssueFilter()
    filter.statuses = .any([.hooked])
    for issue in try store.issues(matching: filter)
    where issue.assignee.hasPrefix("\(rig)/polecats/") && !working.contains(issue.assignee) {
      receipts.append(
        Receipt(
          subject: issue.id.rawValue, verdict: "orphan", action: "release: \(issue.assignee) does not have it"
        ))
    }
  }

  /// Whether somebody who was at work is not there any more.
  public var hasActiveZombies: Bool { zombies.contains(where: \.wasActive) }
}

/// What a polecat said of itself last.
private struct Pulse {
  var state = ""
  var at: Int64 = 0

  init(_ report: PolecatReport, _ town: Town) {
    let file = JSONFile(path: town.path(".runtime/heartbeats/\(report.sessionName).json"))
    guard let value = try? file.read() else { return }
    state = value["state"]?.stringValue ?? ""
    at = value["timestamp"]?.stringValue.flatMap { Timestamp($0) }?.unixNanoseconds ?? 0
  }

  func age(_ now: Timestamp) -> Int64 { now.unixNanoseconds - at }
}
