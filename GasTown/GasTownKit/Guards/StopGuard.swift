public import BeadsKit

/// Whether an agent may end its turn: not while a message waits for it, and a polecat not without having ended its work.
///
/// The same reason is given once: an agent that stops again all the same may, so that none is kept running for ever.
public struct StopGuard {
  let database: TownDatabase
  let ledgers: Ledgers
  let agent: AgentAddress

  /// The rule for an agent.
  public init(_ database: TownDatabase, _ ledgers: Ledgers, _ agent: AgentAddress) {
    self.database = database
    self.ledgers = ledgers
    self.agent = agent
  }

  /// Why the agent is to go on; nil when it may stop.
  /// - Parameter looksAtWork: Whether work that was not ended counts.
  public func reason(looksAtWork: Bool) throws(BeadsError) -> String? {
    if let text = Nudges.injection(try database.drainNudges(for: agent)) { return text }
    var reason: String?
    let unread = try Mailbox(ledgers, nil).unreadCount(of: agent)
    if unread > 0 { reason = "You have \(unread) unread message\(unread == 1 ? "" : "s"): `gt mail inbox`." }
    if reason == nil, looksAtWork { reason = try openWork() }
    let key = "stop.\(agent)"
    let last = try database.fact(key)
    if last != reason { try database.setFact(key, reason) }
    return last == reason ? nil : reason
  }

  private func openWork() throws(BeadsError) -> String? {
    guard let record = try database.agent(agent), let bead = record.bead, record.state != .stuck,
      record.state != .awaitingGate, let issue = try ledgers.store(for: bead).issue(bead), issue.isAssignment,
      issue.assignee == agent.text
    else { return nil }
    return "\(bead) is still yours. When it is finished run `gt done`; when you cannot go on, "
      + "`gt done --status ESCALATED --reason \"...\"`; when you wait for something, stop again."
  }
}
