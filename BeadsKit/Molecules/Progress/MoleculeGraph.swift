public import BeadsModel

/// A molecule as it stands: its root and every issue below that.
public struct MoleculeGraph: Sendable {
  /// The issue the steps are below.
  public let root: Issue
  /// The steps at every depth, in the order they were made, which is that of the formula.
  public let steps: [MoleculeStep]
  /// The steps that have parts of their own which are not done.
  private let openParents: Set<IssueID>

  init(root: Issue, steps: [MoleculeStep]) {
    self.root = root
    self.steps = steps
    openParents = Set(steps.lazy.filter { !$0.isSettled }.map(\.parentID))
  }

  /// How many steps are done.
  public var completed: Int { count(.done) }

  /// Whether nothing is left to be done.
  public var isComplete: Bool { steps.allSatisfy(\.isSettled) }

  /// How many steps stand there.
  public func count(_ state: MoleculeStep.State) -> Int { steps.count { $0.state == state } }

  /// The steps that `ready` offers, in the order they should be taken up: the most urgent, then the first.
  public var readySteps: [MoleculeStep] {
    steps.enumerated().filter(\.element.isReady)
      .sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
      .map(\.element)
  }

  /// The step that is being worked on: the actor's own, else one that nobody has by name, else anybody's.
  ///
  /// Whoever takes over from an agent that died goes on with what that one had begun.
  public func currentStep(for actor: String) -> MoleculeStep? {
    let current = steps.filter { $0.state == .current }
    return current.first { !actor.isEmpty && $0.assignee == actor } ?? current.first { $0.assignee.isEmpty }
      ?? current.first
  }

  /// The ready step that the actor should start: not another's, and without open parts, which come before it.
  public func nextStep(for actor: String) -> MoleculeStep? {
    readySteps.first { ($0.assignee.isEmpty || $0.assignee == actor) && !openParents.contains($0.id) }
  }

  /// Whether a step has parts that are not done; it can be finished only after them.
  public func hasOpenParts(_ id: IssueID) -> Bool { openParents.contains(id) }
}
