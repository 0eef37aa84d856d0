public import BeadsKit

/// A message that is typed into an agent's session: a row first, then keys, then proof that it was taken.
public struct Nudge: Sendable, Equatable {
  /// How far it has got.
  public enum State: String, Sendable, CaseIterable {
    /// Waits to be typed, or to be fetched by the agent.
    case queued
    /// Is being typed at this moment.
    case typing
    /// Was typed; nothing shows yet that it was taken.
    case typed
    /// The agent took it: its input line emptied, or it fetched the message itself.
    case observed
    /// Its time passed before it could be delivered.
    case expired
    /// The agent was not there to take it.
    case refused
  }

  /// When it is typed.
  public enum Mode: String, Sendable, CaseIterable {
    /// Once the agent waits for input; otherwise it stays queued.
    case waitIdle = "wait-idle"
    /// When the agent fetches it, or somebody delivers what waits.
    case queue
    /// Now.
    case immediate
  }

  /// Its number; of two from one sender the smaller comes first.
  public let id: Int64
  /// Who is to get it.
  public let target: AgentAddress
  /// Who sent it.
  public let sender: String
  /// The text as it was given.
  public let body: String
  /// Whether it may not wait long.
  public let isUrgent: Bool
  /// How far it has got.
  public let state: State
  /// When it was written, in nanoseconds since 1970.
  public let createdAt: Int64
  /// When it is of no use any more.
  public let expiresAt: Int64
  /// What is to be said about its state.
  public let note: String?

  /// The message as the agent gets it: the sender, a number by which a repetition is recognised, the text.
  public var message: String { "[from \(sender) #\(id)] \(body)" }
}

extension TownDatabase {
  private static let nudgeColumns =
    "id, target, sender, body, urgent, state, created_at, expires_at, note"

  /// The nudge of a number.
  public func nudge(_ id: Int64) throws(BeadsError) -> Nudge? {
    try nudges("WHERE id = ?1", [id]).first
  }

  /// What waits for an agent, in the order in which it is delivered; urgent ones do not overtake.
  public func waitingNudges(for target: AgentAddress) throws(BeadsError) -> [Nudge] {
    try nudges(
      """
      WHERE target = ?1 AND state IN ('queued', 'typing') AND expires_at > ?2
        AND (deliver_after IS NULL OR deliver_after <= ?2) ORDER BY id
      """, [target.text, now])
  }

  /// Hands what waits to the agent itself, which asks at a turn; what is being typed at this moment is left out.
  public func drainNudges(for target: AgentAddress) throws(BeadsError) -> [Nudge] {
    if try waitingNudges(for: target).allSatisfy({ $0.state == .typing }) { return [] }
    return try write { _ throws(BeadsError) in
      let waiting = try waitingNudges(for: target).filter { $0.state == .queued }
      for nudge in waiting { try note(nudge.id, .observed, "fetched") }
      return waiting
    }
  }

  func nudges(_ condition: String, _ values: [(any SQLBindable)?]) throws(BeadsError) -> [Nudge] {
    try connection.withStatement("SELECT \(Self.nudgeColumns) FROM nudges \(condition)") {
      statement throws(BeadsError) in
      try statement.bind(values)
      var found: [Nudge] = []
      try statement.forEach { row throws(BeadsError) in
        if let nudge = Nudge(row) { found.append(nudge) }
      }
      return found
    }
  }

  /// Writes down how far a nudge has got.
  func note(_ id: Int64, _ state: Nudge.State, _ note: String? = nil) throws(BeadsError) {
    let time: String? =
      switch state {
      case .typing: "claimed_at"
      case .typed: "typed_at"
      case .observed: "observed_at"
      case .queued, .expired, .refused: nil
      }
    try write { db throws(BeadsError) in
      try db.execute(
        "UPDATE nudges SET state = ?2, note = ?3\(time.map { ", \($0) = ?4" } ?? "") WHERE id = ?1", id,
        state.rawValue, note, now)
    }
  }
}

extension Nudge {
  fileprivate init?(_ row: borrowing Row) {
    guard let target = AgentAddress(row.text(1)), let state = State(rawValue: row.text(5)) else { return nil }
    id = row.int64(0)
    self.target = target
    sender = row.text(2)
    body = row.text(3)
    isUrgent = row.bool(4)
    self.state = state
    createdAt = row.int64(6)
    expiresAt = row.int64(7)
    note = row.optionalText(8)
  }
}
