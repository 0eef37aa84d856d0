public import BeadsKit

extension Crew {
  /// What became of a clone that was to be brought up to date.
  public struct Pulled: Sendable, Equatable {
    /// What became of it.
    public enum Outcome: String, Sendable {
      /// It has new commits.
      case updated
      /// There was nothing new.
      case current
      /// It was left alone, because something of its own is in the way.
      case kept
    }

    /// What became of it.
    public let outcome: Outcome
    /// How many commits it got.
    public var commits = 0
    /// Why it was left alone.
    public var reason: String?
    /// Whether it has files that are not committed.
    public var hasChanges = false
  }

  /// Brings a member's clone to what the remote has of its branch; only ever forward, and nothing of its own is touched.
  /// - Throws: `io_error` when the remote cannot be asked.
  public func pull(_ member: Member) throws(BeadsError) -> Pulled {
    let git = town.git(member.path)
    try git.run(["fetch", "--quiet", "--no-auto-maintenance", "origin"], to: "fetch into \(member.path)")
    let state = try WorktreeState.read(member.path, town.environment)
    func kept(_ reason: String) -> Pulled {
      Pulled(outcome: .kept, reason: reason, hasChanges: !state.isClean)
    }
    guard state.branch != nil else { return kept("no branch is checked out") }
    guard let upstream = try git.commit("@{upstream}") else {
      return kept("the branch \(state.branch?.rawValue ?? "") has no counterpart in the remote repository")
    }
    let counts = try git.text(
      ["rev-list", "--left-right", "--count", "HEAD...\(upstream)"], to: "compare \(member.path)"
    ).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard counts.count == 2 else { throw BeadsError(.io, "git does not compare \(member.path)") }
    if counts[1] == 0 { return Pulled(outcome: .current, hasChanges: !state.isClean) }
    if counts[0] > 0 { return kept("\(counts[0]) commits are only here, \(counts[1]) only there") }
    if !state.isClean { return kept("\(state.uncommitted.count) files are not committed") }
    let merged = try git.ask(["merge", "--quiet", "--ff-only", upstream])
    if !merged.succeeded { return kept(GitCommand.reason(merged.errorText)) }
    return Pulled(outcome: .updated, commits: counts[1])
  }
}
