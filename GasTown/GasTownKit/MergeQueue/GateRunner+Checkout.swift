import BeadsKit

extension GateRunner {
  /// Has the checkout hold exactly the commit.
  ///
  /// Whatever a gate or a dead engine has made of the checkout, it is right afterwards: one that git cannot set is made
  /// anew, because nobody works in it.
  func prepare(_ commit: GitID) throws(BeadsError) {
    if isOurs {
      do throws(BeadsError) { return try set(commit) } catch { try FileTree.remove(checkout) }
    } else if try FileSystem.status(checkout, followLinks: false) != nil {
      try FileTree.remove(checkout)
    }
    try make(commit)
    try set(commit)
  }

  private func set(_ commit: GitID) throws(BeadsError) {
    let git = town.git(checkout)
    try git.run(
      ["-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", "--detach", commit.description],
      to: "check out \(commit.short) in \(checkout)")
    try git.run(
      ["clean", "--quiet", "-ffd"] + (isClean ? ["-x"] : []), to: "clean the checkout for gates \(checkout)")
  }

  private func make(_ commit: GitID) throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: checkout))
    // As `RigWorktrees` does: git fails when it meets a worktree that is only half there.
    let locks = Path.join(Path.directory(of: repository), ".runtime/locks")
    try FileSystem.makeDirectory(locks)
    let lock = FileLock(
      path: Path.join(locks, "worktrees.lock"), command: "gt mq", clock: town.environment.clock)
    try lock.withLock(timeout: .seconds(300)) { () throws(BeadsError) in
      try town.git(repository).run(
        ["worktree", "add", "--quiet", "--force", "--detach", checkout, commit.description],
        to: "make the checkout for gates \(checkout)")
    }
  }

  /// Whether it is a worktree of this repository: git must not be led to change another one.
  private var isOurs: Bool {
    guard let location = GitLocation.find(from: checkout), location.workTree == checkout,
      let common = try? FileSystem.realPath(location.commonDirectory)
    else { return false }
    return [repository, Path.join(repository, ".git")].contains { (try? FileSystem.realPath($0)) == common }
  }
}
