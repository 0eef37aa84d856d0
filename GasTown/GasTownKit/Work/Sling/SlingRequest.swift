public import BeadsKit

/// Work to be given out.
public struct SlingRequest: Sendable {
  /// Issues, an epic, a convoy, or a formula.
  public var work: [String]
  /// Who gets it: a rig, `rig/name`, `crew/name`, `mayor`, `.`; nil for the last word of `work` when that is one, else
  /// what fits the caller.
  public var target: String?
  /// The issue that a formula is applied to.
  public var issue: String?
  /// The formula that says how the work is done, in the place of the usual one.
  public var formula: String?
  /// Values for its variables, as `name=value`.
  public var variables: [String] = []
  /// Instructions for the agent.
  public var arguments: String?
  /// The subject of a note to the agent.
  public var subject: String?
  /// A note to the agent.
  public var message: String?
  /// The runtime to use.
  public var runtime: String?
  /// `direct`, `mr` or `local`.
  public var mergeStrategy: String?
  /// The branch that the work starts from and goes back to.
  public var baseBranch: BranchName?
  /// How the agent is to go about it, such as `ralph`.
  public var mode: String?
  /// Whether guards that may be overridden are.
  public var isForced = false
  /// Whether only to say what would be done.
  public var isDryRun = false
  /// Whether no convoy is made.
  public var makesNoConvoy = false
  /// Whether the convoy that is made ends by its owner's word alone.
  public var isConvoyOwned = false
  /// Whether the issue comes without a checklist.
  public var isRaw = false
  /// Whether the branch is not to be merged.
  public var isNoMerge = false
  /// Whether nothing is to be changed.
  public var isReviewOnly = false
  /// Whether its turn has come: the scheduler gives it out.
  var isDue = false

  /// Work and who gets it.
  public init(_ work: [String], to target: String? = nil) {
    self.work = work
    self.target = target
  }
}

/// What became of one issue that was to be given out.
public struct SlingOutcome: Sendable {
  /// What was done.
  public enum Action: String, Sendable {
    /// Given to an agent.
    case dispatched
    /// Had been given out before; what was missing was made up for.
    case resumed
    /// Has been with that agent all along.
    case already
    /// Waits for its turn, because the town is full.
    case scheduled
    /// Would be given out.
    case planned
    /// Cannot be worked on now.
    case skipped
    /// Not given out, because of an error.
    case failed
  }

  /// The issue.
  public let bead: IssueID
  /// Its title.
  public let title: String
  /// What was done.
  public internal(set) var action: Action
  /// The rig it went to.
  public internal(set) var rig: RigName?
  /// The agent it went to.
  public internal(set) var agent: AgentAddress?
  /// The formula.
  public internal(set) var formula: String?
  /// The root of the molecule.
  public internal(set) var molecule: IssueID?
  /// The convoy that tracks it.
  public internal(set) var convoy: IssueID?
  /// Where it is worked on.
  public internal(set) var worktree: String?
  /// The branch it is worked on.
  public internal(set) var branch: BranchName?
  /// The session that was started.
  public internal(set) var session: String?
  /// What the user has to do or know.
  public internal(set) var note: String?
  /// What a person types to run the agent, where gt runs none.
  public internal(set) var commandLine: String?
  /// Why it failed.
  public internal(set) var error: BeadsError?

  init(_ issue: Issue, _ action: Action) {
    bead = issue.id
    title = issue.title
    self.action = action
  }
}
