public import BeadsKit

/// Gives an issue out again whose agent was lost, so often and no oftener.
public struct Redispatch {
  /// What came of it.
  public enum Outcome: Sendable, Equatable {
    /// Given to an agent.
    case dispatched(AgentAddress)
    /// Given out often enough: a person has to look.
    case escalated(IssueID)
    /// Given out a short while ago; so many seconds are left.
    case coolingDown(Int64)
    /// Not to be given out, for this reason.
    case skipped(String)
  }

  let launcher: AgentLauncher
  let ledgers: Ledgers
  let caller: AgentAddress
  private var town: Town { launcher.town }
  private var counters: PatrolCounters { PatrolCounters(.redispatch, in: town) }
  /// How often an issue is given out again.
  public var limit = 3
  /// How long it rests in between.
  public var cooldown: Duration = .seconds(300)

  /// Gives out in the name of somebody.
  public init(_ launcher: AgentLauncher, _ ledgers: Ledgers, caller: AgentAddress) {
    self.launcher = launcher
    self.ledgers = ledgers
    self.caller = caller
  }

  /// Gives an issue out again.
  /// - Parameter rig: The rig that gets it; nil for its own.
  public func run(_ id: IssueID, rig: RigName? = nil) throws(BeadsError) -> Outcome {
    guard let issue = try ledgers.store(for: id).issue(id) else {
      throw BeadsError(
        .notFound, "there is no issue \(id)", hint: "`gt ready` shows the issues that can be worked on")
    }
    guard issue.status == .open else {
      let holder = issue.assignee.isEmpty ? "" : ", with \(issue.assignee)"
      return .skipped("it is \(issue.status)\(holder)")
    }
    if let age = try counters.age(id.rawValue, "last_attempt_at") {
      let left = nanoseconds(cooldown) / 1_000_000_000 - age
      if left > 0 { return .coolingDown(left) }
    }
    let attempts = try counters.int(id.rawValue, "attempt_count")
    if attempts >= limit { return .escalated(try escalate(issue, attempts)) }
    try counters.set(
      id.rawValue, [("attempt_count", .int(attempts + 1)), ("last_attempt_at", counters.now)])
    let sling = Sling(
      town: town, database: launcher.database, ledgers: ledgers, launcher: launcher, caller: caller)
    guard let outcome = try sling.run(SlingRequest([id.rawValue], to: rig?.rawValue)).first else {
      throw BeadsError(.conflict, "\(id) was not given out")
    }
    if let error = outcome.error { throw error }
    guard let agent = outcome.agent else { return .skipped(outcome.note ?? outcome.action.rawValue) }
    return .dispatched(agent)
  }

  private func escalate(_ issue: Issue, _ attempts: Int) throws(BeadsError) -> IssueID {
    var draft = EscalationDraft(title: "\(issue.id) is lost again and again")
    draft.severity = .high
    draft.reason = "\(issue.title): given out \(attempts) times, and its agent was lost each time."
    draft.source = "deacon"
    draft.relatedID = issue.id
    return try Escalations(ledgers, launcher.database).raise(draft).escalation.id
  }
}
