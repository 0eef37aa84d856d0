import BeadsKit

extension TownOverview {
  /// What needs a look, the most pressing first.
  ///
  /// - Parameters:
  ///   - now: In nanoseconds since 1970.
  ///   - quiet: After how long without a sign of life an agent at work is mentioned.
  public func problems(now: Int64, quiet: Duration) -> [TownProblem] {
    var found = townProblems()
    let everybody = agents + rigs.flatMap(\.agents)
    let blindness = Set(everybody.map { if case .unknown(let reason) = $0.presence { reason } else { "" } })
    if blindness.count == 1, let reason = blindness.first, !reason.isEmpty {
      found.append(
        (0, TownProblem(subject: "sessions", finding: "cannot be seen: \(reason)", advice: "gt doctor")))
    }
    for agent in everybody {
      if blindness.count == 1, case .unknown = agent.presence { continue }
      if let problem = Self.problem(agent, now, nanoseconds(quiet)) { found.append(problem) }
    }
    for rig in rigs where !FileSystem.isDirectory(rig.rig.root) {
      found.append(
        (0, TownProblem(subject: rig.rig.name.rawValue, finding: "its folder is gone", advice: "gt doctor")))
    }
    if overseerUnread > 0 {
      let text = overseerUnread == 1 ? "1 message for you" : "\(overseerUnread) messages for you"
      found.append((4, TownProblem(subject: "overseer", finding: text, advice: "gt mail inbox")))
    }
    for rig in rigs where rig.state != .operational {
      let isAtWork = rig.agents.contains { $0.hasWork }
      if isAtWork {
        found.append(
          (
            3,
            TownProblem(
              subject: rig.rig.name.rawValue, finding: "is \(rig.state.rawValue) with work on its hooks",
              advice: "gt rig \(rig.state == .docked ? "undock" : "unpark") \(rig.rig.name)")
          ))
      }
    }
    found += rigs.compactMap(Self.problem)
    return found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element.problem)
  }

  /// What concerns nobody in particular.
  private func townProblems() -> [(rank: Int, problem: TownProblem)] {
    var found: [(rank: Int, problem: TownProblem)] = []
    for stop in emergencyStops {
      let by =
        stop.trigger.isEmpty ? "" : " (\(stop.trigger)\(stop.reason.isEmpty ? "" : ": \(stop.reason)"))"
      found.append(
        (
          0,
          TownProblem(
            subject: stop.rig?.rawValue ?? "the town",
            finding: "is in emergency stop: nothing is started\(by)",
            advice: "gt thaw\(stop.rig.map { " --rig \($0)" } ?? "")")
        ))
    }
    for escalation in escalations {
      let rank = escalation.severity >= .high ? 0 : 3
      found.append(
        (
          rank,
          TownProblem(
            subject: escalation.source, finding: "\(escalation.severity.rawValue): \(escalation.title)",
            advice: "gt escalate show \(escalation.id)")
        ))
    }
    if daemon == nil, rigs.contains(where: { $0.agents.contains { $0.hasWork && $0.record.isWanted } }) {
      found.append(
        (3, TownProblem(subject: "daemon", finding: "does not run, so nobody watches", advice: "gt up")))
    }
    return found
  }

  /// What keeps the finished work of a rig from being merged, unless it is said already.
  private static func problem(_ rig: RigOverview) -> (rank: Int, problem: TownProblem)? {
    guard let waiting = rig.waitingMerges, waiting > 0 else { return nil }
    let name = rig.rig.name.rawValue
    switch rig.queueStop {
    case .some(let stop) where stop.kind == .disabled || stop.kind == .paused:
      let finding = "merges nothing, \(waiting) waiting: \(stop.reason)"
      return (3, TownProblem(subject: name, finding: finding, advice: stop.advice ?? "gt mq list \(name)"))
    case .some(let stop) where stop.kind == .waiting && stop.escalation == nil:
      let finding = "merges nothing for now: \(stop.reason)"
      return (2, TownProblem(subject: name, finding: finding, advice: "gt mq list \(name)"))
    case .some: return nil
    case nil:
      let count = rig.mergesToApprove
      if count == 0 { return nil }
      let finding = "\(count) \(count == 1 ? "merge waits" : "merges wait") for an approval"
      return (3, TownProblem(subject: name, finding: finding, advice: "gt mq list \(name)"))
    }
  }

  private static func problem(_ agent: AgentOverview, _ now: Int64, _ quiet: Int64) -> (Int, TownProblem)? {
    let subject = agent.address.text
    let work = agent.record.bead.map { "\($0)" } ?? "its work"
    let look = "gt hook show \(subject)"
    // Giving its work out again has the same worker go on where it was.
    let goOn = agent.record.bead.map { "gt sling \($0)" } ?? look
    if agent.record.state == .stuck {
      return (0, TownProblem(subject: subject, finding: "is stuck on \(work)", advice: look))
    }
    switch agent.presence {
    case .ended where agent.hasWork || agent.record.isWanted:
      return (
        1,
        TownProblem(subject: subject, finding: "ended while it was on \(work)", advice: goOn)
      )
    case .absent where agent.hasWork && agent.record.isWanted:
      return (
        1, TownProblem(subject: subject, finding: "has \(work) and no session", advice: goOn)
      )
    case .unknown(let reason):
      return (2, TownProblem(subject: subject, finding: "cannot be seen: \(reason)", advice: "gt doctor"))
    case .running where agent.hasWork:
      if let end = agent.waitsUntil, now < end {
        let finding = "is at its rate limit for another \(duration(end - now)), and goes on by itself then"
        return (3, TownProblem(subject: subject, finding: finding, advice: nil))
      }
      if let trouble = agent.trouble {
        return (1, TownProblem(subject: subject, finding: trouble, advice: "gt peek \(subject)"))
      }
      guard let seen = agent.seenAt, now - seen > quiet else { return nil }
      return (
        2,
        TownProblem(
          subject: subject, finding: "no sign of life for \(duration(now - seen)) on \(work)",
          advice: "gt peek \(subject)")
      )
    default: return nil
    }
  }

  /// A time span in its largest unit: `12m`.
  public static func duration(_ nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    return switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m"
    case ..<86_400: "\(seconds / 3600)h"
    default: "\(seconds / 86_400)d"
    }
  }
}
