public import BeadsKit

/// Who may push what: protected branches are moved by the merge engine, and polecats push branches of their own.
///
/// Git asks before each push, through the hook that `GitHookFolder` installs.
public struct PushGuard {
  /// A reference that is about to be pushed, as git tells it to the hook.
  public struct Push: Sendable, Equatable {
    /// The commit; nil when the reference is to be removed.
    public let commit: GitID?
    /// The reference on the other side.
    public let target: String
    /// Where it is there; nil for a new one.
    public let old: GitID?

    /// Reads `LOCAL-REF LOCAL-COMMIT REMOTE-REF REMOTE-COMMIT`; nil for any other line.
    public init?(_ line: some StringProtocol) {
      let words = line.split(separator: " ")
      guard words.count == 4 else { return nil }
      func id(_ word: some StringProtocol) -> GitID? { word.allSatisfy { $0 == "0" } ? nil : GitID(word) }
      commit = id(words[1])
      target = String(words[2])
      old = id(words[3])
    }

    var branch: Substring? { target.hasPrefix("refs/heads/") ? target.dropFirst(11) : nil }
  }

  let rig: Rig
  let agent: AgentAddress
  let record: AgentRecord?
  let settings: RigSettings

  /// The rules for one agent in one rig.
  public init(_ rig: Rig, _ agent: AgentAddress, _ record: AgentRecord?) throws(BeadsError) {
    self.rig = rig
    self.agent = agent
    self.record = record
    settings = try RigSettings.load(rig)
  }

  /// Why something must not be pushed, in one sentence that says what to do instead; nil when it may.
  public func refusal(of push: Push) -> String? {
    guard let branch = push.branch else { return nil }
    if agent.role == .polecat { return isOwn(branch) ? nil : polecatRefusal(branch) }
    guard isProtected(branch), agent.role != .overseer else { return nil }
    if agent.role == .crew, push.commit != nil, branch == rig.defaultBranch.rawValue[...] {
      if mayCrewPush { return nil }
      return
        "\(branch) is protected in \(rig.name): push a branch of your own and ask for its merge with `gt mq submit`"
    }
    return
      "\(branch) is protected in \(rig.name), only the merge engine pushes it: give the work to the queue with `gt mq submit`"
  }

  /// The branches that only the merge engine moves.
  public func isProtected(_ branch: some StringProtocol) -> Bool {
    branch == rig.defaultBranch.rawValue
      || IntegrationBranches.prefixes(settings).contains { branch.hasPrefix($0) }
      || settings.list("merge_queue.protected_branches").contains { $0 == branch }
  }

  private var mayCrewPush: Bool {
    settings.bool("merge_queue.crew_push") && !settings.bool("merge_queue.require_review")
      && settings.string("merge_queue.merge_strategy") != "pr"
  }

  private func isOwn(_ branch: Substring) -> Bool {
    guard let name = agent.name else { return false }
    return record?.branch.map { $0.rawValue == branch } == true || branch.hasPrefix("polecat/\(name)/")
      || branch.hasPrefix("polecat/\(name)-")
  }

  private func polecatRefusal(_ branch: Substring) -> String {
    "\(agent.name?.rawValue ?? "a polecat") pushes branches of its own only, not \(branch): commit, then `gt done` hands the work in"
  }

  /// The integration branch that a push to the default branch would land by the way; it is landed as a whole.
  public func landed(by push: Push, in directory: String) throws(BeadsError) -> String? {
    guard let branch = push.branch, branch == rig.defaultBranch.rawValue[...], let commit = push.commit else {
      return nil
    }
    let folders = IntegrationBranches.prefixes(settings).map { "refs/remotes/origin/\($0)" }
    let listed = try GitCommand(within: directory, .process).text(
      ["for-each-ref", "--format=%(objectname) %(refname:short)"] + folders,
      to: "list the integration branches")
    if listed.isEmpty { return nil }
    let repository = try GitRepository(at: directory)
    for line in listed.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let tip = GitID(words[0]), try has(tip, commit, repository) else { continue }
      if let old = push.old, repository.has(commit: old), try has(tip, old, repository) { continue }
      return String(words[1])
    }
    return nil
  }

  private func has(
    _ tip: GitID, _ commit: GitID, _ repository: borrowing GitRepository
  ) throws(BeadsError) -> Bool {
    if tip == commit { return true }
    return try repository.isAncestor(tip, of: commit)
  }
}
