public import BeadsKit

/// Asks an agent to show that it is there, and ends its session when it has not for too long.
///
/// What counts is what it does, not what it says: processor time, its worktree, commands of gt, what it prints.
public struct HealthCheck {
  /// What came of a check.
  public enum Verdict: String, Sendable {
    /// It did something.
    case responded
    /// It was ended a short while ago; nothing was asked.
    case coolingDown = "cooling_down"
    /// It did nothing.
    case silent
    /// It did nothing, often enough for its session to be ended.
    case shouldEnd = "should_force_kill"
  }

  let launcher: AgentLauncher
  private var town: Town { launcher.town }
  private var counters: PatrolCounters { PatrolCounters(.health, in: town) }

  /// How long it has to do something.
  public var timeout: Duration = .seconds(30)
  /// How many silent checks in a row are too many.
  public var limit = 3
  /// How long after its session was ended it is left alone.
  public var cooldown: Duration = .seconds(300)

  /// Checks agents of a town.
  public init(_ launcher: AgentLauncher) { self.launcher = launcher }

  /// What was found.
  public struct Result: Sendable {
    /// What came of it.
    public let verdict: Verdict
    /// What it did, or why nothing was asked.
    public let evidence: String
    /// How many checks in a row found it silent.
    public let failures: Int
  }

  /// Nudges an agent and looks whether it does something.
  /// - Throws: `refused` when it has no session, `invalid` when it is none that could have one.
  public func run(_ agent: AgentAddress, from sender: AgentAddress) throws(BeadsError) -> Result {
    try requireSession(agent)
    if let left = try cooldownLeft(agent) {
      return Result(
        verdict: .coolingDown, evidence: "its session was ended; \(left) s are left",
        failures: try failures(agent))
    }
    guard let session = try launcher.database.openSession(of: agent),
      launcher.liveness(of: [agent])[agent]?.isAlive == true
    else { throw BeadsError(.refused, "\(agent) has no session that lives", hint: "`gt doctor` tells more") }
    let record = try launcher.database.agent(agent) ?? AgentRecord(agent)
    let before = try evidence(session, record)
    let start = monotonicNanoseconds()
    try counters.set(agent.text, [("last_ping_at", counters.now)])
    _ = try? Nudges(town, launcher.database, launcher).send(
      to: agent, from: sender, text: "Are you there? Go on with your work; nothing else is asked.",
      mode: .immediate, force: true)
    // The echo of what was typed is no sign of life of the agent.
    var shown = try evidence(session, record)
    shown.ticks = before.ticks
    while monotonicNanoseconds() - start < nanoseconds(timeout) {
      let now = try evidence(session, record)
      let seconds = Double(monotonicNanoseconds() - start) / 1e9
      let signs = now.signs(since: shown, seconds: seconds).words
      if !signs.isEmpty {
        try counters.set(
          agent.text, [("consecutive_failures", .int(0)), ("last_response_at", counters.now)])
        return Result(verdict: .responded, evidence: signs.joined(separator: ", "), failures: 0)
      }
      pause(nanoseconds: 100_000_000)
    }
    let failures = try failures(agent) + 1
    try counters.set(
      agent.text, [("consecutive_failures", .int(failures)), ("last_failure_at", counters.now)])
    return Result(
      verdict: failures >= limit ? .shouldEnd : .silent,
      evidence: "nothing within \(nanoseconds(timeout) / 1_000_000_000) s", failures: failures)
  }

  private func failures(_ agent: AgentAddress) throws(BeadsError) -> Int {
    try counters.int(agent.text, "consecutive_failures")
  }

  private func evidence(_ session: SessionRecord, _ record: AgentRecord) throws(BeadsError) -> Evidence {
    var evidence = Evidence(session, record, processes: ProcessTable(), town: town)
    let seen = try launcher.sessions.inventory().first { $0.name == session.name }?.lastActivity
    evidence.output = (seen ?? 0) * 1_000_000_000
    return evidence
  }

  private func cooldownLeft(_ agent: AgentAddress) throws(BeadsError) -> Int64? {
    guard let age = try counters.age(agent.text, "last_force_kill_at") else { return nil }
    let left = nanoseconds(cooldown) / 1_000_000_000 - age
    return left > 0 ? left : nil
  }

  private func requireSession(_ agent: AgentAddress) throws(BeadsError) {
    if agent.role.hasSession { return }
    throw BeadsError(
      .invalid, "\(agent) is a part of the daemon and has no session",
      hint: "`gt daemon status` tells how it is")
  }

  /// Ends the session of an agent; the daemon starts a new one in its place.
  /// - Returns: Whether it was ended; false while it cools down from the last time.
  public func end(_ agent: AgentAddress, reason: String, by caller: AgentAddress) throws(BeadsError) -> Bool {
    try requireSession(agent)
    if try cooldownLeft(agent) != nil { return false }
    guard try launcher.stop(agent, reason: reason) else {
      throw BeadsError(.refused, "\(agent) has no session that lives", hint: "`gt doctor` tells more")
    }
    let count = try counters.int(agent.text, "force_kill_count") + 1
    try counters.set(
      agent.text,
      [
        ("consecutive_failures", .int(0)), ("last_force_kill_at", counters.now),
        ("force_kill_count", .int(count)),
      ])
    EventLog(town).append("kill", actor: caller.text, [("target", agent.text), ("reason", reason)])
    return true
  }
}
