public import BeadsKit

extension MergeEngine {
  /// Ends what an engine that was killed had begun.
  ///
  /// Whether its commit reached the target is looked up, never guessed: then its issues are closed, otherwise its
  /// branches are back in the queue.
  func recover() throws(BeadsError) {
    let unfinished = try database.unfinishedMerges(rig: rig.name)
    if unfinished.isEmpty { return try release(strandedClaims()) }
    // Before its checkout is used again, and before anybody looks what it has pushed.
    for run in unfinished { Self.endPrograms(of: run) }
    try town.fetchOrigin(of: rig)
    let repository = try GitRepository(at: rig.repository)
    for var run in unfinished {
      let there = try rig.remoteCommit(run.target)
      let hasMoved = run.phase == .pushing || run.phase == .pushed
      if hasMoved, let tip = run.tip, let there, repository.has(commit: tip),
        try repository.isAncestor(tip, of: there)
      {
        try finish(run)
        run.outcome = "merged \(run.members.count), ended by the next attempt"
        run.phase = .done
        try database.save(run)
        try release(run.members.map(\.id))
      } else {
        try giveUp(&run, "the engine ended in the middle")
      }
    }
    try release(strandedClaims())
  }

  /// Merge requests that are claimed although no attempt runs: who claimed them died before it was written down.
  private func strandedClaims() throws(BeadsError) -> [IssueID] {
    try queue.entries().filter { $0.state == .merging && $0.issue.assignee == actor }.map(\.issue.id)
  }

  // MARK: Other engines

  /// Ends the gates and the push of an engine that is dead: processes of its nonce, and the groups of processes that are
  /// still the ones that were written down.
  static func endPrograms(of run: MergeRun) {
    for gate in run.gates where gate.isAlive {
      ProcessEnding(leader: gate, nonce: run.nonce).run(grace: .seconds(1))
    }
    if !ProcessIdentity.all(nonce: run.nonce).isEmpty {
      ProcessEnding(leader: nil, nonce: run.nonce).run(grace: .seconds(1))
    }
  }

  /// Ends the engine of a rig if it was not heard of for as long as a claim holds: it was stopped, or hangs.
  /// - Returns: The process that was ended.
  @discardableResult
  static func endStandingEngine(
    of rig: Rig, _ database: TownDatabase, lease: Duration
  ) throws(BeadsError) -> Int32? {
    guard let run = try database.unfinishedMerges(rig: rig.name).last, let engine = run.engine,
      engine.isAlive, engine != ProcessIdentity.own, database.now - run.updatedAt > nanoseconds(lease)
    else { return nil }
    let idle = (database.now - run.updatedAt) / 60_000_000_000
    ProcessEnding(leader: engine, nonce: run.nonce).run(grace: .seconds(1))
    try database.decide(
      AgentAddress.refinery(rig.name).text, "the engine \(engine.pid) was not heard of for \(idle) min",
      "ended", evidence: "merge attempt \(run.id), \(run.phase.rawValue)")
    return engine.pid
  }

  /// Whether this process was asked to end while `endingOnSignals` runs.
  public static var isAskedToEnd: Bool { StopSignal.isRaised }

  /// Runs the body so that a request to end (SIGTERM, SIGINT) ends gates and gives up the attempt instead of leaving
  /// them to the next engine.
  public static func endingOnSignals(_ body: () throws(BeadsError) -> Void) throws(BeadsError) {
    try StopSignal.whileInstalled(body)
  }
}
