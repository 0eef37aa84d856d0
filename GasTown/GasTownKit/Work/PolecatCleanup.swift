public import BeadsKit

/// Looking after what polecats leave: worktrees that nobody needs, branches that are merged.
extension Polecats {
  /// A polecat without work whose worktree has fallen behind.
  public struct Stale: Sendable {
    /// Its record.
    public let record: AgentRecord
    /// How many commits of the default branch it does not have.
    public let behind: Int
    /// Whether its worktree may go without a word.
    public let isSafe: Bool
  }

  /// The polecats without work whose worktrees are at least so many commits behind the default branch.
  public func stale(threshold: Int) throws(BeadsError) -> [Stale] {
    let target = try worktrees.start(rig.defaultBranch)
    var found: [Stale] = []
    for record in try all() where record.bead == nil && record.state == .idle {
      guard let name = record.address.name, FileSystem.exists(Path.join(rig.polecatWorktree(name), ".git"))
      else {
        continue
      }
      let git = GitCommand(within: rig.polecatWorktree(name), town.environment)
      let counted = try git.ask(["rev-list", "--count", target, "--not", "HEAD"])
      guard counted.succeeded, let behind = Int(counted.text), behind >= threshold else { continue }
      found.append(Stale(record: record, behind: behind, isSafe: try obstacles(to: record).isEmpty))
    }
    return found
  }

  /// Polecats without work whose worktrees hold nothing that is nowhere else.
  public func disposable() throws(BeadsError) -> [AgentRecord] {
    var found: [AgentRecord] = []
    for record in try all() where record.bead == nil && record.state == .idle {
      guard let name = record.address.name, FileSystem.exists(rig.polecatWorktree(name)) else { continue }
      if try obstacles(to: record).isEmpty { found.append(record) }
    }
    return found
  }

  /// Branches of polecats in the shared repository that no worktree has checked out and whose commits something else
  /// keeps.
  public func spentBranches() throws(BeadsError) -> [BranchName] {
    let listed = try worktrees.repository.text(
      ["for-each-ref", "--format=%(refname:short)", "refs/heads/polecat"],
      to: "list the branches of \(rig.name)")
    let inUse = try worktrees.repository.text(
      ["worktree", "list", "--porcelain"], to: "list the worktrees of \(rig.name)")
    let taken = Set(inUse.split(separator: "\n").map(String.init))
    let wanted = Set(try all().compactMap(\.branch))
    var found: [BranchName] = []
    for line in listed.split(separator: "\n") {
      guard let branch = BranchName(rawValue: String(line)), !taken.contains("branch refs/heads/\(branch)"),
        !wanted.contains(branch), try worktrees.isKept(branch)
      else { continue }
      found.append(branch)
    }
    return found
  }

  /// Branches of polecats on the origin that are merged into the default branch and not part of an open merge
  /// request or an assignment.
  public func mergedRemoteBranches() throws(BeadsError) -> [BranchName] {
    let target = try worktrees.start(rig.defaultBranch)
    let listed = try worktrees.repository.text(
      ["for-each-ref", "--format=%(refname)", "--merged", target, "refs/remotes/origin/polecat"],
      to: "list the branches of \(rig.name)")
    let requested = Set(try MergeRequests(rig, ledgers).open().map(\.branch))
    let wanted = Set(try all().compactMap(\.branch))
    return listed.split(separator: "\n").compactMap { line in
      BranchName(rawValue: String(line.dropFirst("refs/remotes/origin/".count)))
    }.filter { !requested.contains($0.rawValue) && !wanted.contains($0) }
  }

  /// Deletes a branch of a polecat on the origin, if it is where it was last seen.
  public func deleteRemoteBranch(_ branch: BranchName) throws(BeadsError) {
    guard branch.rawValue.hasPrefix("polecat/"),
      let tip = try worktrees.repository.commit("refs/remotes/origin/\(branch)")
    else { return }
    try worktrees.repository.text(
      [
        "push", "--quiet", "--no-verify", "--force-with-lease=refs/heads/\(branch):\(tip)", "origin",
        ":refs/heads/\(branch)",
      ], to: "delete \(branch) on the origin")
  }
}
