public import BeadsKit

/// Moves the branches of a rig that are finished into their targets, tested.
///
/// The only code that pushes a protected branch. Branches are stacked in memory on the target; gates test the last
/// commit of the stack; that commit, unchanged, is pushed when they pass, and the push is verified. When they fail, the
/// branch that breaks them is found by bisection and the others go on without it. Killed at any point, the next
/// attempt sees from the row of the last one whether the target may have moved, and looks.
public final class MergeEngine {
  /// What happened to one merge request.
  public enum Event: Sendable, Equatable {
    /// It is on the target, in this commit.
    case merged(IssueID, GitID)
    /// It excludes what is on the target in these paths.
    case conflict(IssueID, [String])
    /// It breaks a gate.
    case failed(IssueID, gate: String, log: String)
    /// Nothing it changes is missing on the target.
    case alreadyThere(IssueID)
    /// It passes the gates on top of this commit, and waits for a person.
    case tested(IssueID, GitID)
    /// Its branch is gone or is not what was submitted.
    case changed(IssueID, String)
    /// The target itself breaks a gate; nothing is merged until that is mended.
    case targetBroken(BranchName, gate: String, log: String)
    /// A gate could not be run, for a reason that is nobody's fault.
    case unable(gate: String, String)
    /// A gate passed only at the second try.
    case flaky(gate: String, GitID)
    /// The target was moved by somebody else meanwhile; everything is tried again.
    case overtaken(BranchName)
    /// The queue is stopped.
    case paused(String)
    /// The queue waits by itself, for this reason.
    case waiting(String)
    /// A gate did what a gate does not do.
    case note(gate: String, String)
    /// It failed too often: a person has to look at it.
    case escalated(IssueID, attempts: Int)
    /// An engine that had stood still for too long was ended.
    case tookOver(Int32)
  }

  let town: Town
  let rig: Rig
  let database: TownDatabase
  let ledgers: Ledgers
  let policy: MergePolicy
  let queue: MergeQueue
  let runner: GateRunner
  let isCancelled: (() -> Bool)?
  private let report: (Event) -> Void
  /// How long gates took on commits they let pass.
  var gateTimes: [GitID: String] = [:]
  let events: EventLog

  /// The engine of a rig.
  /// - Parameters:
  ///   - isCancelled: Asked all the time; when true, the gate that runs is ended and the attempt given up.
  ///   - report: Told what happens as it happens.
  public init(
    _ town: Town, _ rig: Rig, database: TownDatabase, ledgers: Ledgers, policy: MergePolicy,
    isCancelled: (() -> Bool)? = nil, report: @escaping (Event) -> Void = { _ in }
  ) {
    self.town = town
    self.rig = rig
    self.database = database
    self.ledgers = ledgers
    self.policy = policy
    self.isCancelled = isCancelled
    self.report = report
    queue = MergeQueue(rig, ledgers, policy: policy)
    events = EventLog(town)
    var runner = GateRunner(
      checkout: rig.path("refinery/gates"), repository: rig.repository, logs: rig.path("refinery/logs"),
      variables: VariableFilter.basic.adding(names: policy.variables).filter(town.environment.variables),
      town: town)
    runner.retries = policy.retries
    runner.surroundings = GateSurroundings.folders(town, rig)
    self.runner = runner
  }

  /// The engine's own name.
  var actor: String { AgentAddress.refinery(rig.name).text }

  /// Merges what is ready, one batch, and returns whether there may be more.
  ///
  /// Only one process merges for a rig at a time; another one returns false at once, unless the first has stood still for
  /// longer than a claim holds: then that is ended.
  /// - Throws: `io_error` when the origin cannot be reached, the disk is full and the like; nothing is half-done, and the
  ///   reason is on the merge requests that wait.
  public func mergeBatch() throws(BeadsError) -> Bool {
    guard policy.isEnabled else { return false }
    let lock = try town.lock("merge-\(rig.name)", command: "gt mq run")
    if let held = try lock.tryAcquire() {
      let hasMore = try mergeNext()
      held.release()
      return hasMore
    }
    guard let ended = try Self.endStandingEngine(of: rig, database, lease: policy.claimLease) else {
      return false
    }
    tell(.tookOver(ended))
    let held = try lock.acquire(timeout: .seconds(10))
    let hasMore = try mergeNext()
    held.release()
    return hasMore
  }

