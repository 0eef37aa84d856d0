import BeadsKit

/// Rate limits: who is at one waits for its end, and nobody new is sent into it.
extension Watcher {
  /// Lets an agent at its rate limit wait for the end of it, and go on then.
  func waitForLimit(_ mind: inout Mind, _ session: SessionRecord, _ agent: AgentRecord) {
    let end = mind.climb.until ?? now
    if mind.climb.step == 0 {
      (mind.climb.step, mind.climb.actedAt) = (1, now)
      noteLimit(of: agent, runtime: session.runtime, until: end, line: mind.reading?.line ?? "")
    }
    guard now >= end else { return }
    // If it does not go on by itself, the first step of its ladder reminds it.
    mind.climb.find(.idle, since: now)
    mind.climb.until = end
    mind.activeAt = now
    decide(
      agent.address.text, "its rate limit is over", "looked after again",
      evidence: "until \(Timestamp(unixNanoseconds: end))", bead: agent.bead)
  }

  /// Writes down that an agent waits for the end of its rate limit; of many of them a person is told once.
  func noteLimit(of agent: AgentRecord, runtime: String, until end: Int64, line: String) {
    let time = Timestamp(unixNanoseconds: end).description
    try? database.setFact(Self.limitPrefix + runtime, String(end))
    decide(
      agent.address.text, Finding.limited.text, "left alone until \(time)", evidence: line, bead: agent.bead)
    events.append(
      "polecat_checked", actor: Self.actor.text,
      [
        ("rig", agent.address.rig?.rawValue), ("polecat", agent.address.name?.rawValue),
        ("status", "rate-limited until \(time)"), ("issue", agent.bead?.rawValue),
      ])
    let waiting = ((try? database.climbs()) ?? []).count { now < $0.climb.until ?? 0 }
    guard waiting >= Self.manyLimits else { return }
    escalate(
      "Agents wait for the end of a rate limit", severity: .medium,
      "\(waiting + 1) agents are at the limit of \(runtime), until \(time): \(line). They go on by themselves then."
    )
  }

  private static let manyLimits = 2

  // MARK: - New work

  private static let limitPrefix = "limit."

  /// Whether the agents that a rig would get for new work are at their rate limit.
  func isLimited(_ rig: Rig) -> Bool {
    guard let name = try? RuntimeRegistry.load(town, rig).resolve(role: .polecat).name,
      let end = (try? database.fact(Self.limitPrefix + name)).flatMap({ $0 }).flatMap({ Int64($0) }),
      now < end
    else { return false }
    decideOnce(
      rig.name.rawValue, "agents of \(name) are at their rate limit",
      "nothing new is given out until \(Timestamp(unixNanoseconds: end))", evidence: "")
    return true
  }

  /// Forgets the rate limit of a runtime, because an agent goes on before its end.
  func forgetLimit(of runtime: String) { try? database.setFact(Self.limitPrefix + runtime, nil) }
}
