public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// What comes after a step of a molecule.
public struct MoleculeContinuation: Sendable {
  /// The molecule the step belongs to; nil when it belongs to none, and then nothing comes next.
  public let moleculeID: IssueID?
  /// The step to go on with, as saved; nil when none is ready.
  public let nextStep: Issue?
  /// Whether the step to go on with was claimed just now.
  public let isClaimed: Bool
  /// Whether nothing is left to be done in the molecule.
  public let isComplete: Bool
  /// How many steps are not done.
  public let remaining: Int
}

extension Transaction {
  /// Finds the next ready step of the molecule that a step belongs to, and starts it.
  ///
  /// Choosing and starting are one transaction: of many agents on one molecule each gets another step. The status goes
  /// from open to `in_progress`, the assignee stays. Linear in the steps of the molecule, about 5 us a step.
  /// - Parameters:
  ///   - step: A step that this transaction has closed, or one that was closed before.
  ///   - claims: Whether the next step is started, or only named.
  ///   - resumes: Whether a step that is being worked on is gone on with, rather than another started: for an agent that
  ///     does not know whether it has closed `step` already.
  public mutating func continueMolecule(
    after step: IssueID, claims: Bool = true, resumes: Bool = false
  ) throws(BeadsError) -> MoleculeContinuation {
    guard let rootID = try store.moleculeRoot(of: step) else {
      return MoleculeContinuation(
        moleculeID: nil, nextStep: nil, isClaimed: false, isComplete: false, remaining: 0)
    }
    try refreshBlockedSet()
    let graph = try store.moleculeGraph(of: rootID)
    var next: Issue?
    var isClaimed = false
    if resumes, let current = graph.currentStep(for: actor) {
      next = try store.issue(current.id)
    } else if let ready = graph.nextStep(for: actor) {
      isClaimed = claims
      next = claims ? try start(ready.id) : try store.issue(ready.id)
    }
    return MoleculeContinuation(
      moleculeID: rootID, nextStep: next, isClaimed: isClaimed, isComplete: graph.isComplete,
      remaining: graph.steps.count { !$0.isSettled })
  }

  /// Claims the first ready step of a molecule that nobody else has, or returns nil when there is none.
  ///
  /// Choosing and claiming are one transaction: of many agents each gets another step.
  /// - Throws: `notFound`.
  public mutating func claimStep(of molecule: IssueID) throws(BeadsError) -> Issue? {
    try refreshBlockedSet()
    guard let next = try store.moleculeGraph(of: molecule).nextStep(for: actor) else { return nil }
    // What was deferred until now is open, though nothing has said so yet.
    if next.status == .deferred { try update(next.id) { $0.status = .open } }
    return try claim(next.id)
  }

  private mutating func start(_ id: IssueID) throws(BeadsError) -> Issue {
    try update(id) { $0.status = .inProgress }
  }
}
