public import BeadsKit

extension Scheduler {
  /// Gives out what there is room for.
  ///
  /// - Parameters:
  ///   - limit: At most so many; nil for `scheduler.batch_size`.
  ///   - isPatient: Whether to wait out `scheduler.spawn_delay` between two, and to try again at once what failed.
  ///   - isDryRun: Whether only to say what would be done.
  /// - Throws: `conflict` while another process gives out.
  public func run(
    _ limit: Int? = nil, isPatient: Bool = false, isDryRun: Bool = false
  ) throws(BeadsError) -> Run {
    if isDryRun { return try plan(limit) }
    let lock = try town.lock("scheduler", command: "gt scheduler")
    guard let held = try lock.tryAcquire() else {
      throw BeadsError(
        .conflict, "work is being given out by \(lock.holder() ?? "another process")",
        hint: "try again in a moment")
    }
    let run = try runAlone(limit, isPatient: isPatient)
    held.release()
    return run
  }

  private func plan(_ limit: Int?) throws(BeadsError) -> Run {
    var run = Run()
    let ready = try entries().filter { $0.state == .ready }
    run.waiting = ready.count
    run.reason = try stopReason()
    if run.reason != nil { return run }
    let admission = try Admission(town, database)
    var room = try admission.room()
    for entry in ready where run.dispatches.count < (try batch(limit)) {
      guard room > 0 else {
        run.reason = "every place is taken"
        break
      }
      if try hold(entry.context, admission) != nil { continue }
      run.dispatches.append(Dispatch(context: entry.context))
      room -= 1
    }
    return run
  }

  private func runAlone(_ limit: Int?, isPatient: Bool) throws(BeadsError) -> Run {
    var run = Run()
    let entries = try entries()
    try settle(entries)
    run.waiting = entries.count { $0.state == .ready || $0.state == .blocked }
    run.reason = try stopReason()
    if run.reason != nil { return run }
    for entry in entries where entry.state == .assigned {
      if let dispatch = try complete(entry, &run) { run.dispatches.append(dispatch) }
    }
    let batch = try batch(limit)
    let admission = try Admission(town, database)
    for entry in entries where entry.state == .ready {
      guard run.dispatches.count < batch else { break }
      guard try admission.room() > 0 else {
        run.reason = "every place is taken"
        break
      }
      if !isPatient, database.now < entry.context.triedAgainAt { continue }
      if let reason = try hold(entry.context, admission) {
        run.reason = reason
        continue
      }
      guard try waitForDelay(isPatient) else {
        run.reason = "the last was given out a moment ago"
        break
      }
      guard let dispatch = try give(entry.context, &run) else { continue }
      run.dispatches.append(dispatch)
      betweenTwo()
      if dispatch.error == nil || dispatch.isGivenUp { run.waiting -= 1 }
    }
    return run
  }

  private func batch(_ limit: Int?) throws(BeadsError) -> Int {
    if let limit { return limit }
    return try TownSettings.load(town).int("scheduler.batch_size")
  }

  private func stopReason() throws(BeadsError) -> String? {
    if let pause = try currentPause() { return "it was paused by \(pause.by)" }
    return FileSystem.exists(town.path("ESTOP")) ? "everything is stopped" : nil
  }

  /// Why nothing can be given out in a rig for the time being, through no fault of the work.
  private func hold(_ context: SlingContext, _ admission: Admission) throws(BeadsError) -> String? {
    do throws(BeadsError) {
      let rig = try town.rig(context.rig.rawValue)
      try sling(context).checkOpen(.polecat(rig, nil))
      try admission.checkRoom(rig)
      return nil
    } catch {
      // What is wrong with the work itself is told by the attempt.
      return error.code == .refused ? error.message : nil
    }
  }

  /// Whether the time between two has gone by; whoever is patient waits for it.
  private func waitForDelay(_ isPatient: Bool) throws(BeadsError) -> Bool {
    let delay = nanoseconds(try TownSettings.load(town).duration("scheduler.spawn_delay"))
    guard delay > 0, let last = try lastDispatch() else { return true }
    let left = last.unixNanoseconds + delay - database.now
    if left <= 0 { return true }
    if isPatient { pause(nanoseconds: min(left, delay)) }
    return isPatient
  }

  // MARK: One

  private func sling(_ context: SlingContext) -> Sling {
    Sling(town: town, database: database, ledgers: ledgers, launcher: launcher, caller: context.caller)
  }

  /// Ends what waits for nothing any more.
  private func settle(_ entries: [Entry]) throws(BeadsError) {
    for entry in entries where entry.state == .settled {
      let state = entry.issue.map { "it is \($0.status)" } ?? "it is gone"
      try end(entry.context, "cleared: \(state)")
    }
  }

  /// Completes what an earlier run, or somebody else, has begun; nil when there was nothing left to do.
  private func complete(_ entry: Entry, _ run: inout Run) throws(BeadsError) -> Dispatch? {
    let holder = try database.agent(on: entry.context.work)
    if let holder, holder.address.role == .polecat,
      holder.state == .spawning || entry.issue?.isAssignment == false
    {
      return try give(entry.context, &run)
    }
    let name = holder?.address.text ?? entry.issue?.assignee ?? ""
    try end(entry.context, "dispatched: it is with \(name)")
    return nil
  }

  /// Gives out one; nil when others were faster and it goes on waiting.
  private func give(_ context: SlingContext, _ run: inout Run) throws(BeadsError) -> Dispatch? {
    var dispatch = Dispatch(context: context)
    do throws(BeadsError) {
      guard let outcome = try sling(context).run(context.request).first else { return nil }
      if let error = outcome.error { throw error }
      dispatch.outcome = outcome
      FailPoint.reach("scheduler.given")
      try database.setFact("scheduler.last_dispatch_at", String(database.now))
      EventLog(town).append(
        "scheduler_dispatch", actor: ledgers.actor,
        [
          ("bead", context.work.rawValue), ("rig", context.rig.rawValue),
          ("polecat", outcome.agent?.name?.rawValue),
        ])
      try end(context, "dispatched: it is with \(outcome.agent?.text ?? context.rig.rawValue)")
    } catch {
      // Somebody has it in hand, or has taken the place that was free.
      let room = try Admission(town, database).room()
      if error.code == .conflict || (error.code == .refused && room <= 0) {
        run.reason = error.message
        return nil
      }
      dispatch.error = error
      dispatch.isGivenUp = try noteFailure(context, error)
    }
    return dispatch
  }

  /// Counts a failure.
  /// - Returns: Whether it was one too many.
  private func noteFailure(_ seen: SlingContext, _ error: BeadsError) throws(BeadsError) -> Bool {
    var context = seen
    let text = context.fail(error.message, at: database.now)
    let isTooMuch = context.failures >= SlingContext.failureLimit
    _ = try ledgers.store(for: context.id).write("scheduler") { tx throws(BeadsError) in
      try tx.update(context.id) { $0.description = text }
      if isTooMuch {
        try tx.close(context.id, reason: Self.broken + error.message, force: true)
      }
    }
    EventLog(town).append(
      "scheduler_dispatch_failed", actor: ledgers.actor,
      [("bead", context.work.rawValue), ("rig", context.rig.rawValue), ("error", error.message)])
    if isTooMuch {
      var draft = EscalationDraft(title: "\(context.work) could not be given out")
      draft.severity = .medium
      draft.reason = "\(context.failures) times, the last time because \(error.message)"
      draft.source = "scheduler"
      _ = try? Escalations(ledgers, database).raise(draft)
    }
    return isTooMuch
  }

  /// How the reason of a context begins that was given up.
  static let broken = "circuit-broken: "
}
