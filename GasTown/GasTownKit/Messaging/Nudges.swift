public import BeadsKit

/// Messages that are typed into the sessions of agents.
///
/// A nudge is a row before a key is pressed, so that nothing is lost: it is queued, typing, typed, and observed once the
/// agent was seen to take it. Who delivers holds the lock of the session, and types what waits in the order in which
/// it was written: each once, those of one sender in their order.
public final class Nudges {
  let town: Town
  /// The town's database.
  public let database: TownDatabase
  /// What starts and ends the agents.
  public let launcher: AgentLauncher

  /// Longer texts are refused; they belong into mail or an issue.
  public static let maximumLength = 65_536

  /// The nudges of a town.
  public init(_ town: Town, _ database: TownDatabase, _ launcher: AgentLauncher) {
    self.town = town
    self.database = database
    self.launcher = launcher
  }

  // MARK: - Sending

  /// Writes a nudge and delivers it as the mode says.
  /// - Parameter force: Whether an agent is disturbed that does not want to be.
  /// - Returns: The nudge and how far it has got; `queued` and `typed` are no failures, but no success either.
  /// - Throws: `refused` for an agent whose session is dead or who does not want to be disturbed, `conflict` when too
  ///   many wait already, `invalid` for a text or an agent that cannot be nudged.
  @discardableResult
  public func send(
    to target: AgentAddress, from sender: AgentAddress, text: String, urgent: Bool = false,
    mode: Nudge.Mode = .waitIdle, force: Bool = false
  ) throws(BeadsError) -> Nudge {
    try check(target, text, force: force)
    // Who is frozen takes nothing; the message waits for it.
    let isTyped =
      mode != .queue && launcher.sessions.backend != "none" && EmergencyStop.covering(target, in: town) == nil
    if isTyped { try checkLiveness(target) }
    let id = try insert(target, sender, text, urgent)
    EventLog(town).append("nudge", actor: sender.text, [("target", target.text), ("id", "\(id)")])
    if isTyped { try deliver(id, to: target, mode) }
    guard let nudge = try database.nudge(id) else {
      throw BeadsError(.notFound, "the nudge \(id) is gone")
    }
    return nudge
  }

