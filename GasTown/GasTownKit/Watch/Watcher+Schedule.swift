import BeadsKit

extension Watcher {
  /// Gives out what waits for its turn.
  ///
  /// Looks when a tracker has changed, and every two seconds while something waits: a place may be free, a session may
  /// have ended.
  func runScheduler() throws(BeadsError) {
    let hasChanged = trackersHaveChanged("schedule")
    guard hasChanged || (looks.isSchedulePending && now - looks.scheduleAt >= 2 * Self.second) else { return }
    looks.scheduleAt = now
    if looks.isSchedulePending, !holds.open.isEmpty, holds.open.allSatisfy(isLimited) { return }
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    // Whatever keeps it from being known whether something waits is looked at again.
    looks.isSchedulePending = true
    var scheduler = Scheduler(town: town, database: database, ledgers: ledgers, launcher: launcher)
    scheduler.betweenTwo = { [self] in noticeMeanwhile() }
    let run = try scheduler.run()
    looks.isSchedulePending = run.waiting > 0
    for dispatch in run.dispatches {
      let subject = dispatch.context.work.rawValue
      if let error = dispatch.error {
        decide(
          subject, "its turn has come", dispatch.isGivenUp ? "given up" : "not given out",
          evidence: error.message)
      } else {
        decide(subject, "its turn has come", "given out", evidence: dispatch.outcome?.agent?.text ?? "")
      }
    }
  }
}
