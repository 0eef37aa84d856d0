public import BeadsKit

/// An open convoy on which nobody works although it is not done.
public struct StrandedConvoy: Sendable {
  /// Why it does not move.
  public enum Kind: String, Sendable {
    /// Something of it could be slung.
    case feedable
    /// Nothing of it could be slung.
    case stuck
    /// It follows nothing.
    case empty
  }

  /// The convoy with what it follows.
  public let progress: ConvoyProgress
  /// Issues that could be slung, in the convoy's order.
  public let ready: [TrackedIssue]

  /// Why it does not move.
  public var kind: Kind { ready.isEmpty ? (progress.tracked.isEmpty ? .empty : .stuck) : .feedable }
}

extension TrackedIssue {
  private static let slingableTypes: [IssueType] = [.task, .bug, .feature, .chore, IssueType(rawValue: "")]

  /// Whether issues of its type are work for one agent.
  public var isSlingable: Bool { issue.map { Self.isSlingable($0.type) } ?? false }

  static func isSlingable(_ type: IssueType) -> Bool { slingableTypes.contains(type) }

  /// Whether it is assigned to somebody.
  var isTaken: Bool { issue?.status == .hooked || issue?.status == .inProgress }
}

extension Convoys {
  /// The open convoys that need somebody: with work that can start and nobody on it, stuck, or empty.
  ///
  /// A convoy with work in hand is not stranded unless more of it is ready. Staged and paused ones are left alone.
  /// - Parameter isAlive: Whether an agent has a session, or nil when that cannot be told; an issue is taken away from
  ///   nobody on a guess.
  public func stranded(
    isAlive: (AgentAddress) throws(BeadsError) -> Bool? = { _ in nil }
  ) throws(BeadsError) -> [StrandedConvoy] {
    let candidates = try list(.status(.open)).filter { !$0.issue.labels.contains("mountain:paused") }
    if candidates.isEmpty { return [] }
    let scheduled = Set(try ledgers.slingContexts().map(\.work))
    var found: [StrandedConvoy] = []
    for progress in try status(of: candidates) where !progress.isComplete {
      var ready: [TrackedIssue] = []
      var isMoving = false
      for tracked in progress.tracked where !tracked.isDone {
        let isAbandoned = tracked.isTaken ? try isAbandoned(tracked, isAlive) : false
        if tracked.isTaken, !isAbandoned { isMoving = true }
        if scheduled.contains(tracked.id) {
          isMoving = true
          continue
        }
        let canStart = isAbandoned || tracked.issue?.status == .open
        if canStart, !tracked.isBlocked, tracked.isSlingable { ready.append(tracked) }
      }
      if !ready.isEmpty || !isMoving { found.append(StrandedConvoy(progress: progress, ready: ready)) }
    }
    return found
  }

  /// Whether an issue is assigned to an agent that is certainly not there.
  private func isAbandoned(
    _ tracked: TrackedIssue, _ isAlive: (AgentAddress) throws(BeadsError) -> Bool?
  ) throws(BeadsError) -> Bool {
    guard let issue = tracked.issue, let holder = AgentAddress(issue.assignee), holder.role == .polecat else {
      return false
    }
    // A polecat that has another assignment, or none, does not come back to this one; but an assignment is written to
    // two databases, one after the other.
    let isSettled = issue.updatedAt.adding(seconds: 60) < ledgers.town.now
    if database != nil, isSettled, tracked.worker?.address != holder { return true }
    return try isAlive(holder) == false
  }
}
