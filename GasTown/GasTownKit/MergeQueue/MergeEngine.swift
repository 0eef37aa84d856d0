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
      environment: town.environment)
    runner.retries = policy.retries
    self.runner = runner
  }

  /// The engine's own name.
  var actor: String { AgentAddress.refinery(rig.name).text }

  /// Merges what is ready, one batch, and returns whether there may be more.
  ///
  /// Only one process merges for a rig at a time; another one returns false at once.
  /// - Throws: `io_error` when the origin cannot be reached and the like; nothing is half-done.
  public func mergeBatch() throws(BeadsError) -> Bool {
    guard policy.isEnabled else { return false }
    let lock = try town.lock("merge-\(rig.name)", command: "gt mq run")
    guard let held = try lock.tryAcquire() else { return false }
    let hasMore = try mergeNext()
    held.release()
    return hasMore
  }

  private func mergeNext() throws(BeadsError) -> Bool {
    try recover()
    if let reason = try queue.pauseReason(database) {
      tell(.paused(reason))
      return false
    }
    let ready = try queue.entries().filter { $0.state == .ready }
    guard let first = ready.first else { return false }
    let target = try BranchName(first.request.target)
    try fetch()
    guard let base = try remoteCommit(target) else {
      throw BeadsError(
        .notFound, "the origin of \(rig.name) has no branch \(target)",
        hint: "see `gt rig config show \(rig.name)`")
    }
    let same = ready.filter { $0.request.target == target.rawValue }
    let candidates = try candidates(same.prefix(policy.batchSize))
    if !candidates.isEmpty { try merge(candidates, into: target, at: base) }
    return true
  }

  func tell(_ event: Event) { report(event) }

  // MARK: Before

  /// The entries whose branches are on the origin as they were submitted; the others are marked.
  private func candidates(_ entries: some Sequence<QueueEntry>) throws(BeadsError) -> [MergeCandidate] {
    var found: [MergeCandidate] = []
    for entry in entries {
      let branch = try BranchName(entry.request.branch)
      let now = try remoteCommit(branch)
      guard let now, now.description == entry.request.commit else {
        let reason =
          now == nil
          ? "the branch \(branch) is not on the origin"
          : "the branch \(branch) was changed after it was submitted"
        try mark(entry.issue.id, MergeQueue.needsResubmit, reason)
        tell(.changed(entry.issue.id, reason))
        continue
      }
      let source = IssueID(rawValue: entry.request.sourceIssue)
      let candidate = MergeCandidate(
        id: entry.issue.id, branch: branch, head: now, issue: source, title: try title(entry, source))
      if try !turnsAway(candidate, into: entry.request.target) { found.append(candidate) }
    }
    return found
  }

  private func title(_ entry: QueueEntry, _ source: IssueID?) throws(BeadsError) -> String {
    guard let source, let issue = try ledgers.store(for: source).issue(source) else {
      return entry.issue.title
    }
    return issue.title
  }

  // MARK: The attempt

  private func merge(
    _ candidates: [MergeCandidate], into target: BranchName, at base: GitID
  ) throws(BeadsError) {
    var run = try database.beginMerge(rig: rig.name, target: target, members: candidates.map(\.id))
    do throws(BeadsError) {
      try claim(candidates)
      run.outcome = try attempt(&run, candidates, into: target, at: base)
    } catch {
      // What may have been pushed is left to `recover`, which looks.
      if run.phase != .pushing, run.phase != .pushed { try? giveUp(&run, error.message) }
      throw error
    }
    run.phase = .done
    try database.save(run)
    try release(candidates.map(\.id))
  }

  private func attempt(
    _ run: inout MergeRun, _ candidates: [MergeCandidate], into target: BranchName, at base: GitID
  ) throws(BeadsError) -> String {
    let repository = try GitRepository(at: rig.repository)
    let time = town.environment.clock() / 1_000_000_000
    var waiting = candidates
    while !waiting.isEmpty {
      let stack = try MergeStack(
        waiting, on: base, in: repository, style: policy.style, committer: committer, time: time)
      for refused in stack.refused { try settle(refused, base: base, target: target) }
      if stack.layers.isEmpty { return "nothing to merge" }
      run.base = base
      run.tip = stack.tip
      run.members = stack.layers.map { MergeRun.Member(id: $0.candidate.id, commit: $0.commit) }
      run.phase = .testing
      try database.save(run)
      switch try verdict(of: stack.tip, run) {
      case .green: return try push(&run, stack.layers)
      case .unable(let gate, let reason):
        tell(.unable(gate: gate, reason))
        return "the gate \(gate) could not be run: \(reason)"
      case .red(let gate, let log):
        if case .red = try verdict(of: base, run) {
          tell(.targetBroken(target, gate: gate, log: log))
          try queue.pause(database, reason: "\(target) itself fails the gate \(gate); see \(log)")
          return "\(target) is broken"
        }
        let culprit = try culprit(stack.layers, run, gate: gate, log: log)
        try reject(culprit.candidate, gate: culprit.gate, log: culprit.log)
        waiting = stack.layers.map(\.candidate).filter { $0.id != culprit.candidate.id }
      }
    }
    return "nothing to merge"
  }

  private struct Culprit {
    let candidate: MergeCandidate
    let gate: String
    let log: String
  }

  /// The branch that breaks the gates: everything before it passes, and with it does not.
  private func culprit(
    _ layers: [MergeStack.Layer], _ run: MergeRun, gate: String, log: String
  ) throws(BeadsError) -> Culprit {
    var (gate, log) = (gate, log)
    let place = try Bisection.culprit(count: layers.count) { count throws(BeadsError) in
      switch try verdict(of: layers[count - 1].commit, run) {
      case .green: return true
      case .red(let failed, let file):
        (gate, log) = (failed, file)
        return false
      case .unable(let failed, let reason):
        throw BeadsError(.io, "the gate \(failed) could not be run: \(reason)")
      }
    }
    return Culprit(candidate: layers[place].candidate, gate: gate, log: log)
  }

  enum Verdict {
    case green
    case red(gate: String, log: String)
    case unable(gate: String, String)
  }

  /// What the gates say of a commit; a commit that they let pass before is not tested again.
  private func verdict(of commit: GitID, _ run: MergeRun) throws(BeadsError) -> Verdict {
    let gates = gatesKey
    if try database.knownVerdict(rig: rig.name, commit: commit, gates: gates) == true { return .green }
    let results = try runner.run(
      policy.gates, on: commit,
      started: { group throws(BeadsError) in try self.database.noteGate(run, group: group) },
      isCancelled: isCancelled)
    for result in results {
      switch result.outcome {
      case .passed: continue
      case .flaky: tell(.flaky(gate: result.gate, commit))
      case .unable(let reason): return .unable(gate: result.gate, reason)
      case .failed: return .red(gate: result.gate, log: result.log)
      }
    }
    try database.rememberVerdict(rig: rig.name, commit: commit, gates: gates, passed: true)
    return .green
  }

  /// The gates as one text: other gates have not said anything yet.
  private var gatesKey: String {
    JSONValue.array(policy.gates.map { .array($0.arguments.map { .string($0) }) }).compactText
  }

  var committer: GitPerson {
    GitPerson(name: actor, mail: "\(rig.name).refinery@gastown.local")
  }

  // MARK: The push

  private func push(_ run: inout MergeRun, _ layers: [MergeStack.Layer]) throws(BeadsError) -> String {
    guard let base = run.base, let tip = run.tip else { return "nothing to merge" }
    run.phase = .pushing
    try database.save(run)
    let result = try town.git(rig.repository, adding: ["GT_MERGE_ENGINE": "1"]).ask(
      "push", "--quiet", "--porcelain",
      "--force-with-lease=refs/heads/\(run.target):\(base)", "origin", "\(tip):refs/heads/\(run.target)")
    // What counts is what is there, not what the push said.
    try fetch()
    let repository = try GitRepository(at: rig.repository)
    guard let there = try remoteCommit(run.target), try repository.isAncestor(tip, of: there) else {
      run.phase = .building
      try database.save(run)
      if result.succeeded {
        throw BeadsError(.io, "the push of \(tip.short) to \(run.target) succeeded, but it is not there")
      }
      let reason = GitCommand.reason(result.errorText)
      if try remoteCommit(run.target) != base {
        tell(.overtaken(run.target))
        return "\(run.target) was moved by somebody else"
      }
      throw BeadsError(.io, "\(run.target) could not be pushed to the origin of \(rig.name): \(reason)")
    }
    run.phase = .pushed
    try database.save(run)
    try finish(run)
    return "merged \(layers.count)"
  }
}
