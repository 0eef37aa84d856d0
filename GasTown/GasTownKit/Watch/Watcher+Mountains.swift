import BeadsKit

extension Watcher {
  /// Skips an issue of a mountain whose worker has died too often.
  func watchMountains(deathOf address: AgentAddress) throws(BeadsError) {
    guard address.role == .polecat, let worker = try database.agent(address), let bead = worker.bead else {
      return
    }
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    guard try Mountains(ledgers, database).noteDeath(of: worker) else { return }
    decide(
      bead.rawValue, "its worker died \(Mountains.failureLimit) times", "skipped",
      evidence: "it is part of a mountain; \(address)")
  }

  /// Tells a person of mountains that stand still, twice a minute at most.
  func watchMountains() throws(BeadsError) {
    guard now - looks.mountainsAt >= 30 * Self.second else { return }
    looks.mountainsAt = now
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    let mountains = Mountains(ledgers, database)
    for convoy in try mountains.open() {
      guard let progress = try mountains.standstill(of: convoy, at: now) else { continue }
      func list(_ title: String, _ ids: [IssueID]) -> String {
        ids.isEmpty ? "" : "\(title): \(ids.map(\.rawValue).joined(separator: ", ")). "
      }
      escalate(
        "\(convoy.id) stands still: \(convoy.title)", severity: .medium,
        list("Skipped", progress.skipped) + list("Blocked", progress.blocked)
          + "\(progress.convoy.completed) of \(progress.convoy.tracked.count) are done.")
      decide(convoy.id.rawValue, "no progress, and nobody at work", "escalated", evidence: "for 15 minutes")
    }
  }
}
