public import BeadsModel

/// The latest thing that happened to a molecule.
public struct MoleculeActivity: Sendable, Equatable {
  /// What it was.
  public enum Source: String, Sendable {
    /// A step was closed.
    case stepClosed = "step_closed"
    /// A step was changed.
    case stepUpdated = "step_updated"
    /// The root was changed.
    case moleculeUpdated = "molecule_updated"
  }

  /// When.
  public let time: Timestamp
  /// What.
  public let source: Source
  /// The step; nil for the root.
  public let stepID: IssueID?
}

extension MoleculeGraph {
  /// The latest thing that happened; of several at once, that a step was closed, then what else happened to a step.
  public var lastActivity: MoleculeActivity {
    let latest = steps.max { a, b in
      (a.updatedAt, a.wasClosedLast ? 1 : 0, a.id) < (b.updatedAt, b.wasClosedLast ? 1 : 0, b.id)
    }
    guard let step = latest, step.updatedAt >= root.updatedAt else {
      return MoleculeActivity(time: root.updatedAt, source: .moleculeUpdated, stepID: nil)
    }
    return MoleculeActivity(
      time: step.updatedAt, source: step.wasClosedLast ? .stepClosed : .stepUpdated, stepID: step.id)
  }
}

extension MoleculeStep {
  /// Whether its last change was that it was closed.
  fileprivate var wasClosedLast: Bool { state == .done && closedAt == updatedAt }
}
