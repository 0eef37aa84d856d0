public import BeadsKit

extension Done {
  /// Throws unless the origin has a branch, be it one that was pushed just now.
  func requireTarget(_ name: String) throws(BeadsError) {
    let target = try BranchName(name)
    try? worktrees.fetch(target)
    do throws(BeadsError) { _ = try worktrees.start(target) } catch {
      throw BeadsError(error.code, error.message, hint: "push it first, or name another with --target")
    }
  }

  /// Throws unless the worktree is in a state to be handed in.
  func check(_ work: Work) throws(BeadsError) -> FinishedBranch {
    let state = try WorktreeState.read(work.worktree, town.environment)
    guard let name = state.branch, let head = state.head else {
      throw BeadsError(
        .conflict, "no branch is checked out in \(work.worktree)",
        hint: work.record.branch.map { "`git branch keep && git switch \($0) && git merge keep`" })
    }
    let target = try target(of: work)
    guard isOwn(name, work) else {
      throw BeadsError(
        .conflict, "the branch \(name) is not one of \(work.request.agent)",
        hint: work.record.branch.map {
          "bring your commits to \($0): `git switch \($0)`, `git merge \(name)`"
        })
    }
    guard state.isClean else {
      throw BeadsError(
        .conflict, "not everything is committed", details: state.uncommitted.prefix(20).map { $0 },
        hint:
          "deletions are never committed for you: commit what is meant (`git rm`, `git commit`), bring back "
          + "the rest (`git checkout -- FILE`), then run `gt done` again")
    }
    var problem: String?
    do throws(BeadsError) { try worktrees.fetch(target) } catch { problem = error.message }
    var branch = try FinishedBranch(
      name, at: head, into: target, try worktrees.start(target), of: work.request.agent, in: work.worktree,
      rig,
      polecats.ledgers, command: "gt done")
    if let problem { branch.warnings.append(problem) }
    return branch
  }

  /// Whether a branch belongs to the agent: its own name space, or the one it was given.
  private func isOwn(_ branch: BranchName, _ work: Work) -> Bool {
    guard let name = work.request.agent.name, branch != rig.defaultBranch else { return false }
    return branch == work.record.branch || branch.rawValue.hasPrefix("polecat/\(name)/")
      || branch.rawValue.hasPrefix("polecat/\(name)-")
  }

  /// Where the work is to go: what the agent says, what the assignment says, the integration branch of an epic above
  /// the issue, else the rig's default branch.
  func target(of work: Work) throws(BeadsError) -> BranchName {
    if let word = work.request.target { return try BranchName(word) }
    if let word = work.record.details["base_branch"]?.stringValue { return try BranchName(word) }
    let branches = try IntegrationBranches(rig, polecats.ledgers)
    if let base = try branches.chosen(work.attachment, for: work.issue.id) { return base }
    if let base = work.record.base, try !branches.isFound(base, for: work.issue.id) { return base }
    return try branches.target(for: work.issue.id) ?? rig.defaultBranch
  }
}

extension Ledgers {
  /// The integration branch of an epic.
  /// - Throws: `not_found`, `conflict` when it has none.
  public func integrationBranch(of id: IssueID) throws(BeadsError) -> BranchName {
    guard let epic = try store(for: id).issue(id) else {
      throw BeadsError(.notFound, "there is no issue \(id)")
    }
    guard let word = epic.townField("integration_branch") else {
      throw BeadsError(.conflict, "\(id) has no integration branch", hint: "name the branch with --target")
    }
    return try BranchName(word)
  }
}
