public import BeadsKit

extension MergeEngine {
  /// What the clean-up after a merge has done.
  public struct CleanUp: Sendable, Equatable {
    /// The commit that brought the work to the target.
    public let commit: GitID
    /// What was closed just now.
    public let closed: [IssueID]
    /// Whether the branch is gone from the origin.
    public let isBranchGone: Bool
  }

  /// Does by hand what is done after each merge: closes the merge request and its issue and removes the branch.
  ///
  /// It can be done again, and for what somebody merged without the queue.
  /// - Throws: `refused` when the work is not on the target: then nothing is closed. `conflict` when it was rejected.
  public func cleanUp(_ id: IssueID, deletesBranch: Bool = true) throws(BeadsError) -> CleanUp {
    let lock = try town.lock("merge-\(rig.name)", command: "gt mq post-merge")
    return try lock.withLock(timeout: .seconds(60)) { () throws(BeadsError) in
      // What an engine that was killed has pushed is ended first.
      try recover()
      return try finish(id, deletesBranch: deletesBranch)
    }
  }

  private func finish(_ id: IssueID, deletesBranch: Bool) throws(BeadsError) -> CleanUp {
    let store = try ledgers.store(of: rig.name)
    guard let issue = try store.issue(id), let request = MergeRequest(issue) else {
      throw BeadsError(
        .notFound, "\(id) is no merge request of \(rig.name)", hint: "`gt mq list \(rig.name)`")
    }
    if issue.isClosed, MergeRequest.outcome(issue) != "merged" {
      throw BeadsError(.conflict, "\(id) is closed: \(issue.closeReason)")
    }
    try town.fetchOrigin(of: rig)
    let arrival = try proof(issue, request)
    let ids = [id] + (IssueID(rawValue: request.sourceIssue).map { [$0] } ?? [])
    let open = try open(ids)
    try close(
      id, commit: arrival.commit,
      reason: arrival.isKnown ? "merged elsewhere" : "already on \(request.target)",
      deletesBranch: deletesBranch)
    let left = try self.open(open)
    let closed = open.filter { !left.contains($0) }
    let listed = try town.git(rig.repository).ask(
      "ls-remote", "--heads", "origin", "refs/heads/\(request.branch)")
    return CleanUp(
      commit: arrival.commit, closed: closed, isBranchGone: listed.succeeded && listed.text.isEmpty)
  }

  /// How the work came to the target.
  private func proof(_ issue: Issue, _ request: MergeRequest) throws(BeadsError) -> MergeArrival {
    guard let target = BranchName(rawValue: request.target), let there = try rig.remoteCommit(target) else {
      throw BeadsError(.notFound, "the origin of \(rig.name) has no branch \(request.target)")
    }
    let repository = try GitRepository(at: rig.repository)
    if let merged = issue.townField("merge_commit").flatMap({ GitID($0) }), repository.has(commit: merged),
      try repository.isAncestor(merged, of: there)
    {
      return MergeArrival(commit: merged, isKnown: true)
    }
    if let head = GitID(request.commit), let arrival = try repository.arrival(of: head, on: there) {
      return arrival
    }
    throw BeadsError(
      .refused, "\(request.commit.prefix(7)) is not on \(target): nothing was closed",
      hint: "`gt mq run \(rig.name)` merges it, `gt mq reject \(issue.id)` gives it up")
  }

  /// Those of the issues that are not closed.
  private func open(_ ids: [IssueID]) throws(BeadsError) -> [IssueID] {
    var found: [IssueID] = []
    for id in ids where ledgers.router.route(for: id.rawValue) != nil {
      if try ledgers.store(for: id).issue(id).map({ !$0.isClosed }) == true { found.append(id) }
    }
    return found
  }
}