  private func mergeNext() throws(BeadsError) -> Bool {
    do throws(BeadsError) {
      try recover()
      try queue.giveBackStranded()
      if let pause = queue.pause {
        tell(.paused(pause.summary))
        return false
      }
      let entries = try queue.entries()
      let due = entries.filter(\.isDue)
      let isReviewed = policy.requiresReview && entries.contains { $0.state == .needsApproval }
      let landing = try IntegrationBranches(rig, ledgers)
      if due.isEmpty, !isReviewed { return try landing.landWhatIsComplete() }
      try checkSpace()
      try town.fetchOrigin(of: rig)
      if try settleMergedElsewhere(entries) { return true }
      if !due.isEmpty { return try mergeFirst(of: due) }
      return try prepareReview(entries) ? true : landing.landWhatIsComplete()
    } catch {
      let waiting = (try? queue.entries().filter { $0.isDue || $0.state == .merging }) ?? []
      try? noteTrouble(error, waiting.prefix(policy.batchSize).map(\.issue.id))
      throw error
    }
  }

  private func mergeFirst(of due: [QueueEntry]) throws(BeadsError) -> Bool {
    var due = due
    let hold = try holdThatStands()
    if let hold, let target = hold.broken?.target.rawValue {
      due.removeAll { $0.request.target == target && hold.tried.contains($0.issue.id) }
    }
    guard let first = due.first else {
      if var hold {
        hold.retryAt = database.now + nanoseconds(policy.pollInterval)
        try database.setMergeHold(rig: rig.name, hold)
        tell(.waiting(hold.reason))
      }
      return false
    }
    guard let target = BranchName(rawValue: first.request.target), let base = try rig.remoteCommit(target)
    else {
      let reason = "the origin of \(rig.name) has no branch \(first.request.target)"
      try mark(first.issue.id, MergeQueue.needsResubmit, reason)
      tell(.changed(first.issue.id, reason))
      return true
    }
    let same = due.filter { $0.request.target == target.rawValue }
    // On a broken target each branch is tried alone: it may be the one that mends it.
    let isAlone = hold?.broken?.target == target
    let candidates = try candidates(same.prefix(isAlone ? 1 : policy.batchSize), target, base)
    return candidates.isEmpty ? true : try merge(candidates, into: target, at: base)
  }

  /// What the queue waits for; a broken target that has moved is waited for no longer.
  func holdThatStands() throws(BeadsError) -> MergeHold? {
    guard let hold = try database.mergeHold(rig: rig.name), let broken = hold.broken else { return nil }
    if try rig.remoteCommit(broken.target) == broken.commit { return hold }
    try clearHold()
    return nil
  }

  private func checkSpace() throws(BeadsError) {
    let wanted = try Admission.Limits.load(town).freeBytes
    guard let free = FileTree.freeSpace(rig.root), free < wanted else { return }
    throw BeadsError(
      .io, "the disk is full: \(free >> 20) MiB are free at \(rig.root), and \(wanted >> 20) are wanted",
      hint: "make room, or lower operational.polecat.min_free_disk_mb in settings/config.json")
  }

  func tell(_ event: Event) {
    report(event)
    if let line = event.logLine { log(line) }
  }

  /// Says something in the log for people.
  func log(_ line: String) { TownLog(town).append("merge", agent: actor, line) }

  var committer: GitPerson {
    GitPerson(name: actor, mail: "\(rig.name).refinery@gastown.local")
  }
}
