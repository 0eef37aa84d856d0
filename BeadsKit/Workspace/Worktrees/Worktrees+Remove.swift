public import BeadsModel
public import BeadsSystem

extension Worktrees {
  /// What `remove` did.
  public struct Removed: Sendable, Equatable {
    /// The checkout as it was.
    public let worktree: Worktree
    /// The branch made to keep commits that no branch had, or nil.
    public let keptBranch: BranchName?
  }

  /// Removes a checkout unless something would be lost with it; its branch stays.
  ///
  /// - Parameters:
  ///   - word: Its name or path.
  ///   - force: Whether files may go that git does not have, as with git's own `--force`. Commits never go:
  ///     those that no branch has get one.
  /// - Throws: `conflict` naming what would be lost, `invalid` for the main checkout and for the one the user
  ///   is in, `not_found`, `ambiguous_id`, `io_error` with git's words when git refuses.
  public func remove(_ word: String, force: Bool = false) throws(BeadsError) -> Removed {
    let worktree = try find(word)
    try checkPlace(worktree)
    var kept: BranchName?
    if !worktree.isMissing {
      if !force { try checkFiles(worktree) }
      let lonely = try lonelyCommits(worktree)
      if lonely > 0, !force { throw lonelyError(worktree, lonely) }
      if lonely > 0, worktree.branch == nil { kept = try keepCommits(worktree) }
    }
    let line = exclusion(worktree.path)
    let arguments = ["worktree", "remove"] + (force ? ["--force"] : []) + ["--", worktree.path]
    try GitCommand(mainGitDirectory, environment).run(arguments, to: "remove the worktree \(worktree.path)")
    if let line { takeBack(line) }
    return Removed(worktree: worktree, keptBranch: kept)
  }

  /// A directory that stays, from which git may remove another checkout.
  private var mainGitDirectory: String {
    FileSystem.isDirectory(mainDirectory) && GitLocation(root: mainDirectory) != nil
      ? mainDirectory : here.commonDirectory
  }

  // MARK: What must not be removed

  private func checkPlace(_ worktree: Worktree) throws(BeadsError) {
    if worktree.isMain {
      throw BeadsError(.invalid, "\(worktree.path) is the main checkout, which stays")
    }
    let directory =
      (try? FileSystem.realPath(environment.currentDirectory)) ?? environment.currentDirectory
    if Path.isInside(directory, worktree.path) {
      throw BeadsError(
        .invalid, "you are in the worktree \(worktree.path)", hint: "go elsewhere first: cd \(mainDirectory)")
    }
    if let reason = worktree.lockReason {
      throw BeadsError(
        .conflict, "the worktree \(worktree.path) is locked\(reason.isEmpty ? "" : ": " + reason)",
        hint: "git worktree unlock allows to remove it")
    }
    if case .own = worktree.store {
      throw BeadsError(
        .conflict, "the worktree \(worktree.path) has a store of its own, which would go with it",
        hint: "move its .beads directory to a safe place first")
    }
  }

  private func checkFiles(_ worktree: Worktree) throws(BeadsError) {
    let status = try GitCommand(worktree.path, environment).ask(
      "--no-optional-locks", "status", "--porcelain", "-z", "--untracked-files=normal",
      "--ignore-submodules=none")
    guard status.succeeded else {
      throw BeadsError(.io, "git cannot tell the state of \(worktree.path): \(status.errorText)")
    }
    let entries = status.output.split(separator: 0)
    let untracked = entries.count { $0.starts(with: "?? ".utf8) }
    let changed = entries.count { $0.count > 3 && $0.dropFirst(2).first == 0x20 } - untracked
    var found: [String] = []
    if changed > 0 { found.append("\(changed) uncommitted change\(changed == 1 ? "" : "s")") }
    if untracked > 0 { found.append("\(untracked) untracked file\(untracked == 1 ? "" : "s")") }
    if found.isEmpty { return }
    throw BeadsError(
      .conflict, "the worktree \(worktree.path) has \(found.joined(separator: " and ")), which would be lost",
      hint: "commit what you need first")
  }

  /// How many commits of a checkout are on no other branch, tag or remote.
  private func lonelyCommits(_ worktree: Worktree) throws(BeadsError) -> Int {
    let others = worktree.branch.map { ["--exclude=\($0)"] } ?? []
    let arguments =
      ["rev-list", "--count", "HEAD", "--not"] + others + ["--branches", "--remotes", "--tags"]
    let answer = try GitCommand(worktree.path, environment).ask(arguments)
    // Before the first commit there is no HEAD.
    return answer.succeeded ? Int(answer.text) ?? 0 : 0
  }

  private func lonelyError(_ worktree: Worktree, _ count: Int) -> BeadsError {
    let commits = "\(count) commit\(count == 1 ? "" : "s")"
    guard let branch = worktree.branch else {
      return BeadsError(
        .conflict, "the worktree \(worktree.path) has \(commits) that no branch has",
        hint: "keep them first: git -C \(worktree.path) branch NAME")
    }
    return BeadsError(
      .conflict, "the branch \(branch) of \(worktree.path) has \(commits) that no other branch or remote has",
      hint: "push or merge the branch; with --force the worktree goes and the branch stays")
  }

  /// Gives the commits of a detached checkout a branch.
  private func keepCommits(_ worktree: Worktree) throws(BeadsError) -> BranchName {
    let git = GitCommand(worktree.path, environment)
    let commit = try git.ask("rev-parse", "--short=12", "HEAD").text
    let branch = try BranchName("kept/\(commit)")
    try git.run(["branch", "--force", branch.rawValue, "HEAD"], to: "keep the commits of \(worktree.path)")
    return branch
  }

  /// Forgets the line that hid the directory.
  private func takeBack(_ line: String) {
    guard
      let workspace = try? Workspace.locate(environment: environment, directory: mainDirectory),
      !workspace.isReadOnly
    else { return }
    try? GitExclude(repository: here, workspace: workspace).remove(line)
  }
}
