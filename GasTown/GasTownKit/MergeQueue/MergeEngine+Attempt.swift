import BeadsKit

extension MergeEngine {
  /// How an attempt ended.
  enum Ending {
    case merged(Int)
    /// They pass, and a person decides.
    case tested(Int)
    case nothing
    /// Somebody else moved the target.
    case overtaken
    /// Somebody took back a merge request while it was tested.
    case takenBack([IssueID])
    /// The target fails its own gates.
    case broken(BranchName)
    case cancelled
    /// A gate could not be run.
    case unable(gate: String, String)

    var text: String {
      switch self {
      case .merged(let count): "merged \(count)"
      case .tested(let count): "tested \(count)"
      case .nothing: "nothing to merge"
      case .overtaken: "the target was moved by somebody else"
      case .takenBack(let ids): "taken back: \(ids.map(\.rawValue).joined(separator: ", "))"
      case .broken(let target): "\(target) is broken"
      case .cancelled: "cancelled"
      case .unable(let gate, let reason): "the gate \(gate) could not be run: \(reason)"
      }
    }
  }

  /// Tries to merge the candidates.
  /// - Parameter isTrial: Whether they are only tested: a person decides about them.
  /// - Returns: Whether there may be more to do now.
  func merge(
    _ candidates: [MergeCandidate], into target: BranchName, at base: GitID, isTrial: Bool = false
  ) throws(BeadsError) -> Bool {
    var run = try database.beginMerge(rig: rig.name, target: target, members: candidates.map(\.id))
    let ending: Ending
    do throws(BeadsError) {
      ending = try attempt(&run, claim(candidates), into: target, at: base, isTrial: isTrial)
    } catch {
      // What may have been pushed is left to `recover`, which looks.
      if run.phase != .pushing, run.phase != .pushed { try? giveUp(&run, error.message) }
      throw error
    }
    run.outcome = ending.text
    run.phase = .done
    try database.save(run)
    try release(candidates.map(\.id))
    switch ending {
    case .unable(let gate, let reason):
      tell(.unable(gate: gate, reason))
      try noteTrouble(BeadsError(.io, ending.text), candidates.map(\.id))
      return false
    case .cancelled: return false
    case .merged, .tested, .nothing, .overtaken, .takenBack:
      if let hold = try database.mergeHold(rig: rig.name), hold.broken == nil { try clearHold() }
      return true
    case .broken: return true
    }
  }

  private func attempt(
    _ run: inout MergeRun, _ candidates: [MergeCandidate], into target: BranchName, at base: GitID,
    isTrial: Bool
  ) throws(BeadsError) -> Ending {
    let repository = try GitRepository(at: rig.repository)
    let time = town.environment.clock() / 1_000_000_000
    var waiting = candidates
    if let ending = try testBranches(&waiting, &run, at: base) { return ending }
    while !waiting.isEmpty {
      let stack = try MergeStack(
        waiting, on: base, in: repository, style: policy.style, committer: committer, time: time)
      for refused in stack.refused { try settle(refused, base: base, target: target) }
      if stack.layers.isEmpty { return .nothing }
      run.base = base
      run.tip = stack.tip
      run.members = stack.layers.map { MergeRun.Member(id: $0.candidate.id, commit: $0.commit) }
      run.phase = .testing
      try database.save(run)
      switch try verdict(of: stack.tip, run, policy.resultGates) {
      case .green:
        if !isTrial { return try push(&run, stack.layers) }
        for layer in stack.layers { try noteTested(layer.candidate, target, base) }
        return .tested(stack.layers.count)
      case .cancelled: return .cancelled
      case .unable(let gate, let reason): return .unable(gate: gate, reason)
      case .red(let failure):
        if try isBroken(target, base, run) {
          let tried = stack.layers.count == 1 ? [stack.layers[0].candidate.id] : []
          try noteBroken(target, at: base, failure, tried: tried)
          return .broken(target)
        }
        guard let culprit = try culprit(stack.layers, run, failure) else { return .cancelled }
        try reject(culprit.candidate, culprit.failure)
        waiting = stack.layers.map(\.candidate).filter { $0.id != culprit.candidate.id }
      }
    }
    return .nothing
  }

  /// Whether the target fails without anything of ours.
  private func isBroken(_ target: BranchName, _ base: GitID, _ run: MergeRun) throws(BeadsError) -> Bool {
    if let known = try database.mergeHold(rig: rig.name)?.broken, known == (target, base) { return true }
    if case .red = try verdict(of: base, run, policy.resultGates) { return true }
    return false
  }

