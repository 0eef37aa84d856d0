import BeadsKit

extension Watcher {
  /// Takes a step of the ladder.
  func take(_ action: Ladder.Action, _ agent: AgentRecord, _ session: SessionRecord, _ mind: Mind) {
    let finding = mind.climb.finding
    let found = finding == .idle && action != .nudge ? "no progress" : finding.text
    let evidence = self.evidence(of: mind)
    func note(_ did: String, _ because: String? = nil) {
      decide(agent.address.text, found, did, evidence: because ?? evidence, bead: agent.bead)
    }
    do throws(BeadsError) {
      switch action {
      case .nudge, .nudgeUrgently:
        try remind(agent, isUrgent: action == .nudgeUrgently)
        note(action == .nudge ? "nudged" : "nudged urgently")
      case .look: note("looked at its screen", lookClosely(session) ?? evidence)
      case .restart where session.backend == "none": note("left to you: gt does not run its session")
      case .restart:
        // The worktree stays as it is; the next tick starts a new session in it.
        try launcher.stop(agent.address, reason: found)
        note("session ended, to be started again")
      case .escalate:
        callForHelp(agent, mind)
        note("escalated")
      case .release:
        try release(agent, because: found)
        note("its work was taken back")
      }
    } catch { note("could not be done: \(action.rawValue)", error.message) }
  }

  /// What shows that an agent does not go on.
  private func evidence(of mind: Mind) -> String {
    let quiet = TownOverview.duration(now - mind.activeAt)
    let since = TownOverview.duration(now - mind.climb.since)
    var parts = [
      "no output, no processor time, no change of the worktree and no command of gt for \(quiet)"
    ]
    if since != quiet { parts.append("nothing done for \(since)") }
    if mind.climb.finding != .idle, let line = mind.reading?.line { return "\(line); for \(since)" }
    if !mind.tail.isEmpty { parts.append("it shows: \(mind.tail)") }
    return parts.joined(separator: "; ")
  }

  private func remind(_ agent: AgentRecord, isUrgent: Bool) throws(BeadsError) {
    try Nudges(town, database, launcher).send(
      to: agent.address, from: Self.actor,
      text:
        "You have work on your hook: \(agent.bead?.rawValue ?? ""). Run `gt prime` and go on with it; `gt done` when it is done.",
      urgent: isUrgent, mode: .queue)
  }

  private func lookClosely(_ session: SessionRecord) -> String? {
    guard session.backend == launcher.sessions.backend, session.backend != "none" else { return nil }
    let shown = try? launcher.sessions.capture(session.name, lines: 15)
    return shown.map { "it shows: \(ScreenText.tail($0, 10))" }
  }

  private func callForHelp(_ agent: AgentRecord, _ mind: Mind) {
    let (name, bead) = (agent.address, agent.bead?.rawValue ?? "")
    let since = TownOverview.duration(now - mind.climb.since)
    let shown = mind.reading?.excerpt ?? mind.tail
    let what =
      switch mind.climb.finding {
      case .idle, .limited: "makes no progress"
      case .question: "asks something"
      case .exhausted: "has a full context"
      case .failing: "gets no answers of its model"
      }
    let did = mind.climb.taken.contains(.restart) ? " It was reminded and started again." : ""
    escalate(
      "\(name) \(what)", severity: .medium,
      "It has \(bead) and has done nothing for \(since).\(did) `gt peek \(name)` shows its session."
        + (shown.isEmpty ? "" : "\n\n\(shown)"), about: agent.bead)
  }

  /// Takes the work back from a polecat, so that another one can have it; its worktree is saved before it is used again.
  private func release(_ agent: AgentRecord, because reason: String) throws(BeadsError) {
    guard agent.address.role == .polecat, let name = agent.address.rig else { return }
    try launcher.stop(agent.address, reason: reason)
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    let polecats = Polecats(
      town: town, rig: try town.rig(name.rawValue), database: database, ledgers: ledgers)
    try polecats.unassign(agent.address, reason: "\(agent.address): \(reason)")
  }

  // MARK: - Without work

  /// Ends the session of a polecat that has had no work for a while; that of a crew member never.
  func endIfIdle(
    _ session: SessionRecord, _ agent: AgentRecord, _ evidence: Evidence, _ settings: TownSettings
  ) throws(BeadsError) {
    let limit = nanoseconds(settings.operational("daemon.polecat_idle_session_timeout"))
    let since = max(agent.updatedAt, session.startedAt, evidence.latest)
    guard agent.address.role == .polecat, !agent.isWanted, limit > 0, now - since >= limit,
      session.backend == launcher.sessions.backend, session.backend != "none",
      try database.waitingNudges(for: agent.address).isEmpty, try !hasOpenWork(agent)
    else { return }
    // Somebody may look at it, or have given it work just now.
    guard try launcher.sessions.inventory().first(where: { $0.name == session.name })?.attachedCount == 0,
      try database.openSession(of: agent.address)?.id == session.id,
      let present = try database.agent(agent.address), present.bead == nil, !present.isWanted
    else { return }
    try launcher.stop(agent.address, reason: "no work")
    decide(
      agent.address.text, "it has no work", "session ended",
      evidence: "nothing for \(TownOverview.duration(now - since))")
  }

  /// Whether its tracker says that an agent has work, whatever its own record says; not knowing is an error.
  private func hasOpenWork(_ agent: AgentRecord) throws(BeadsError) -> Bool {
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    return try Hook(town: town, database: database, ledgers: ledgers).current(of: agent.address) != nil
  }
}
