import BeadsKit

extension Watcher {
  /// What is done about an agent with work that does nothing, and after how long; each step once.
  struct Rung: Sendable {
    enum Action: Sendable { case nudge, nudgeUrgently, restart, escalate }
    let after: Int64
    let action: Action
  }

  static let ladder = [
    Rung(after: 30 * second, action: .nudge),
    Rung(after: 1800 * second, action: .nudgeUrgently),
    Rung(after: 2400 * second, action: .restart),
    Rung(after: 3000 * second, action: .escalate),
  ]

  /// Looks every ten seconds whether agents with work do something.
  func watchProgress() throws(BeadsError) {
    let now = now
    guard now - looks.evidenceAt >= 10 * Self.second else { return }
    looks.evidenceAt = now
    let roster = try currentRoster()
    let sessions = roster.sessions.filter { holds.reason(for: $0.address) == nil }
    if sessions.isEmpty { return }
    let agents = Dictionary(roster.agents.map { ($0.address, $0) }) { $1 }
    let processes = ProcessTable()
    for session in sessions {
      guard let agent = agents[session.address], agent.bead != nil, agent.state != .stuck,
        agent.state != .awaitingGate
      else { continue }
      let evidence = Evidence(session, agent, processes: processes, town: town)
      guard var mind = minds[session.id] else {
        minds[session.id] = Mind(evidence: evidence, seenAt: now, progressAt: now)
        continue
      }
      let seconds = Double(now - mind.seenAt) / Double(Self.second)
      if evidence.progress(since: mind.evidence, seconds: seconds) != nil {
        mind.progressAt = now
        mind.step = 0
      }
      mind.evidence = evidence
      mind.seenAt = now
      let idle = now - mind.progressAt
      if mind.step < Self.ladder.count, idle >= Self.ladder[mind.step].after, !isUnwatched(agent.address) {
        act(Self.ladder[mind.step].action, agent, session, idleSeconds: idle / Self.second)
        mind.step += 1
      }
      minds[session.id] = mind
    }
  }

  private func act(_ action: Rung.Action, _ agent: AgentRecord, _ session: SessionRecord, idleSeconds: Int64)
  {
    let evidence = "no processor time, no change of the worktree and no command for \(idleSeconds) s"
    let bead = agent.bead?.rawValue ?? ""
    switch action {
    case .nudge, .nudgeUrgently:
      let isUrgent = action == .nudgeUrgently
      do throws(BeadsError) {
        try Nudges(town, database, launcher).send(
          to: agent.address, from: Self.actor,
          text:
            "You have work on your hook: \(bead). Run `gt prime` and go on with it; `gt done` when it is done.",
          urgent: isUrgent, mode: .queue)
        decide(
          agent.address.text, "idle with work", isUrgent ? "nudged urgently" : "nudged", evidence: evidence,
          bead: agent.bead)
      } catch {
        decide(agent.address.text, "idle with work", "could not be nudged", evidence: error.message)
      }
    case .restart where session.backend == "none":
      decideOnce(
        agent.address.text, "no progress", "left to you: gt does not run its session", evidence: evidence)
    case .restart:
      // The worktree stays as it is; the next tick starts a new session in it.
      do throws(BeadsError) {
        try launcher.stop(agent.address, reason: "no progress for \(idleSeconds) s")
        decide(
          agent.address.text, "no progress", "session ended, to be started again", evidence: evidence,
          bead: agent.bead)
      } catch {
        decide(agent.address.text, "no progress", "could not be ended", evidence: error.message)
      }
    case .escalate:
      escalate(
        "\(agent.address) makes no progress", severity: .medium,
        "It has \(bead) and did nothing for \(idleSeconds) s although it was nudged and started again.")
      decide(agent.address.text, "no progress", "escalated", evidence: evidence)
    }
  }

  /// Types nudges that wait for agents that are there.
  func deliverNudges() throws(BeadsError) {
    let targets = try database.waitingTargets()
    if targets.isEmpty { return }
    let nudges = Nudges(town, database, launcher)
    for target in targets where holds.mayType(to: target) {
      guard let session = try database.openSession(of: target), session.process?.isAlive == true,
        session.readyAt != nil || now - session.startedAt > 5 * Self.second
      else { continue }
      do throws(BeadsError) { try nudges.deliver(to: target) } catch {
        log("nudge to \(target): \(error.message)")
      }
    }
  }
}

extension TownDatabase {
  /// Who has nudges that wait.
  func waitingTargets() throws(BeadsError) -> [AgentAddress] {
    try connection.all(
      "SELECT DISTINCT target FROM nudges WHERE state IN ('queued', 'typing') AND expires_at > ?1", now
    ) { row throws(BeadsError) in AgentAddress(row.text(0)) }.compactMap(\.self)
  }
}
