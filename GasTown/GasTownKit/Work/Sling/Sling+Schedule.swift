import BeadsKit

extension Sling {
  /// Why work for a rig has to wait for its turn now; nil when it can be given out, or when nothing ever waits.
  func waitReason(_ issue: Issue, _ rig: Rig, _ request: SlingRequest) throws(BeadsError) -> String? {
    let admission = try Admission(town, database)
    guard admission.isScheduled, !request.isDue else { return nil }
    if try ledgers.slingContext(of: issue.id) != nil { return "it waits for its turn already" }
    let scheduler = Scheduler(town: town, database: database, ledgers: ledgers, launcher: launcher)
    if let pause = try scheduler.currentPause() { return "the scheduler was paused by \(pause.by)" }
    let room = try admission.room()
    if room <= 0 {
      return "\(admission.limits.working - room) of \(admission.limits.working) places are taken"
    }
    do throws(BeadsError) { try admission.checkRig(rig) } catch {
      if error.code == .refused { return error.message }
      throw error
    }
    let before = try scheduler.entries().count { $0.state == .ready }
    return before > 0 ? "\(before) \(before == 1 ? "issue was" : "issues were") there before it" : nil
  }

  /// Puts an issue where the scheduler finds it; one that waits already is left as it is.
  func schedule(
    _ issue: Issue, _ rig: Rig, _ polecat: AgentName?, _ formula: String?, _ request: SlingRequest,
    because reason: String
  ) throws(BeadsError) -> SlingOutcome {
    var outcome = SlingOutcome(issue, .scheduled)
    outcome.rig = rig.name
    outcome.note = reason
    if try ledgers.slingContext(of: issue.id) != nil { return outcome }
    try checkRuntime(request.runtime, rig)
    try Admission(town, database).checkAttempts(issue.id, force: request.isForced)
    if let name = self.formula(for: issue, request, named: formula) {
      let values = try values(for: issue, rig: rig, base: request.baseBranch, request)
      _ = try ledgers.formulas(of: rig.name).plan(name, values: values)
      outcome.formula = name
    }
    let store = try ledgers.store(for: issue.id)
    if caller.role == .deacon { try checkNotGivenUp(issue.id, store) }
    let draft = SlingContext.draft(
      issue, rig.name, polecat, formula, request, caller: caller, at: database.now)
    _ = try store.write("sling") { tx throws(BeadsError) in try tx.create(draft) }
    events.append(
      "scheduler_enqueue", actor: caller.text, [("bead", issue.id.rawValue), ("rig", rig.name.rawValue)])
    return outcome
  }

  /// Throws when the scheduler gave an issue up: only a person, or the mayor, has it tried again.
  private func checkNotGivenUp(_ work: IssueID, _ store: Store) throws(BeadsError) {
    var filter = IssueFilter.everything
    filter.labels = [SlingContext.label]
    let last = try store.issues(matching: filter, order: .oldest)
      .filter { SlingContext($0)?.work == work }.last
    guard let last, last.closeReason.hasPrefix(Scheduler.broken) else { return }
    throw BeadsError(
      .refused, "\(work) could not be given out \(SlingContext.failureLimit) times",
      hint: "`gt sling \(work)` by hand tries again")
  }
}
