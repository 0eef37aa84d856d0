public import BeadsKit

/// Why nothing of a rig is merged just now, whatever its merge requests are like.
public struct QueueStop: Sendable, Equatable {
  /// What kind of reason it is.
  public enum Kind: String, Sendable {
    /// An emergency stop.
    case emergency = "emergency-stop"
    /// The rig is parked or docked.
    case rig = "rig-stopped"
    /// The settings say that the queue is not worked on.
    case disabled
    /// Somebody paused it.
    case paused
    /// Something is in the way that goes away without the queue: see `MergeHold`.
    case waiting
  }

  /// What kind of reason it is.
  public let kind: Kind
  /// The reason, in a sentence without a full stop.
  public let reason: String
  /// The command that ends it; nil when it ends by itself.
  public var advice: String?
  /// When it is tried again by itself, in nanoseconds since 1970.
  public var retryAt: Int64?
  /// The escalation about it.
  public var escalation: IssueID?

  init(_ kind: Kind, _ reason: String, advice: String? = nil) {
    self.kind = kind
    self.reason = reason
    self.advice = advice
  }
}

extension MergeQueue {
  /// Why nothing is merged just now; nil when the queue goes on.
  ///
  /// What people decided comes before what happened.
  public func stop(_ database: TownDatabase) throws(BeadsError) -> QueueStop? {
    let town = ledgers.town
    if let stop = EmergencyStop.covering(.refinery(rig.name), in: town) {
      let advice = "gt thaw\(stop.rig.map { " --rig \($0)" } ?? "")"
      return QueueStop(.emergency, "emergency stop of \(stop.summary)", advice: advice)
    }
    let state = try RigState.of(rig, in: database)
    if state != .operational {
      let verb = state == .docked ? "undock" : "unpark"
      return QueueStop(.rig, "the rig is \(state.rawValue)", advice: "gt rig \(verb) \(rig.name)")
    }
    if !policy.isEnabled {
      return QueueStop(
        .disabled, "the setting merge_queue.enabled is false",
        advice: "gt rig settings set \(rig.name) merge_queue.enabled true")
    }
    if let pause {
      return QueueStop(.paused, pause.summary, advice: pause.by.isEmpty ? nil : "gt mq resume \(rig.name)")
    }
    guard let hold = try database.mergeHold(rig: rig.name) else { return nil }
    var stop = QueueStop(.waiting, hold.reason)
    stop.retryAt = hold.retryAt
    stop.escalation = hold.escalation
    return stop
  }

  // MARK: Pausing

  /// The pause that somebody ordered; nil while the queue is worked on.
  public var pause: PatrolPause? { PatrolPause.of(.refinery(rig.name), in: ledgers.town) }

  /// Stops the queue after the attempt that runs.
  /// - Returns: Whether it was worked on until now.
  @discardableResult
  public func pause(reason: String, by caller: AgentAddress) throws(BeadsError) -> Bool {
    try PatrolPause.begin(.refinery(rig.name), reason: reason, by: caller, in: ledgers.town)
  }

  /// Lets the queue go on.
  /// - Returns: Whether it was paused.
  @discardableResult
  public func resume(by caller: AgentAddress) throws(BeadsError) -> Bool {
    try PatrolPause.end(.refinery(rig.name), by: caller, in: ledgers.town)
  }
}
