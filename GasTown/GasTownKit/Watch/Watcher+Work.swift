import BeadsKit

extension Watcher {
  /// Gives out what convoys wait for, and closes those that are complete.
  ///
  /// Looks only when a tracker has changed, and twice a minute for what time alone changes.
  func feedConvoys() throws(BeadsError) {
    let hasChanged = try trackersHaveChanged("convoys")
    guard hasChanged || now - looks.convoysAt >= 30 * Self.second else { return }
    looks.convoysAt = now
    guard PatrolPause.of(.deacon, in: town) == nil else { return }
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    let convoys = Convoys(ledgers, database)
    try convoys.checkAll()
    let sling = Sling(
      town: town, database: database, ledgers: ledgers, launcher: launcher, caller: Self.actor)
    for stranded in try convoys.stranded(isAlive: hasSession) {
      try giveOut(
        stranded.ready.map(\.id), sling, because: "ready in \(stranded.progress.convoy.id), and nobody on it")
    }
    // What holds up a merge is nobody's convoy.
    var query = ReadyQuery()
    query.filter.labels = ["gt:conflict"]
    for rig in try town.rigs() {
      let ready = try ledgers.store(of: rig.name).ready(query).filter { $0.status == .open }
      try giveOut(ready.map(\.id), sling, because: "a merge waits for it")
    }
  }

  /// Gives out the first three that somebody can get; one that nobody can get does not hold up the others.
  private func giveOut(_ ids: [IssueID], _ sling: Sling, because reason: String) throws(BeadsError) {
    var count = 0
    for id in ids where count < 3 {
      guard try database.agent(on: id) == nil else { continue }
      do throws(BeadsError) {
        for outcome in try sling.run(SlingRequest([id.rawValue])) {
          if let error = outcome.error { throw error }
          if outcome.action == .scheduled { continue }
          decide(id.rawValue, reason, "given out", evidence: outcome.agent?.text ?? "")
        }
        count += 1
      } catch {
        // Full, parked, or tried too often: the next change or half minute tries again.
        log("\(id): not given out: \(error.message)")
      }
    }
  }

  private func hasSession(_ agent: AgentAddress) throws(BeadsError) -> Bool? {
    guard let record = try database.agent(agent) else { return false }
    return record.isWanted ? nil : try database.openSession(of: agent) != nil
  }

  /// Has each rig with something to merge merge it, in a process of its own.
  func startMerging() throws(BeadsError) {
    for (rig, process) in merging where hasEnded(process) {
      merging[rig] = nil
      looks.stamps["merge"] = nil
    }
    let hasChanged = try trackersHaveChanged("merge")
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    for rig in try town.rigs() where merging[rig.name] == nil {
      // What a queue waits for is looked at again from time to time, though nothing here tells that it has happened.
      let hold = try database.mergeHold(rig: rig.name)
      let isNew = hasChanged && (hold == nil || hold?.broken != nil)
      guard isNew || hold.map({ now >= $0.retryAt }) == true else { continue }
      guard now >= mergeRest[rig.name] ?? 0 else {
        // What has changed meanwhile is looked at afterwards.
        looks.stamps["merge"] = nil
        continue
      }
      let queue = MergeQueue(rig, ledgers, policy: try MergePolicy(RigSettings.load(rig)))
      let isBegun = try !database.unfinishedMerges(rig: rig.name).isEmpty
      let hasWork = try queue.entries().contains { $0.state == .ready || $0.state == .merging }
      guard isBegun || hasWork, try queue.pauseReason(database) == nil else {
        if hold != nil { mergeRest[rig.name] = now + 30 * Self.second }
        continue
      }
      let engine = Subprocess(
        [program, "mq", "run", rig.name.rawValue], directory: town.root,
        variables: town.environment.variables.merging([
          "GT_ROLE": "\(rig.name)/refinery", "GT_TOWN_ROOT": town.root,
        ]) {
          $1
        })
      merging[rig.name] = try engine.startDetached()
      // An engine that cannot do its work is not started again at once.
      mergeRest[rig.name] = now + 2 * Self.second
      log("\(rig.name): merging")
    }
  }

  /// Whether a file of a tracker, or of the town's database, is not as it was when this was last asked for this purpose.
  func trackersHaveChanged(_ purpose: String) throws(BeadsError) -> Bool {
    var text = ""
    let router = Router(environment: town.environment, townRoot: town.root)
    for directory in try [town.path(".beads")]
      + router.routes.map({ route throws(BeadsError) in
        try router.workspace(of: route).beadsDirectory
      })
    {
      for name in ["beads.db", "beads.db-wal", "issues.jsonl"] {
        text += (try FileSystem.stamp(Path.join(directory, name)))?.description ?? "-"
      }
    }
    if looks.stamps[purpose] == text { return false }
    looks.stamps[purpose] = text
    return true
  }
}
