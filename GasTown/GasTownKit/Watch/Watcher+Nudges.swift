import BeadsKit

extension Watcher {
  /// Types nudges that wait for agents that are there and can take them.
  func deliverNudges() throws(BeadsError) {
    let targets = try database.waitingTargets()
    if targets.isEmpty { return }
    let nudges = Nudges(town, database, launcher)
    for target in targets where holds.mayType(to: target) && now >= looks.nudgeRest[target] ?? 0 {
      guard let session = try database.openSession(of: target), session.process?.isAlive == true,
        session.readyAt != nil || now - session.startedAt > 5 * Self.second
      else { continue }
      do throws(BeadsError) {
        guard try canTake(session, nudges) else {
          looks.nudgeRest[target] = now + 5 * Self.second
          continue
        }
        try nudges.deliver(to: target)
        looks.nudgeRest[target] = nil
      } catch {
        // Nothing is lost: it is tried again, and each complaint is made once.
        looks.nudgeRest[target] = now + 10 * Self.second
        let key = "nudge to \(target)"
        if looks.complaints.updateValue(error.message, forKey: key) != error.message {
          log("\(key): \(error.message)")
        }
      }
    }
  }

  /// Whether what is typed would be read as a message: not before an agent waits for input for the first time, not at its
  /// rate limit, and not as the answer to a question.
  ///
  /// It never waits, so that one agent holds up no other.
  private func canTake(_ session: SessionRecord, _ nudges: Nudges) throws(BeadsError) -> Bool {
    if let climb = minds[session.id]?.climb, climb.finding == .limited, now < climb.until ?? 0 {
      return false
    }
    guard session.backend == "tmux" else { return true }
    guard try nudges.noteIfReady(session) else { return false }
    let screen = try launcher.sessions.capture(session.name, lines: 30)
    guard let reading = ScreenReading(screen, signs(of: session)), reading.meaning == .question else {
      return true
    }
    decideOnce(
      session.address.text, Finding.question.text, "messages for it wait", evidence: reading.line)
    return false
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