  /// Runs the gates for branches on what was submitted; those that fail leave the queue.
  ///
  /// A branch that only has what its target had wrong already is not blamed for it.
  private func testBranches(
    _ candidates: inout [MergeCandidate], _ run: inout MergeRun, at base: GitID
  ) throws(BeadsError) -> Ending? {
    let gates = policy.gates.filter { $0.phase == .branch }
    if gates.isEmpty { return nil }
    run.phase = .testing
    try database.save(run)
    for candidate in candidates {
      switch try verdict(of: candidate.head, run, gates) {
      case .green: continue
      case .cancelled: return .cancelled
      case .unable(let gate, let reason): return .unable(gate: gate, reason)
      case .red(let failure):
        let repository = try GitRepository(at: rig.repository)
        if let start = try repository.mergeBase(base, candidate.head),
          case .red = try verdict(of: start, run, gates)
        {
          continue
        }
        try reject(candidate, failure)
        candidates.removeAll { $0.id == candidate.id }
      }
    }
    return nil
  }

  /// The branch that breaks the gates: everything before it passes, and with it does not; nil when cancelled.
  private func culprit(
    _ layers: [MergeStack.Layer], _ run: MergeRun, _ first: GateFailure
  ) throws(BeadsError) -> (candidate: MergeCandidate, failure: GateFailure)? {
    var last = first
    var isCancelled = false
    let place = try Bisection.culprit(count: layers.count) { count throws(BeadsError) in
      if isCancelled { return true }
      switch try verdict(of: layers[count - 1].commit, run, policy.resultGates) {
      case .green: return true
      case .cancelled:
        isCancelled = true
        return true
      case .red(let failure):
        last = failure
        return false
      case .unable(let gate, let reason):
        throw BeadsError(.io, "the gate \(gate) could not be run: \(reason)")
      }
    }
    return isCancelled ? nil : (layers[place].candidate, last)
  }

  enum Verdict {
    case green
    case red(GateFailure)
    case unable(gate: String, String)
    case cancelled
  }

  /// What the gates say of a commit; a commit that they let pass before is not tested again.
  func verdict(of commit: GitID, _ run: MergeRun, _ gates: [Gate]) throws(BeadsError) -> Verdict {
    let key = Self.key(of: gates)
    if try database.knownVerdict(rig: rig.name, commit: commit, gates: key) == true { return .green }
    var runner = runner
    runner.nonce = run.nonce
    var heardAt = monotonicNanoseconds()
    let results = try runner.run(
      gates, on: commit,
      started: { gates throws(BeadsError) in try self.database.noteGates(run, gates) },
      isCancelled: {
        if monotonicNanoseconds() - heardAt > 60_000_000_000 {
          heardAt = monotonicNanoseconds()
          try? self.database.touch(run)
        }
        return self.isCancelled?() == true
      })
    try note(results, run)
    if isCancelled?() == true, !results.allSatisfy(\.passes) { return .cancelled }
    var unable: Verdict?
    for result in results {
      switch result.outcome {
      case .passed: continue
      case .flaky: tell(.flaky(gate: result.gate, commit))
      case .failed(let reason):
        return .red(GateFailure(gate: result.gate, reason: reason, log: result.log))
      case .unable(let reason): unable = .unable(gate: result.gate, reason)
      }
    }
    if let unable { return unable }
    gateTimes[commit] = results.map { "\($0.gate) \(Self.text(milliseconds: $0.milliseconds))" }
      .joined(separator: ", ")
    try database.rememberVerdict(rig: rig.name, commit: commit, gates: key, passed: true)
    return .green
  }

  /// Says what gates did that gates do not do, on the merge requests they were run for.
  private func note(_ results: [GateResult], _ run: MergeRun) throws(BeadsError) {
    var said: Set<String> = []
    for result in results {
      for note in result.notes where said.insert(note).inserted {
        tell(.note(gate: result.gate, note))
        for member in run.members { try remark(member.id, "The gate \(result.gate): \(note)") }
      }
    }
  }

  private static func text(milliseconds: Int64) -> String {
    milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
  }

  /// The gates as one text: other gates have not said anything yet.
  private static func key(of gates: [Gate]) -> String {
    JSONValue.array(gates.map { .array($0.arguments.map { .string($0) }) }).compactText
  }
}

/// A gate that did not pass.
struct GateFailure {
  let gate: String
  /// How it ended, such as `exit status 2`.
  let reason: String
  let log: String
}
