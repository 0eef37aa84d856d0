import BeadsModel
public import BeadsSystem

/// Who wins where two people changed the same field; the setting `conflict.strategy`.
public enum ConflictStrategy: String, Sendable, CaseIterable {
  /// The later change.
  case newest
  /// This clone's change.
  case ours
  /// The change that comes from the remote.
  case theirs
  /// Nobody: the sync stops before it merges and names the conflicts.
  case manual

  var preference: MergePolicy.Preference {
    switch self {
    case .newest, .manual: .newest
    case .ours: .ours
    case .theirs: .theirs
    }
  }
}

/// What `GitSync.run` shall do; the defaults are those of `bd sync --full`.
public struct SyncOptions: Sendable {
  /// The message of its commits; nil for one that names the issues.
  public var message: String?
  /// Whether to fetch and merge.
  public var pulls = true
  /// Whether to push.
  public var pushes = true
  /// Who wins where both sides changed a field; nil for the setting `conflict.strategy`.
  public var strategy: ConflictStrategy?
  /// Whether the sync branch is also merged into the checked-out branch.
  public var mergesSyncBranch = false

  /// The defaults.
  public init() {}
}

/// What a sync did.
public struct SyncReport: Sendable {
  /// How what came from the remote was joined with what is here.
  public enum Join: String, Sendable {
    /// Nothing came.
    case none
    /// There was nothing here that the remote did not have.
    case fastForward = "fast-forward"
    /// By a merge commit.
    case merge
  }

  /// The branch that has the issues; nil when git is off.
  public internal(set) var branch: String?
  /// Whether that is the sync branch rather than the checked-out one.
  public internal(set) var isSyncBranch = false
  /// The remote, or nil when there is none.
  public internal(set) var remote: String?
  /// Whether `issues.jsonl` was written.
  public internal(set) var exported = false
  /// The commits that were made, 40 hexadecimal digits each, oldest first.
  public internal(set) var commits: [String] = []
  /// How many commits came from the remote.
  public internal(set) var pulled = 0
  /// How they were joined.
  public internal(set) var join = Join.none
  /// What the commits changed in the store.
  public internal(set) var imported = ImportReport()
  /// Issues that both sides had changed.
  public internal(set) var mergedIssues = 0
  /// Whether something was pushed.
  public internal(set) var pushed = false
  /// What was left undone and why, one sentence each.
  public internal(set) var notes: [String] = []
  /// What people should look at, one sentence each.
  public internal(set) var warnings: [String] = []
}

extension BeadsError.Code {
  /// The git remote cannot be reached or refuses.
  public static let remote = BeadsError.Code("remote_unavailable", isRetryable: true)
  /// Others pushed again and again before this sync could.
  public static let remoteBusy = BeadsError.Code("remote_busy", isRetryable: true)
}
