public import BeadsModel

/// Unfinished work shared out among agents: nobody waits for another longer than the edges demand.
public struct WorkPlan: Sendable, Equatable {
  /// One issue and when it is worked on, in minutes from now.
  public struct Step: Sendable, Equatable {
    /// The issue.
    public let issue: PlannedIssue
    /// When it starts; everything it waits for has ended.
    public let start: Int
    /// When it ends.
    public let end: Int
  }

  /// Work that cannot be planned.
  public struct Unplanned: Sendable, Equatable {
    /// The issue.
    public let issue: PlannedIssue
    /// One clause for people: "it waits for t-5, which cannot be planned".
    public let reason: String
  }

  /// For how many agents.
  public let agents: Int
  /// What each agent does, in order; agents for whom there is no work are left out.
  public let tracks: [[Step]]
  /// When everything planned is done, in minutes from now.
  public let length: Int
  /// The longest chain of issues that wait for each other; no number of agents is faster.
  public let criticalPath: [IssueID]
  /// What cannot be planned, in ID order.
  public let unplanned: [Unplanned]
}

/// What a plan needs to know of an issue.
public struct PlannedIssue: Sendable, Equatable {
  /// The issue.
  public let id: IssueID
  /// Its title.
  public let title: String
  /// Its status.
  public let status: Status
  /// Its priority.
  public let priority: Int
  /// Its type.
  public let type: IssueType
  /// Who has it.
  public let assignee: String
  /// How long it takes: its estimate, or an hour.
  public let minutes: Int
}
