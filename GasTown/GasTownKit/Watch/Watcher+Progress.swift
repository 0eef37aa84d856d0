import BeadsKit

extension Watcher {
  /// Looks every five seconds whether agents with work do something, so that a step after 20 s is taken within 30.
  ///
  /// No process is started for that, except that the screen of an agent is read when it may tell why it does not go on.
  func watchProgress() throws(BeadsError) {
    let now = now
    guard now - looks.evidenceAt >= 5 * Self.second else { return }
    looks.evidenceAt = now
    let roster = try currentRoster()
    let sessions = roster.sessions.filter { holds.reason(for: $0.address) == nil }
    if sessions.isEmpty { return }
    let settings = try currentSettings()
    let agents = Dictionary(roster.agents.map { ($0.address, $0) }) { $1 }
    let processes = ProcessTable()
    for session in sessions where !isStopping() {
      guard let agent = agents[session.address], agent.state != .stuck, agent.state != .awaitingGate else {
        continue
      }
      let evidence = Evidence(session, agent, processes: processes, town: town)
      do throws(BeadsError) {
        if let bead = agent.bead {
          try follow(session, agent, bead, evidence, settings)
        } else {
          try endIfIdle(session, agent, evidence, settings)
        }
      } catch { log("\(session.address): \(error.message)") }
    }
  }

  /// The settings of the town, read again only after a change.
  func currentSettings() throws(BeadsError) -> TownSettings {
    let stamp = try FileSystem.stamp(town.path("settings/config.json"))
    if let known = looks.settings, known.stamp == stamp { return known.settings }
    let settings = try TownSettings.load(town)
    looks.settings = (stamp, settings)
    return settings
  }

  /// Looks at one agent with work, and takes the step that is due.
  private func follow(
    _ session: SessionRecord, _ agent: AgentRecord, _ bead: IssueID, _ evidence: Evidence,
    _ settings: TownSettings
  ) throws(BeadsError) {
    let known = minds[session.id].flatMap { $0.climb.bead == bead ? $0 : nil }
    let saved = known == nil ? try database.climb(of: agent.address, at: bead) : known?.climb
    var mind = known ?? Mind(evidence, session, saved, bead: bead, at: now)
    let wasLimited = mind.climb.finding == .limited
    mind.look(evidence, at: now)
    if wasLimited, mind.climb.finding != .limited { forgetLimit(of: session.runtime) }
    defer { minds[session.id] = mind }
    if !isUnwatched(agent.address) {
      try handle(&mind, session, agent, settings)
    }
    if mind.climb != (saved ?? Climb(bead: bead, since: mind.climb.since)) {
      try database.save(mind.climb, of: agent.address)
    }
  }

  private func handle(
    _ mind: inout Mind, _ session: SessionRecord, _ agent: AgentRecord, _ settings: TownSettings
  ) throws(BeadsError) {
    var ladder = Ladder.of(mind.climb.finding, agent.address.role, settings)
    var trial = mind.climb
    let isDue = trial.due(on: ladder, at: now, activeAt: mind.activeAt) != nil
    if mind.wantsReading(at: now, isActionDue: isDue), read(session, &mind, settings) {
      tell(mind, agent)
      ladder = Ladder.of(mind.climb.finding, agent.address.role, settings)
    }
    if mind.climb.finding == .limited { return waitForLimit(&mind, session, agent) }
    var next = mind.climb
    guard let due = next.due(on: ladder, at: now, activeAt: mind.activeAt) else { return }
    if due.isStrong, mind.climb.finding == .idle, hasResult(agent, since: mind.climb.since) {
      return mind.climb.noteResult(at: now)
    }
    guard try isStillAt(agent, session), let action = advised(due, agent, session, mind, settings) else {
      return
    }
    if case .step(let chosen) = action, chosen.isStrong { next.taken.insert(chosen) }
    mind.climb = next
    if case .step(let chosen) = action { take(chosen, agent, session, mind) }
  }

  /// Reads the screen of an agent.
  /// - Returns: Whether something else is known to keep it from going on than before.
  private func read(_ session: SessionRecord, _ mind: inout Mind, _ settings: TownSettings) -> Bool {
    guard session.backend == launcher.sessions.backend, session.backend != "none",
      let screen = try? launcher.sessions.capture(session.name, lines: 40)
    else { return false }
    let before = mind.climb.finding
    mind.read(screen, signs(of: session), at: now)
    mind.conclude(at: town.now, standard: nanoseconds(settings.operational("daemon.rate_limit_wait")))
    return mind.climb.finding != before
  }

  /// What to look for on the screen of a session.
  func signs(of session: SessionRecord) -> [ScreenSign] {
    let rig = session.address.rig.flatMap { try? town.rig($0.rawValue) }
    let runtime = try? RuntimeRegistry.load(town, rig).runtime(named: session.runtime)
    return runtime?.allSigns ?? Runtime.commonSigns
  }

  /// Says what was seen on a screen.
  private func tell(_ mind: Mind, _ agent: AgentRecord) {
    let finding = mind.climb.finding
    if finding == .idle {
      return decide(
        agent.address.text, "nothing on its screen keeps it from going on any more", "looked after again",
        evidence: mind.tail, bead: agent.bead)
    }
    if finding == .limited { return }
    decide(
      agent.address.text, finding.text, "noted", evidence: mind.reading?.line ?? "", bead: agent.bead)
  }

  /// Whether an agent got something done that its evidence does not show: an edit deep in its worktree, a change of its
  /// issue.
  private func hasResult(_ agent: AgentRecord, since time: Int64) -> Bool {
    if let worktree = agent.worktree, Evidence.hasChanged(below: worktree, since: time) { return true }
    guard let bead = agent.bead else { return false }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    let issue = try? ledgers.store(for: bead).issue(bead)
    return (issue?.updatedAt.unixNanoseconds ?? 0) > time
  }

  /// Whether session and work are still those that were looked at; a polecat whose work is no longer its own rests.
  private func isStillAt(_ agent: AgentRecord, _ session: SessionRecord) throws(BeadsError) -> Bool {
    guard try database.openSession(of: agent.address)?.id == session.id,
      let present = try database.agent(agent.address), present.bead == agent.bead, let bead = agent.bead
    else { return false }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    guard let issue = try ledgers.store(for: bead).issue(bead) else { return true }
    if issue.assignee == agent.address.text, !issue.isClosed, issue.status != .inReview { return true }
    if agent.address.role == .polecat { try sendToRest(agent, issue, ledgers) }
    return false
  }
}
