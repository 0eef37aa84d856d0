public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// What was found out about a gate.
public struct GateFinding: Sendable, Equatable {
  /// The gate, as it was when it was looked at.
  public let gate: Issue
  /// What is to be done with it.
  public internal(set) var outcome: GateOutcome
  /// The run that was found for a gate that named a workflow.
  public let runID: String?
}

/// Which gates of machines are looked at.
public enum GateChoice: String, Sendable, CaseIterable {
  case all, gitHub = "gh", run = "gh:run", pullRequest = "gh:pr", timer, bead

  /// The types of gates.
  public var types: [AwaitType] {
    switch self {
    case .all: AwaitType.allCases.filter(\.isMachine)
    case .gitHub: [.githubRun, .githubPullRequest]
    case .run: [.githubRun]
    case .pullRequest: [.githubPullRequest]
    case .timer: [.timer]
    case .bead: [.bead]
    }
  }
}

extension Store {
  /// Gates, oldest first, so that none waits for ever behind a limit.
  /// - Parameters:
  ///   - types: What they wait for; nil for all.
  ///   - isFinished: Whether finished gates are returned too.
  public func gates(
    _ types: [AwaitType]? = nil, includingFinished isFinished: Bool = false, limit: Int? = nil
  ) throws(BeadsError) -> [Issue] {
    if let limit, limit < 0 {
      throw BeadsError(.invalid, "limit \(limit) is negative", hint: "use 0 for all")
    }
    var condition = "i.issue_type = 'gate' AND i.status <> 'tombstone'"
    if !isFinished {
      condition += " AND i.status NOT IN (SELECT status FROM status_categories WHERE category = 'done')"
    }
    if let types {
      condition += " AND i.await_type IN (\(types.map { "'\($0.rawValue)'" }.joined(separator: ",")))"
    }
    return try issues(where: condition, order: "i.created_at, i.id", limit: limit ?? -1)
  }

  /// Finds out about gates, and changes nothing.
  /// - Parameter ask: Answers questions that the store cannot answer; it is given each one once.
  public func findings(
    of gates: [Issue], ask: (Set<GateCondition>) throws(BeadsError) -> [GateCondition: GateAnswer]
  ) throws(BeadsError) -> [GateFinding] {
    let conditions = gates.map { GateCondition($0) }
    let questions = Set(conditions.filter(\.needsAnswer))
    let answers = questions.isEmpty ? [:] : try ask(questions)
    let now = now
    return zip(gates, conditions).map { gate, condition in
      let answer = answers[condition]
      var runID: String?
      if case .workflow = condition, case .runs(let runs)? = answer {
        runID = WorkflowRun.newest(of: runs)?.id
      }
      return GateFinding(gate: gate, outcome: condition.outcome(now: now, answer: answer), runID: runID)
    }
  }
}

extension Transaction {
  /// Acts on what was found: closes the gates whose condition holds and remembers the runs that were found.
  ///
  /// A gate that was changed meanwhile is left alone; one that something else guards stays open.
  /// - Returns: The findings, with an error for each gate that could not be closed.
  public mutating func settle(_ findings: [GateFinding]) throws(BeadsError) -> [GateFinding] {
    let current = Dictionary(
      try store.issues(findings.map(\.gate.id)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var result = findings
    for (index, finding) in findings.enumerated() {
      guard let gate = current[finding.gate.id], GateCondition(gate) == GateCondition(finding.gate),
        !store.isFinished(gate)
      else { continue }
      do throws(BeadsError) { try attempt { inner throws(BeadsError) in try inner.settle(finding) } } catch {
        guard error.code == .conflict else { throw error }
        result[index].outcome = .failed("\(finding.outcome.reason), but \(error.message)")
      }
    }
    return result
  }

  private mutating func settle(_ finding: GateFinding) throws(BeadsError) {
    if let runID = finding.runID { try update(finding.gate.id) { $0.awaitID = runID } }
    guard case .resolved(let reason) = finding.outcome else { return }
    clearedGates.insert(finding.gate.id)
    try close(finding.gate.id, reason: reason)
  }
}
