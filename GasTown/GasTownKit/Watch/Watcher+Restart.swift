import BeadsKit

extension Watcher {
  /// Whether an agent is a polecat whose witness rests.
  func isUnwatched(_ agent: AgentAddress) -> Bool {
    guard agent.role == .polecat, let rig = agent.rig else { return false }
    return PatrolPause.of(.witness(rig), in: town) != nil
  }

  /// Starts the session of an agent that shall run and does not, if it may.
  func bringBack(_ agent: AgentRecord) throws(BeadsError) {
    if agent.state == .spawning, now - agent.updatedAt < 60 * Self.second { return try finishSpawning(agent) }
    guard agent.state != .stuck, agent.state != .awaitingGate, agent.address.role.hasSession,
      holds.reason(for: agent.address) == nil, !isUnwatched(agent.address)
    else { return }
    if let bead = agent.bead, let end = try database.climb(of: agent.address, at: bead)?.until, now < end {
      return
    }
    let isExcused = vigil.excused.contains(agent.address)
    let history = try deathsInARow(agent)
    guard isExcused || (now >= history.nextAt && !policy.isLoop(history)) else {
      if policy.isLoop(history) { try freeStaleHook(agent, history) }
      return
    }
    if agent.address.role == .polecat, try !isStillAssigned(agent) { return }
    guard try mayRestart(agent) else { return }
    let next = isExcused ? history : policy.restarted(history, at: now)
    if !isExcused { try database.save(next, of: agent) }
    if !isExcused, policy.isLoop(next) { return giveUp(agent, next) }
    start(agent, next, isExcused: isExcused)
  }

  /// Completes an assignment whose giver ended half-way.
  private func finishSpawning(_ agent: AgentRecord) throws(BeadsError) {
    guard let bead = agent.bead, let assignedAt = agent.assignedAt, now - assignedAt < 60 * Self.second,
      now - agent.updatedAt > 2 * Self.second, holds.reason(for: agent.address) == nil,
      Sling.lock(of: bead, town).holder() == nil
    else { return }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    let sling = Sling(
      town: town, database: database, ledgers: ledgers, launcher: launcher, caller: Self.actor)
    let outcomes = try sling.run(SlingRequest(completing: bead, of: agent))
    guard outcomes.first?.action == .resumed else { return }
    decide(
      agent.address.text, "who gave it \(bead) ended half-way", "assignment completed",
      evidence: "nobody holds the lock of the assignment", bead: bead)
  }

  private func start(_ agent: AgentRecord, _ history: RestartPolicy.History, isExcused: Bool) {
    let found = "it shall run and has no session"
    do throws(BeadsError) {
      let ready = try prepared(agent)
      let prompt = Beacon.text(
        to: agent.address, from: Self.actor, about: agent.bead?.rawValue ?? "restart",
        "Your session ended and was started again in the same place. Run `gt prime`, and go on where your work stands.",
        at: town.now)
      let session = try launcher.start(ready.address, prompt: prompt)
      vigil.excused.remove(agent.address)
      if ready.state == .spawning {
        try database.update(ready.address) { if $0.state == .spawning { $0.state = .working } }
      }
      let evidence = isExcused ? "it ended with its server" : "restart \(history.count)"
      decide(
        agent.address.text, found, "started again", evidence: "\(evidence), session \(session.name)",
        bead: agent.bead)
    } catch {
      if error.code == .exists { return }
      vigil.excused.remove(agent.address)
      decide(agent.address.text, found, "could not be started", evidence: error.message, bead: agent.bead)
    }
  }

  /// Whether settings allow that an agent is started; otherwise says what a person would do.
  private func mayRestart(_ agent: AgentRecord) throws(BeadsError) -> Bool {
    let found = "it shall run and has no session"
    if launcher.sessions.backend == "none" {
      let ready = try prepared(agent)
      decideOnce(
        agent.address.text, found, "left to you: gt runs no sessions here",
        evidence:
          "`gt session start \(agent.address)` prints the command to run in \(ready.worktree ?? town.root)",
        bead: agent.bead)
      return false
    }
    guard let name = agent.address.rig, let rig = holds.open.first(where: { $0.name == name }) else {
      return true
    }
    if try RigSettings.load(rig).bool("auto_restart") { return true }
    decideOnce(
      agent.address.text, found, "left alone", evidence: "auto_restart of \(name) is off", bead: agent.bead)
    return false
  }

  private func giveUp(_ agent: AgentRecord, _ history: RestartPolicy.History) {
    decide(
      agent.address.text, "it died \(history.count) times in a row", "not started again",
      evidence: "`gt daemon clear-backoff \(agent.address)` lets it", bead: agent.bead)
    escalate(
      "\(agent.address) dies again and again", severity: .high,
      "It was started \(history.count) times and died each time; its work is \(agent.bead?.rawValue ?? "none").",
      about: agent.bead)
  }

  /// Takes the work back from an agent that was given up an hour ago: another one may have more luck.
  private func freeStaleHook(_ agent: AgentRecord, _ history: RestartPolicy.History) throws(BeadsError) {
    guard agent.address.role == .polecat, let bead = agent.bead, let name = agent.address.rig,
      now - history.lastAt > 3600 * Self.second
    else { return }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    let polecats = Polecats(
      town: town, rig: try town.rig(name.rawValue), database: database, ledgers: ledgers)
    try polecats.unassign(agent.address, reason: "it died again and again")
    decide(
      agent.address.text, "it was given up an hour ago and has \(bead)", "\(bead) is open again",
      evidence: "died \(history.count) times", bead: bead)
  }

  /// Whether a polecat's issue is still its own to work on; if not, it rests.
  private func isStillAssigned(_ agent: AgentRecord) throws(BeadsError) -> Bool {
    guard let bead = agent.bead else { return false }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    guard let issue = try ledgers.store(for: bead).issue(bead) else { return false }
    if issue.assignee == agent.address.text, !issue.isClosed, issue.status != .inReview { return true }
    try sendToRest(agent, issue, ledgers)
    return false
  }

  /// Lets a polecat rest whose issue is no longer its own to work on.
  func sendToRest(_ agent: AgentRecord, _ issue: Issue, _ ledgers: Ledgers) throws(BeadsError) {
    guard let name = agent.address.rig else { return }
    let polecats = Polecats(
      town: town, rig: try town.rig(name.rawValue), database: database, ledgers: ledgers)
    _ = try polecats.retire(agent.address)
    decide(
      agent.address.text, "its issue \(issue.id) is no longer its own", "sent to rest",
      evidence: "\(issue.status), \(issue.assignee.isEmpty ? "nobody's" : issue.assignee)", bead: issue.id)
  }

  /// The agent with a worktree, which a crash may have kept it from getting, or somebody has removed.
  private func prepared(_ agent: AgentRecord) throws(BeadsError) -> AgentRecord {
    guard agent.address.role == .polecat, let name = agent.address.rig else { return agent }
    let rig = try town.rig(name.rawValue)
    // The branch is written down before it is made: one that does not exist was never begun on.
    if let worktree = agent.worktree, FileSystem.isDirectory(worktree), let branch = agent.branch,
      try GitRepository(at: rig.repository).target(of: "refs/heads/\(branch)") != nil
    {
      return agent
    }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    return try Polecats(town: town, rig: rig, database: database, ledgers: ledgers).prepareWorktree(agent)
  }
}
