import BeadsKit

extension Watcher {
  /// Finds sessions that died, and starts again what shall run.
  func watchSessions() throws(BeadsError) {
    let open = try database.openSessions()
    let suspects = open.filter { $0.process?.isAlive != true && now - $0.startedAt > 5 * Self.second }
    if !suspects.isEmpty {
      // One look for all of them, and only now: a process that has ended is no session that has.
      let found = launcher.liveness(of: suspects.map(\.address))
      for session in suspects {
        try judge(session, found[session.address] ?? .unknown("it was not looked at"))
      }
    }
    minds = minds.filter { id, _ in open.contains { $0.id == id } }
    guard now >= holdUntil else { return }
    let running = Set(try database.openSessions().map(\.address))
    for agent in try database.agents() where agent.isWanted && !running.contains(agent.address) {
      try restart(agent)
    }
  }

  private func judge(_ session: SessionRecord, _ liveness: Liveness) throws(BeadsError) {
    switch liveness {
    case .alive: return
    case .unknown(let reason):
      // Error is not absence.
      if minds[session.id] == nil { log("\(session.address): left alone, \(reason)") }
    case .dead, .none:
      var status: Int32?
      if case .dead(let exit) = liveness { status = exit }
      let how = status.map { "exit status \($0)" } ?? "gone"
      try database.endSession(session.id, "died", exitStatus: status)
      // What it left running is ours to end, and would work on beside its successor.
      try launcher.sessions.stop(session.name, nonce: session.nonce, grace: .seconds(1))
      events.append(
        "session_death", actor: Self.actor.text,
        [("session", session.name), ("agent", session.address.text), ("reason", how), ("caller", "daemon")])
      decide(session.address.text, "session died", "session closed", evidence: how)
      noteDeath()
      // Of many that died at once it is not told whose fault it was.
      if deaths.count < 3 {
        do throws(BeadsError) { try watchMountains(deathOf: session.address) } catch {
          log("\(session.address): \(error.message)")
        }
      }
    }
  }

  /// Many deaths at once have one cause, such as a tmux server that was killed: starting all again at once would only
  /// add to it.
  private func noteDeath() {
    deaths = deaths.filter { now - $0 < 30 * Self.second } + [now]
    guard deaths.count >= 3, now >= holdUntil else { return }
    let isServer = (try? launcher.sessions.inventory().isEmpty) ?? false
    let cause = isServer ? "no session is left: the server of the sessions ended" : "unknown"
    events.append(
      "mass_death", actor: Self.actor.text,
      [("count", String(deaths.count)), ("window", "30s"), ("possible_cause", cause)])
    decide("town", "\(deaths.count) sessions died within 30 s", "restarts wait for 2 s", evidence: cause)
    escalate("Many agents died at once", severity: .high, "\(deaths.count) sessions within 30 s: \(cause)")
    holdUntil = now + 2 * Self.second
    deaths = []
  }

  /// Whether an agent is a polecat whose witness rests.
  func isUnwatched(_ agent: AgentAddress) -> Bool {
    guard agent.role == .polecat, let rig = agent.rig else { return false }
    return PatrolPause.of(.witness(rig), in: town) != nil
  }

  /// Starts the session of an agent that shall run, if it may.
  private func restart(_ agent: AgentRecord) throws(BeadsError) {
    // Whoever gave the work out is about to start it.
    if agent.state == .spawning, now - agent.updatedAt < 60 * Self.second { return }
    guard agent.state != .stuck, agent.state != .awaitingGate, agent.address.role.hasSession else { return }
    guard !isUnwatched(agent.address) else { return }
    let history = try database.restartHistory(agent.address)
    guard now >= history.nextAt, !policy.isLoop(history) else { return }
    if agent.address.role == .polecat, try !isStillAssigned(agent) { return }
    let next = policy.restarted(history, at: now)
    try database.save(next, of: agent.address)
    if policy.isLoop(next) {
      decide(
        agent.address.text, "it died \(next.count) times in a row", "not started again",
        evidence: "`gt daemon clear-backoff \(agent.address)` lets it")
      escalate(
        "\(agent.address) dies again and again", severity: .high,
        "It was started \(next.count) times and died each time; its work is \(agent.bead?.rawValue ?? "none")."
      )
      return
    }
    do throws(BeadsError) {
      let ready = try prepared(agent)
      let prompt = Beacon.text(
        to: agent.address, from: Self.actor, about: agent.bead?.rawValue ?? "restart",
        "Your session ended and was started again in the same place. Run `gt prime`, and go on where your work stands.",
        at: town.now)
      let session = try launcher.start(ready.address, prompt: prompt)
      decide(
        agent.address.text, "it shall run and has no session", "started again",
        evidence: "restart \(next.count), session \(session.name)")
    } catch {
      if error.code == .exists { return }
      decide(
        agent.address.text, "it shall run and has no session", "could not be started", evidence: error.message
      )
    }
  }

  /// Whether a polecat's issue is still its own to work on; if not, it rests.
  private func isStillAssigned(_ agent: AgentRecord) throws(BeadsError) -> Bool {
    guard let bead = agent.bead else { return false }
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    guard let issue = try ledgers.store(for: bead).issue(bead) else { return false }
    if issue.assignee == agent.address.text, !issue.isClosed, issue.status != .inReview { return true }
    if let name = agent.address.rig {
      let polecats = Polecats(
        town: town, rig: try town.rig(name.rawValue), database: database, ledgers: ledgers)
      _ = try polecats.retire(agent.address)
      decide(
        agent.address.text, "its issue \(bead) is no longer its own", "sent to rest",
        evidence: "\(issue.status), \(issue.assignee.isEmpty ? "nobody's" : issue.assignee)")
    }
    return false
  }

  /// The agent with a worktree, which a crash may have kept it from getting.
  private func prepared(_ agent: AgentRecord) throws(BeadsError) -> AgentRecord {
    guard agent.address.role == .polecat, let rig = agent.address.rig,
      agent.worktree == nil || agent.branch == nil
    else { return agent }
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    return try Polecats(town: town, rig: try town.rig(rig.rawValue), database: database, ledgers: ledgers)
      .prepareWorktree(agent)
  }
}
