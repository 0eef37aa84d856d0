public import BeadsKit

/// A polecat as people and programs see it: what its record, its session and its worktree say together.
public struct PolecatReport: Sendable {
  /// How a polecat is doing.
  public enum State: String, Sendable {
    /// Without work.
    case idle
    /// Given work; its session is about to start.
    case spawning
    /// At work, or in a session of its own accord.
    case working
    /// Has work, but no session any more.
    case stalled
    /// Has said that it cannot go on.
    case stuck
    /// Waits for a gate.
    case awaitingGate = "awaiting-gate"
    /// Has a session, but no worktree.
    case zombie
    /// Its worktree was removed; the identity stays.
    case nuked
  }

  /// Its record.
  public let record: AgentRecord
  /// Its rig.
  public let rig: Rig
  /// What is known of its session.
  public let liveness: Liveness
  /// How it is doing.
  public let state: State

  /// Derives the state; an error is never read as "no session".
  init(_ record: AgentRecord, _ rig: Rig, _ liveness: Liveness) {
    self.record = record
    self.rig = rig
    self.liveness = liveness
    let hasFolder = record.address.name.map { FileSystem.isDirectory(rig.polecatWorktree($0)) } ?? false
    let isGone: Bool =
      switch liveness {
      case .dead, .none: true
      case .alive, .unknown: false
      }
    state =
      switch record.state {
      case .stuck: .stuck
      case .awaitingGate: .awaitingGate
      case _ where liveness.isAlive && !hasFolder: .zombie
      case .spawning where isGone: .spawning
      case _ where record.bead != nil && record.state != .idle: isGone ? .stalled : .working
      case _ where liveness.isAlive: .working
      case .nuked: .nuked
      default: .idle
      }
  }

  /// Its name.
  public var name: String { record.address.name?.rawValue ?? "" }
  /// The name of its session.
  public var sessionName: String { rig.sessionName(record.address) }
  /// Where it works.
  public var worktree: String? { record.address.name.map { rig.polecatWorktree($0) } }
}

extension Polecats {
  /// All polecats of the rig, or one; one look at the sessions, whatever their number.
  public func reports(_ one: AgentRecord? = nil, _ launcher: AgentLauncher) throws(BeadsError)
    -> [PolecatReport]
  {
    var records = one.map { [$0] } ?? []
    if one == nil { records = try all() }
    let liveness = launcher.liveness(of: records.map(\.address))
    return records.map { PolecatReport($0, rig, liveness[$0.address] ?? .unknown("nobody looked")) }
  }

  /// What has to be done before a polecat's worktree may go.
  public func recovery(of record: AgentRecord) throws(BeadsError) -> Recovery {
    let obstacles = try obstacles(to: record).filter { $0 != .caller }
    var recovery = Recovery()
    let path = record.address.name.map { rig.polecatWorktree($0) } ?? ""
    guard FileSystem.exists(path) else { return recovery }
    if let state = try? WorktreeState.read(path, town.environment) {
      recovery.cleanupStatus = state.cleanupStatus
      recovery.branch = state.branch
    } else {
      recovery.cleanupStatus = "unknown"
    }
    let base = record.base ?? rig.defaultBranch
    let isMerged = (try? worktrees.isMerged(path, base)) ?? false
    let hasRequest = obstacles.contains { if case .mergeRequest = $0 { true } else { false } }
    let wasHandedIn = record.lastDone?.branch == recovery.branch?.rawValue
    let isEmpty = !wasHandedIn && (try? worktrees.isEmpty(path, base)) ?? false
    recovery.queueStatus = hasRequest ? "open" : isEmpty ? nil : isMerged ? "merged" : "not_submitted"
    let isLossy = obstacles.contains { if case .mergeRequest = $0 { false } else { true } }
    if isLossy {
      recovery.verdict = .needsRecovery
    } else if !isMerged, !hasRequest, recovery.branch != nil {
      recovery.verdict = .needsSubmission
    }
    return recovery
  }
}

/// Whether the worktree of a polecat may go.
public struct Recovery: Sendable, Equatable {
  /// What is to be done first.
  public enum Verdict: String, Sendable {
    /// Nothing.
    case safe = "SAFE_TO_NUKE"
    /// Something is nowhere else: it has to be committed and pushed.
    case needsRecovery = "NEEDS_RECOVERY"
    /// Its commits are pushed, but not merged, and nothing says that they are to be.
    case needsSubmission = "NEEDS_MQ_SUBMIT"
  }

  /// `clean`, `has_uncommitted`, `has_stash`, `has_unpushed` or `unknown`.
  public var cleanupStatus = "clean"
  /// What is to be done first.
  public var verdict = Verdict.safe
  /// The branch that is checked out.
  public var branch: BranchName?
  /// `open`, `merged` or `not_submitted`; nil without a worktree.
  public var queueStatus: String?
}
