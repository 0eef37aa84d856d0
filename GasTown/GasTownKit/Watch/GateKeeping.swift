import BeadsKit

/// Gates of the trackers (`bd gate`): what waits for a time, for another issue or for GitHub.
struct GateKeeping {
  let ledgers: Ledgers

  /// A gate that was looked at and is no longer only to be waited for.
  struct News {
    let gate: Issue
    let outcome: GateOutcome
  }

  /// Looks at the gates of a tracker, and closes those whose condition holds.
  /// - Parameters:
  ///   - rig: Whose tracker; nil for the town's own.
  ///   - types: Which gates. Those of GitHub are asked about with the program `gh`, which takes its time.
  ///   - isDryRun: Whether only to find out.
  /// - Returns: What was closed, and what will not open by itself.
  func check(
    _ rig: RigName?, _ types: [AwaitType], isDryRun: Bool = false
  ) throws(BeadsError) -> [News] {
    let store = if let rig { try ledgers.store(of: rig) } else { try ledgers.hq() }
    let gates = try store.gates(types)
    guard !gates.isEmpty, let home = try ledgers.workspace(of: rig) else { return [] }
    var world = GateWorld(home: home, environment: ledgers.town.environment)
    var findings = try store.findings(of: gates) { questions throws(BeadsError) in
      world.answers(to: questions, store: store)
    }
    if !isDryRun, findings.contains(where: { $0.runID != nil || $0.outcome.word == "resolved" }) {
      let found = findings
      findings = try store.write("gate check") { tx throws(BeadsError) in try tx.settle(found) }
    }
    return findings.compactMap { finding in
      switch finding.outcome {
      case .pending: nil
      case .resolved, .escalate, .failed: News(gate: finding.gate, outcome: finding.outcome)
      }
    }
  }
}

extension Ledgers {
  /// The project of a rig's tracker, or of the town's own.
  fileprivate func workspace(of rig: RigName?) throws(BeadsError) -> Workspace? {
    let route =
      if let rig { router.route(named: rig.rawValue) } else {
        router.routes.first { $0.path == town.root }
      }
    return try route.map { route throws(BeadsError) in try router.workspace(of: route) }
  }
}

extension Watcher {
  /// Closes the gates whose condition holds, tells those who wait, and lets agents go on whose work is no longer held up.
  ///
  /// Looks when a tracker has changed, and twice a minute for what time alone changes. What only GitHub knows is left to
  /// the job `gates`.
  func watchGates() throws(BeadsError) {
    guard trackersHaveChanged("gates") || now - looks.gatesAt >= 30 * Self.second else { return }
    looks.gatesAt = now
    guard PatrolPause.of(.deacon, in: town) == nil else { return }
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    let keeping = GateKeeping(ledgers: ledgers)
    for rig in [nil] + holds.open.map({ Optional($0.name) }) {
      for news in try keeping.check(rig, [.timer, .bead]) { tell(news) }
    }
    for agent in try currentRoster().agents where agent.state == .awaitingGate {
      try goOn(agent, ledgers)
    }
  }

  private func tell(_ news: GateKeeping.News) {
    let id = news.gate.id
    switch news.outcome {
    case .resolved(let reason):
      decide(id.rawValue, reason, "gate closed", evidence: news.gate.title, bead: id)
      for waiter in news.gate.waiters.compactMap(AgentAddress.init) {
        Nudges(town, database, launcher).tell(
          waiter, "The gate \(id) is open: \(reason)", from: Self.actor)
      }
    case .escalate(let reason):
      decideOnce(id.rawValue, reason, "left to you", evidence: "the gate will not open by itself", bead: id)
    case .failed(let reason):
      decideOnce(id.rawValue, reason, "left alone", evidence: "nothing is known about the gate", bead: id)
    case .pending: break
    }
  }

  /// Lets an agent go on that waited for a gate, once nothing blocks its work.
  private func goOn(_ agent: AgentRecord, _ ledgers: Ledgers) throws(BeadsError) {
    guard let bead = agent.bead, holds.reason(for: agent.address) == nil,
      try !ledgers.store(for: bead).isBlocked(bead)
    else { return }
    try database.update(agent.address) { record in
      if record.state == .awaitingGate, record.bead == bead { record.state = .working }
    }
    decide(
      agent.address.text, "nothing blocks \(bead) any more", "looked after again",
      evidence: "it waited for a gate",
      bead: bead)
  }
}
