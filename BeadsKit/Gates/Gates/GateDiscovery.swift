public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// Finds the runs that gates without a run wait for (contract 5.9).
public struct GateDiscovery: Sendable {
  /// A gate and the run that fits it best.
  public struct Match: Sendable, Equatable {
    /// The gate.
    public let gate: Issue
    /// The run.
    public let run: WorkflowRun
    /// How well it fits; 30 is enough.
    public let score: Int
  }

  /// The time now.
  public let now: Timestamp
  /// Where the checkout stands.
  public let head: GitHead
  /// Runs that were started longer ago, in nanoseconds, are left out.
  public let maximumAge: Int64

  /// Makes a search.
  public init(now: Timestamp, head: GitHead, maximumAge: Int64 = 30 * 60 * 1_000_000_000) {
    self.now = now
    self.head = head
    self.maximumAge = maximumAge
  }

  /// Whether a gate waits for a run that has to be found: it has no ID, or only the name of a workflow.
  public static func isWanted(_ gate: Issue) -> Bool {
    switch GateCondition(gate) {
    case .anyRun, .workflow: true
    default: false
    }
  }

  /// The best run for each gate that has one; of equals, the one started last.
  ///
  /// O(gates x runs).
  public func matches(_ gates: [Issue], _ runs: [WorkflowRun]) -> [Match] {
    let recent = runs.filter(isRecent)
    return gates.filter(Self.isWanted).compactMap { gate in
      let scored = recent.map { (run: $0, score: score($0, for: gate)) }
      guard let best = scored.map(\.score).max(), best >= 30,
        let run = WorkflowRun.newest(of: scored.filter { $0.score == best }.map(\.run))
      else { return nil }
      return Match(gate: gate, run: run, score: best)
    }
  }

  private func isRecent(_ run: WorkflowRun) -> Bool {
    run.createdAt.map { $0.adding(nanoseconds: maximumAge) >= now } ?? false
  }

  func score(_ run: WorkflowRun, for gate: Issue) -> Int {
    var score = 0
    // A gate that names a workflow never waits for another one.
    if case .workflow(let name) = GateCondition(gate) {
      guard Self.isSame(run.workflow, name) else { return 0 }
      score += 50
    }
    if let commit = head.commit, commit == run.commit { score += 200 }
    if let branch = head.branch, branch == run.branch { score += 100 }
    if let start = run.createdAt { score += Self.proximity(start, gate.createdAt) }
    return run.isCompleted ? score : score + 5
  }

  /// Whether the name of a workflow is the one that was given, which may be the name of its file.
  private static func isSame(_ workflow: String, _ name: String) -> Bool {
    let plain = name.lowercased()
    let stem = [".yml", ".yaml"].reduce(plain) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
    return [plain, stem].contains(workflow.lowercased())
  }

  /// Up to 30 for runs that were started about when the gate was made.
  private static func proximity(_ a: Timestamp, _ b: Timestamp) -> Int {
    let (distance, overflow) = a.unixNanoseconds.subtractingReportingOverflow(b.unixNanoseconds)
    let minutes = overflow ? .max : distance.magnitude / 60_000_000_000
    switch minutes {
    case ..<5: return 30
    case ..<10: return 20
    case ..<30: return 10
    default: return 0
    }
  }
}

extension Transaction {
  /// Gives gates the runs that were found for them; a gate that was changed meanwhile keeps what it has.
  /// - Returns: How many gates got a run.
  @discardableResult
  public mutating func assignRuns(_ matches: [GateDiscovery.Match]) throws(BeadsError) -> Int {
    let current = Dictionary(
      try store.issues(matches.map(\.gate.id)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var count = 0
    for match in matches {
      guard let gate = current[match.gate.id], gate.awaitID == match.gate.awaitID, !store.isFinished(gate),
        GateDiscovery.isWanted(gate)
      else { continue }
      try update(gate.id) { $0.awaitID = match.run.id }
      count += 1
    }
    return count
  }
}
