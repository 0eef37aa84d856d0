import BeadsKit

extension Watcher {
  /// Gives out what convoys wait for, and closes those that are complete.
  ///
  /// Looks only when a tracker has changed, and twice a minute for what time alone changes.
  func feedConvoys() throws(BeadsError) {
    let hasChanged = trackersHaveChanged("convoys")
    guard hasChanged || now - looks.convoysAt >= 30 * Self.second else { return }
    looks.convoysAt = now
    guard PatrolPause.of(.deacon, in: town) == nil else { return }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    let convoys = Convoys(ledgers, database)
    try convoys.checkAll()
    let sling = Sling(
      town: town, database: database, ledgers: ledgers, launcher: launcher, caller: Self.actor)
    for stranded in try convoys.stranded(isAlive: hasSession) {
      var ready: [IssueID] = []
      for issue in stranded.ready where mayFeed(issue.id, ledgers) {
        if issue.isTaken, try !hasCooledDown(issue.id) { continue }
        ready.append(issue.id)
      }
      try giveOut(
        ready, sling, because: "ready in \(stranded.progress.convoy.id), and nobody on it")
    }
    // What holds up a merge is nobody's convoy.
    var query = ReadyQuery()
    query.filter.labels = ["gt:conflict"]
    for rig in holds.open {
      if isLimited(rig) { continue }
      let ready = try ledgers.store(of: rig.name).ready(query).filter { $0.status == .open }
      try giveOut(ready.map(\.id), sling, because: "a merge waits for it")
    }
  }

  /// Whether work goes on where an issue belongs.
  private func mayFeed(_ id: IssueID, _ ledgers: Ledgers) -> Bool {
    guard let name = ledgers.rig(of: id) else { return false }
    return holds.open.contains { $0.name == name && !isLimited($0) }
  }

  /// Whether enough time has gone by since an issue that somebody left lying was given out last.
  private func hasCooledDown(_ id: IssueID) throws(BeadsError) -> Bool {
    guard let last = try database.lastAttempt(of: id) else { return true }
    return now - last >= nanoseconds(launcher.settings.operational("deacon.redispatch_cooldown"))
  }

  /// Gives out the first three that somebody can get; one that nobody can get does not hold up the others.
  private func giveOut(_ ids: [IssueID], _ sling: Sling, because reason: String) throws(BeadsError) {
    var count = 0
    let limit = try Admission(town, database).limits.attempts
    for id in ids where count < 3 {
      guard !isStopping() else { return }
      guard try database.agent(on: id) == nil else { continue }
      let attempts = try database.attempts(of: id)
      if attempts >= limit {
        tellStorm(id, attempts)
        continue
      }
      do throws(BeadsError) {
        for outcome in try sling.run(SlingRequest([id.rawValue])) {
          if let error = outcome.error { throw error }
          if outcome.action == .scheduled { continue }
          decide(id.rawValue, reason, "given out", evidence: outcome.agent?.text ?? "")
        }
        count += 1
        noticeMeanwhile()
      } catch {
        // Full, parked, or not to be done: the next change or half minute tries again.
        decideOnce(id.rawValue, reason, "not given out", evidence: error.message)
      }
    }
  }

  /// Says once that an issue was tried too often.
  private func tellStorm(_ id: IssueID, _ attempts: Int) {
    let found = "it was given out \(attempts) times and is not done"
    if let last = try? database.lastDecision(about: id.rawValue), last.finding == found { return }
    decide(
      id.rawValue, found, "not given out again",
      evidence: "`gt sling respawn-reset \(id)` allows more", bead: id)
    escalate(
      "\(id) is not getting done", severity: .high,
      "It was given to \(attempts) agents, and none of them finished it. Look at what went wrong; `gt sling respawn-reset \(id)` has it tried again.",
      about: id)
  }

  private func hasSession(_ agent: AgentAddress) throws(BeadsError) -> Bool? {
    guard let record = try database.agent(agent) else { return false }
    return record.isWanted ? nil : try database.openSession(of: agent) != nil
  }
}

extension TownDatabase {
  /// When an issue was given to somebody for the last time, unless it was finished since.
  func lastAttempt(of bead: IssueID) throws(BeadsError) -> Int64? {
    try connection.int64("SELECT last_at FROM attempts WHERE bead = ?1", bead.rawValue)
  }
}
