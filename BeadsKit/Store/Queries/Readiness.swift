public import BeadsModel

/// Why one issue is, or is not, offered as ready work.
public struct Readiness: Sendable {
  /// Something an issue waits for, as far as this store knows it.
  public struct Blocker: Sendable, Equatable {
    /// The issue or external capability.
    public let id: IssueID
    /// The type of the edge.
    public let edge: DependencyType
    /// Its title; empty for what is not in this store.
    public let title: String
    /// Its status, `external` for what is not in this store.
    public let status: Status
    /// Its priority.
    public let priority: Int
    /// Its type; empty for what is not in this store.
    public let type: IssueType
    /// Who works on it.
    public let assignee: String
    /// Of a gate, what kind of event opens it.
    public let awaitType: String
    /// Of a gate, which event opens it.
    public let awaitID: String
  }

  /// One rule of ready work that the issue does not meet.
  public struct Obstacle: Sendable, Equatable {
    /// Which rule.
    public enum Kind: String, Sendable {
      case closed, claimed, status, pinned, template, ephemeral, type
      case idPattern = "id_pattern"
      case deferred
      case parentDeferred = "parent_deferred"
      case blocked
      case parentBlocked = "parent_blocked"
    }

    /// Which rule.
    public let kind: Kind
    /// One clause for people: "it waits for 2 issues".
    public let message: String
    /// The ancestor it is inherited from.
    public var ancestor: IssueID?
    /// What has to happen before: of `blocked` and `parentBlocked`.
    public var blockers: [Blocker] = []
  }

  /// The issue.
  public let issue: Issue
  /// The rules it does not meet, the most fundamental first; empty when it is ready.
  public let obstacles: [Obstacle]
  /// The targets of its blocking edges that do not block it any more, in ID order.
  public let resolvedBlockers: [IssueID]

  /// Whether `ready` offers it.
  public var isReady: Bool { obstacles.isEmpty }

  /// One sentence for people, without the period.
  public var reason: String {
    if isReady {
      return ReadyExplanation.Ready(issue: issue, resolvedBlockers: resolvedBlockers).reason
    }
    return obstacles.map(\.message).joined(separator: "; ")
  }
}
