import BeadsKit

extension Done {
  /// Throws unless the origin has a branch, be it one that was pushed just now.
  func requireTarget(_ name: String) throws(BeadsError) {
    let target = try BranchName(name)
    try? worktrees.fetch(target)
    do throws(BeadsError) { _ = try worktrees.start(target) } catch {
      throw BeadsError(error.code, error.message, hint: "push it first, or name another with --target")
    }
  }

  /// A branch that may be handed in.
  struct Branch {
    var name: BranchName
    var head: String
    var target: BranchName
    /// The commit of the target that was looked at.
    var targetHead: String
    /// How many commits the target does not have.
    var count: Int
    var warnings: [String] = []
  }

  /// Throws unless the worktree is in a state to be handed in.
  func check(_ work: Work) throws(BeadsError) -> Branch {
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
    var warnings: [String] = []
    do throws(BeadsError) { try worktrees.fetch(target) } catch { warnings.append(error.message) }
    let targetHead = try worktrees.start(target)
    let count = try number(work, ["rev-list", "--count", "HEAD", "--not", targetHead])
    let behind = try number(work, ["rev-list", "--count", targetHead, "--not", "HEAD"])
    if behind >= 50 { warnings.append("\(name) is \(behind) commits behind \(target)") }
    return Branch(
      name: name, head: head, target: target, targetHead: targetHead, count: count, warnings: warnings)
  }

  private func number(_ work: Work, _ arguments: [String]) throws(BeadsError) -> Int {
    Int(try work.git.text(arguments, to: "compare the branch with its target")) ?? 0
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
    if let word = work.attachment.formulaVariables["base_branch"], !word.isEmpty {
      return try BranchName(word)
    }
    if let base = work.record.base, base != rig.defaultBranch { return base }
    let store = try polecats.store(of: work.issue.id)
    var issue = work.issue
    for _ in 0..<8 {
      guard let parent = issue.parentID, let above = try store.issue(parent) else { break }
      let fields = above.metadata.flatMap { JSONValue(parsing: $0) }
      if let word = fields?["integration_branch"]?.stringValue, !word.isEmpty { return try BranchName(word) }
      issue = above
    }
    return rig.defaultBranch
  }

  /// Throws when the commits change a file that is ours and not the project's.
  func refuseManagedFiles(_ work: Work, _ branch: Branch) throws(BeadsError) {
    let changed = try work.git.entries(
      ["diff", "--name-only", "-z", "--no-renames", "\(branch.targetHead)...HEAD"],
      to: "list what \(branch.name) changes")
    let found = changed.map { String(decoding: $0, as: UTF8.self) }.filter(isManaged)
    if found.isEmpty { return }
    throw BeadsError(
      .refused, "the commits change files that do not belong to the project", details: found,
      hint:
        "take them out: `git checkout \(branch.targetHead.prefix(12)) -- FILE` or `git rm --cached FILE`, then "
        + "commit, and run `gt done` again")
  }

  private func isManaged(_ path: String) -> Bool {
    let issues = [".beads/issues.jsonl", ".beads/beads.db", ".beads/interactions.jsonl"]
    return issues.contains(path)
      || GitExcludes.runtime.contains { line in
        let pattern = line.dropFirst()
        return pattern.hasSuffix("/") ? path.hasPrefix(pattern) : path == pattern
      }
  }
}