  private func check(_ target: AgentAddress, _ text: String, force: Bool) throws(BeadsError) {
    guard target.role.hasSession else {
      throw BeadsError(
        .invalid, "\(target) has no session to type into", hint: "`gt mail send \(target)` reaches it")
    }
    guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw BeadsError(.invalid, "a nudge needs a text")
    }
    guard text.utf8.count <= Self.maximumLength else {
      throw BeadsError(
        .invalid, "a nudge of \(text.utf8.count) bytes is too long; the limit is \(Self.maximumLength)",
        hint: "`gt mail send` takes longer texts")
    }
    if !force, try database.agent(target)?.notifications == "muted" {
      throw BeadsError(
        .refused, "\(target) does not want to be disturbed", hint: "mail waits for it; --force disturbs it")
    }
  }

  private func checkLiveness(_ target: AgentAddress) throws(BeadsError) {
    switch launcher.liveness(of: [target])[target] {
    case .alive: return
    case .unknown(let reason):
      throw BeadsError(.io, "it cannot be told whether \(target) runs: \(reason); nothing was typed")
    case .dead, .none?, nil:
      throw BeadsError(
        .refused, "\(target) does not run; nothing was typed",
        hint: "--mode queue keeps the message for its next session")
    }
  }

  private func insert(
    _ target: AgentAddress, _ sender: AgentAddress, _ text: String, _ urgent: Bool
  ) throws(BeadsError) -> Int64 {
    let limit = launcher.settings.operationalInt("nudge.max_queue_depth")
    let life = nanoseconds(launcher.settings.operational(urgent ? "nudge.urgent_ttl" : "nudge.normal_ttl"))
    return try database.write { db throws(BeadsError) in
      try db.execute(
        "UPDATE nudges SET state = 'expired' WHERE target = ?1 AND state = 'queued' AND expires_at <= ?2",
        target.text, database.now)
      let waiting =
        try db.int64(
          "SELECT count(*) FROM nudges WHERE target = ?1 AND state IN ('queued', 'typing')", target.text) ?? 0
      guard waiting < limit else {
        throw BeadsError(
          .conflict, "\(waiting) nudges wait for \(target) already",
          hint: "send mail, or ask a person to look")
      }
      try db.execute(
        """
        INSERT INTO nudges (target, sender, body, urgent, state, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6)
        """, target.text, sender.text, text, urgent, database.now, database.now &+ life)
      return try db.int64("SELECT last_insert_rowid()") ?? 0
    }
  }

  private func deliver(_ id: Int64, to target: AgentAddress, _ mode: Nudge.Mode) throws(BeadsError) {
    if mode == .waitIdle, try !waitUntilIdle(target, for: 15_000_000_000) { return }
    do throws(BeadsError) { try deliver(to: target) } catch {
      guard error.code == .refused, try database.nudge(id)?.state == .queued else { throw error }
      try database.note(id, .refused, error.message)
      throw error
    }
  }

  // MARK: - Delivering

  /// Types what waits for an agent, until nothing waits or the agent takes no more.
  /// - Returns: What was typed.
  /// - Throws: `refused` when the agent is dead; then nothing was typed and everything still waits.
  @discardableResult
  public func deliver(to target: AgentAddress) throws(BeadsError) -> [Nudge] {
    if launcher.sessions.backend == "none" { return [] }
    let name = try town.sessionName(target)
    return try launcher.withSessionLock(name) { () throws(BeadsError) in
      // Another sender may have typed it while we waited.
      guard try !database.waitingNudges(for: target).isEmpty else { return [] }
      guard let session = try database.openSession(of: target) else {
        throw BeadsError(.refused, "\(target) does not run; nothing was typed")
      }
      let runtime = try? RuntimeRegistry.load(town).runtime(named: session.runtime)
      try waitUntilReady(session, runtime)
      var typed: [Nudge] = []
      while let nudge = try database.waitingNudges(for: target).first {
        if nudge.state == .typing, try wasTyped(nudge, in: name) {
          try database.note(nudge.id, .typed, "typed by a process that ended")
          continue
        }
        guard try type(nudge, session, runtime) else { break }
        typed.append(nudge)
      }
      return typed
    }
  }

  /// Types one nudge; false when the agent was not seen to take it, so that no more is typed on top of it.
  private func type(
    _ nudge: Nudge, _ session: SessionRecord, _ runtime: Runtime?
  ) throws(BeadsError) -> Bool {
    try database.note(nudge.id, .typing)
    let isTaken: Bool
    do throws(BeadsError) {
      isTaken = try launcher.sessions.send(
        TypedMessage(nudge.message, process: session.process, prompt: runtime?.readyPrompt), to: session.name)
    } catch {
      try database.note(nudge.id, .queued, error.message)
      throw error
    }
    try database.note(
      nudge.id, isTaken ? .observed : .typed, isTaken ? nil : "the agent was not seen to take it")
    return isTaken
  }

  /// Whether a nudge whose deliverer ended in the middle is on the screen.
  private func wasTyped(_ nudge: Nudge, in name: String) throws(BeadsError) -> Bool {
    guard launcher.sessions.backend == "tmux" else { return false }
    return try launcher.sessions.capture(name, lines: 500).contains("#\(nudge.id)]")
  }

  /// Hands what waits to the agent itself; see `TownDatabase.drainNudges`.
  public func drain(for target: AgentAddress) throws(BeadsError) -> [Nudge] {
    try database.drainNudges(for: target)
  }

  /// The text by which a hook puts nudges into an agent's context; nil for none.
  public static func injection(_ nudges: [Nudge]) -> String? {
    if nudges.isEmpty { return nil }
    let (urgent, normal) = (nudges.filter(\.isUrgent), nudges.filter { !$0.isUrgent })
    var text = "<system-reminder>\n"
    if !urgent.isEmpty {
      text += "Urgent messages; deal with them before anything else:\n"
      text += urgent.map { TypedText.encode($0.message) + "\n" }.joined()
    }
    if !normal.isEmpty {
      text += "Messages from other agents; go on with your work, and deal with them when it suits:\n"
      text += normal.map { TypedText.encode($0.message) + "\n" }.joined()
    }
    return text + "</system-reminder>\n"
  }
}
