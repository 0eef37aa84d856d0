public import BeadsKit

/// The worktrees of a rig's polecats: making them, giving them to the next work, removing them.
///
/// Nothing that is in a worktree is ever lost: whatever takes something away saves it first; see `Salvage`.
public struct RigWorktrees {
  /// The rig.
  public let rig: Rig
  let town: Town
  var environment: Environment { town.environment }

  /// The worktrees of a rig.
  public init(_ rig: Rig, in town: Town) {
    self.rig = rig
    self.town = town
  }

  var repository: GitCommand { GitCommand(within: rig.repository, environment) }

  /// A lock of the rig.
  func lock(_ name: String) throws(BeadsError) -> FileLock {
    let directory = rig.path(".runtime/locks")
    try FileSystem.makeDirectory(directory)
    return FileLock(path: Path.join(directory, name + ".lock"), command: "gt", clock: environment.clock)
  }

  /// Runs the body while nobody else makes or removes a worktree: git reads what it keeps about all of them, and fails
  /// on one that is only half there.
  private func alone<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    try lock("worktrees").withLock(timeout: .seconds(300), body)
  }

  /// Something that was removed, and where it can be found.
  public typealias Saved = Salvage.Saved

  // MARK: Where work starts

  /// Brings what the origin has of a branch, unless somebody did so while this waited for its turn.
  public func fetch(_ branch: BranchName) throws(BeadsError) {
    let mark = rig.path(".runtime/locks/fetched")
    let asked = Environment.systemClock()
    try lock("fetch").withLock(timeout: .seconds(300)) { () throws(BeadsError) in
      let last = (try? FileSystem.readIfPresent(mark)).flatMap { String(decoding: $0, as: UTF8.self) }
      if let words = last?.split(separator: " "), words.count == 2, words[1] == branch.rawValue,
        let began = Int64(words[0]), began > asked
      {
        return
      }
      let begins = Environment.systemClock()
      try repository.text(
        [
          "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance",
          "--end-of-options",
          "origin", "+refs/heads/\(branch):refs/remotes/origin/\(branch)",
        ], to: "fetch \(branch) of \(rig.name)")
      try FileSystem.replace(mark, with: Array("\(begins) \(branch)".utf8))
    }
  }

  /// The commit that work on a branch of the origin starts from, as of the last fetch.
  /// - Throws: `not_found` when the origin has no such branch; no other branch is guessed.
  public func start(_ base: BranchName) throws(BeadsError) -> String {
    if let commit = try repository.commit("refs/remotes/origin/\(base)") { return commit }
    throw BeadsError(
      .notFound, "the origin of \(rig.name) has no branch \(base)",
      hint: "push it first, or choose another with --base-branch")
  }

  // MARK: Making and renewing

  /// Makes the worktree of a polecat on a branch, in place of whatever is there.
  ///
  /// - Parameter start: The commit that the branch begins at when it does not exist yet.
  /// - Returns: Where what was there before can be found.
  public func create(
    _ polecat: AgentName, on branch: BranchName, at start: String
  ) throws(BeadsError) -> Saved {
    let path = rig.polecatWorktree(polecat)
    if let saved = try renew(polecat, on: branch, at: start) { return saved }
    let saved = try remove(polecat, because: "its worktree was made anew")
    try FileSystem.makeDirectory(rig.polecatFolder(polecat))
    try add(path, on: branch, at: start)
    return saved
  }

  /// Makes a worktree on a branch, which begins at a commit when it does not exist yet.
  func add(_ path: String, on branch: BranchName, at start: String) throws(BeadsError) {
    let exists = try repository.commit("refs/heads/\(branch)") != nil
    let target =
      exists ? [path, branch.rawValue] : ["--no-track", "-b", branch.rawValue, path, start]
    try alone { () throws(BeadsError) in
      _ = try repository.text(
        ["worktree", "add", "--quiet", "--force"] + target, to: "make the worktree \(path)")
    }
  }

  /// Puts an existing worktree on another branch, which keeps what `.gitignore` names, such as build products.
  ///
  /// - Returns: Nil when there is none or it is in no state for this.
  private func renew(
    _ polecat: AgentName, on branch: BranchName, at start: String
  ) throws(BeadsError) -> Saved? {
    let path = rig.polecatWorktree(polecat)
    guard isOrdinary(path) else { return nil }
    let old = checkedOutBranch(path)
    guard
      let saved = try? salvage(of: path).save(
        path, of: polecat.rawValue, because: "its worktree got new work", doomed: old)
    else { return nil }
    let exists = try repository.commit("refs/heads/\(branch)") != nil
    let target = exists ? [branch.rawValue] : ["--no-track", "-b", branch.rawValue, start]
    guard try switchOver(path, target, saved) else { return nil }
    if let old, old != branch { try deleteBranch(old) }
    return saved
  }

  /// Puts a worktree on the last known state of a branch of the origin, without a branch of its own: the refinery has
  /// that checked out.
  ///
  /// - Parameter keepingBranch: Whether the branch that was checked out stays.
  public func rest(
    _ polecat: AgentName, on base: BranchName, keepingBranch: Bool = false
  ) throws(BeadsError) -> Saved {
    let path = rig.polecatWorktree(polecat)
    let start = try start(base)
    if isOrdinary(path) {
      let old = keepingBranch ? nil : checkedOutBranch(path)
      let saved = try salvage(of: path).save(
        path, of: polecat.rawValue, because: "its work is done", doomed: old)
      if try switchOver(path, ["--detach", start], saved) {
        if let old { try deleteBranch(old) }
        return saved
      }
    }
    return try remove(polecat, because: "its work is done")
  }

  /// Discards what was saved and checks out something else.
  private func switchOver(_ path: String, _ target: [String], _ saved: Saved) throws(BeadsError) -> Bool {
    let git = GitCommand(within: path, environment)
    for file in saved.untracked {
      _ = try? FileSystem.remove(Path.join(path, String(decoding: file, as: UTF8.self)))
    }
    let isDone = try alone { () throws(BeadsError) in
      try git.ask(["checkout", "--quiet", "--force"] + target).succeeded
    }
    guard isDone else { return false }
    guard try git.ask(["clean", "--quiet", "-f", "-f", "-d"]).succeeded else { return false }
    try FileTree.remove(Path.join(path, ".runtime"))
    return true
  }

  /// Whether a worktree is a plain one of this rig's repository with no operation of git in progress.
  private func isOrdinary(_ path: String) -> Bool {
    guard let location = GitLocation.find(from: path), location.workTree == path,
      let common = try? FileSystem.realPath(location.commonDirectory),
      let shared = try? FileSystem.realPath(rig.repository), common == shared
    else { return false }
    let signs = [
      "index.lock", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG", "rebase-merge",
      "rebase-apply",
      "sequencer", "modules", "locked",
    ]
    return FileSystem.exists(Path.join(location.directory, "index"))
      && !signs.contains { FileSystem.exists(Path.join(location.directory, $0)) }
  }

  func checkedOutBranch(_ path: String) -> BranchName? {
    (try? SalvageSource(path, of: rig.repository, environment))?.headBranch
  }

  // MARK: Removing

  /// Removes the worktree of a polecat, whatever state it is in, after saving what it holds.
  ///
  /// What git cannot save is put aside as a whole.
  /// - Parameter reason: Why, for the message of what is saved.
  /// - Returns: Where what was there can be found.
  @discardableResult
  public func remove(_ polecat: AgentName, because reason: String) throws(BeadsError) -> Saved {
    let saved = try remove(rig.polecatWorktree(polecat), of: polecat.rawValue, because: reason)
    // A folder with something else in it stays.
    _ = try? FileSystem.remove(rig.polecatFolder(polecat))
    return saved
  }

  /// Removes a worktree of the rig, whatever state it is in, after saving what it holds; see above.
  /// - Parameter name: Whose it is, which becomes part of the names of what is saved.
  func remove(_ path: String, of name: String, because reason: String) throws(BeadsError) -> Saved {
    guard let status = try FileSystem.status(path, followLinks: false) else { return Saved() }
    guard status.kind == .directory else {
      throw BeadsError(.io, "\(path) is no folder", hint: "move it away")
    }
    let branch = checkedOutBranch(path)
    let saved: Saved
    do throws(BeadsError) {
      saved = try salvage(of: path).save(path, of: name, because: reason, doomed: branch)
    } catch {
      return try putAside(path, name)
    }
    try discard(path)
    if let branch { try deleteBranch(branch) }
    return saved
  }

  /// Removes a worktree whose content was saved.
  private func discard(_ path: String) throws(BeadsError) {
    let administration = try SalvageSource(path, of: rig.repository, environment)
    let isDone = try alone { () throws(BeadsError) in
      try repository.ask(["worktree", "remove", "--force", "--force", "--", path]).succeeded
    }
    if isDone { return }
    try FileTree.remove(path)
    if administration.isShared, let directory = administration.administration {
      try FileTree.remove(directory)
    }
  }

  /// Moves a worktree that git cannot save, and what its repository knows of it, to where nothing removes them.
  private func putAside(_ path: String, _ name: String) throws(BeadsError) -> Saved {
    let administration = (try? SalvageSource(path, of: rig.repository, environment))
      .flatMap { $0.isShared ? $0.administration : nil }
    let folder = rig.path(".runtime/set-aside")
    try FileSystem.makeDirectory(folder)
    for number in 1...1000 {
      let target = Path.join(folder, "\(name)-\(number)")
      if try FileSystem.status(target, followLinks: false) != nil { continue }
      try FileSystem.rename(path, to: target)
      if let administration { try? FileSystem.rename(administration, to: target + ".git") }
      var saved = Saved()
      saved.folder = target
      return saved
    }
    throw BeadsError(.io, "\(folder) is full", hint: "look through it and remove what nobody needs")
  }

  /// Deletes a branch of a polecat or a visitor if something else keeps its commits.
  /// - Returns: Whether it is gone.
  @discardableResult
  public func deleteBranch(_ branch: BranchName) throws(BeadsError) -> Bool {
    guard ["polecat/", "crew/"].contains(where: branch.rawValue.hasPrefix) else { return false }
    let reference = "refs/heads/\(branch)"
    guard let tip = try repository.commit(reference) else { return true }
    guard try isKept(branch) else { return false }
    let inUse = try alone { () throws(BeadsError) in
      try repository.text(["worktree", "list", "--porcelain"], to: "list the worktrees of \(rig.name)")
    }
    if inUse.split(separator: "\n").contains("branch \(reference)") { return false }
    return try repository.ask(["update-ref", "-d", reference, tip]).succeeded
  }

  /// Whether something else keeps the commits of a branch.
  func isKept(_ branch: BranchName) throws(BeadsError) -> Bool {
    try repository.text(
      [
        "rev-list", "--max-count=1", "refs/heads/\(branch)", "--not", "--exclude=\(branch)", "--branches",
        "--remotes",
        "--tags", "--glob=refs/gt/*",
      ], to: "look who keeps \(branch)"
    ).isEmpty
  }

  /// Looks at the worktree of a polecat.
  /// - Throws: `not_found` when there is none; `io_error` when git cannot tell.
  public func state(of polecat: AgentName) throws(BeadsError) -> WorktreeState {
    try WorktreeState.read(rig.polecatWorktree(polecat), environment)
  }

  /// What saves a checkout of this rig.
  func salvage(of checkout: String) -> Salvage {
    var salvage = Salvage(into: rig.repository, environment: environment)
    salvage.isManaged = { isManaged($0, in: checkout) }
    return salvage
  }
}
