public import BeadsModel

/// One step of a molecule, with as much of its issue as it takes to say how far the molecule is.
public struct MoleculeStep: Sendable, Equatable {
  /// Where a step stands.
  public enum State: String, Sendable, CaseIterable {
    /// Finished.
    case done
    /// Somebody works on it.
    case current
    /// Its status says that it waits for something outside the graph.
    case blocked
    /// It can be started now.
    case ready
    /// It has to wait.
    case pending
  }

  /// The issue.
  public let id: IssueID
  /// Its title.
  public let title: String
  /// Its status.
  public let status: Status
  /// Where it stands.
  public let state: State
  /// Its priority.
  public let priority: Int
  /// Its type.
  public let type: IssueType
  /// Who works on it, or should; empty for nobody.
  public let assignee: String
  /// What it is a part of: the root, or another step.
  public let parentID: IssueID
  /// When it was created, which is the order of the steps.
  public let createdAt: Timestamp
  /// When it was last changed.
  public let updatedAt: Timestamp
  /// When it was closed.
  public let closedAt: Timestamp?
  /// Whether nothing more is to be done about it: it is finished, or pinned.
  public let isSettled: Bool
  /// Whether `ready` offers it.
  public let isReady: Bool
  /// Whether it is in the blocked set: something it waits for, or its parent does, is not finished.
  public let isBlocked: Bool
  /// A parent, this or another, that is in the blocked set and that it waits with.
  public let blockedParent: IssueID?

  /// Whether it is being worked on, or could be: nothing keeps it from being finished.
  public var isWorkable: Bool { isReady || (state == .current && !isBlocked) }
}

extension MoleculeStep {
  /// Where an issue stands, by the meaning of its status.
  static func state(_ status: Status, _ category: StatusCategory, isReady: Bool) -> State {
    if category == .done { return .done }
    if status == .blocked { return .blocked }
    if category == .wip { return .current }
    return isReady ? .ready : .pending
  }
}
