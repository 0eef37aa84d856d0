public import BeadsKit

/// A convoy: an issue of the town's tracker that follows issues of any rig until all of them are done.
///
/// What it follows are edges of type `tracks`; they block nothing. The state of a followed issue is never copied:
/// it is read from the issue's own tracker whenever somebody asks.
public struct Convoy: Sendable, Equatable {
  /// The label of every convoy.
  public static let label = "gt:convoy"
  /// The label of a convoy whose owner ends it.
  public static let ownedLabel = "gt:owned"

  /// The issue.
  public let issue: Issue

  /// The convoy that an issue is, or nil.
  public init?(_ issue: Issue) {
    guard !issue.isTombstone, issue.type == .convoy || issue.labels.contains(Self.label) else { return nil }
    self.issue = issue
  }

  /// Its ID.
  public var id: IssueID { issue.id }
  /// What it is about.
  public var title: String { issue.title }
  /// `open`, `closed`, `staged_ready` or `staged_warnings`.
  public var status: Status { issue.status }
  /// Whether everything it was to do is done, or it was given up.
  public var isClosed: Bool { issue.isClosed }
  /// Whether it is ended by its owner (`land`) rather than by itself.
  public var isOwned: Bool { issue.labels.contains(Self.ownedLabel) }
  /// Whose it is.
  public var owner: String { issue.townField("owner") ?? issue.createdBy }
  /// Who is told when it ends, beside the owner.
  public var notify: String? { issue.townField("notify") }
  /// How work of it is merged: `direct`, `mr` or `local`; nil for what the rig does.
  public var mergeStrategy: String? { issue.townField("merge") }
  /// The branch that work of it starts from.
  public var baseBranch: String? { issue.townField("base_branch") }
  /// The molecule that made it.
  public var molecule: String? { issue.townField("molecule") }
  /// The issue that makes one result of what the others find, if a formula made one.
  public var synthesis: IssueID? { issue.townField("synthesis").flatMap(IssueID.init(rawValue:)) }
  /// Who else gets mail when it ends.
  public var watchers: [String] { issue.townList("watchers") }
  /// Who else gets a nudge when it ends.
  public var nudgeWatchers: [String] { issue.townList("nudge_watchers") }
  /// The issues it follows, in the order they were added.
  public var tracked: [IssueID] {
    var seen: Set<IssueID> = []
    return issue.dependencies.filter { $0.type == .tracks }.compactMap { Self.local($0.dependsOnID) }
      .filter { seen.insert($0).inserted }
  }

  /// The issue behind `external:PREFIX:ID`, the form in which other tools write issues of other trackers.
  static func local(_ id: IssueID) -> IssueID? {
    guard id.isExternal else { return id }
    let parts = id.rawValue.split(separator: ":", maxSplits: 2)
    return parts.count == 3 ? IssueID(rawValue: String(parts[2])) : nil
  }
}

/// An issue that a convoy follows, as its own tracker has it now.
public struct TrackedIssue: Sendable, Equatable {
  /// Its ID.
  public let id: IssueID
  /// The issue; nil when it could not be found out.
  public let issue: Issue?
  /// Whether its tracker counts it as done.
  public let isDone: Bool
  /// Whether something keeps it from being started.
  public let isBlocked: Bool
  /// Who works on it.
  public let worker: AgentRecord?
  /// For how long they have had it, in nanoseconds.
  public internal(set) var workerAge: Int64?
  /// Why nothing is known of it.
  public let problem: String?

  /// Its status, or `unknown`, which is never the same as closed.
  public var status: String { issue?.status.rawValue ?? "unknown" }
}

/// A convoy with what it follows.
public struct ConvoyProgress: Sendable, Equatable {
  /// The convoy.
  public let convoy: Convoy
  /// What it follows.
  public let tracked: [TrackedIssue]

  /// How many of these are done.
  public var completed: Int { tracked.count(where: \.isDone) }
  /// Whether all of them are, and there are any.
  public var isComplete: Bool { !tracked.isEmpty && tracked.allSatisfy(\.isDone) }
}
