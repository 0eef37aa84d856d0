public import BeadsModel
public import BeadsSystem

extension Worktrees {
  /// What `create` made.
  public struct Created: Sendable, Equatable {
    /// The new checkout.
    public let worktree: Worktree
    /// The `.beads` directory that a `redirect` file in it leads to, or nil when there is none.
    public let redirectTarget: String?
    /// What was written besides, and what the user should know; one sentence each.
    public let notes: [String]
  }

  /// Adds a checkout whose commands work on the same store.
  ///
  /// The store is found without it, but a `redirect` file tells other tools too; git ignores it, and the new
  /// directory when it is inside the main checkout.
  /// - Parameters:
  ///   - name: Where to make it: absolute, or relative to the main checkout.
  ///   - branch: The branch to check out, made from the present commit when there is none of that name;
  ///     nil for one that is called like the last component of the name.
  ///   - workspace: The project whose store it shares.
  /// - Throws: `invalid` for a name that is no usable path or branch, `already_exists`, `io_error` with git's
  ///   words when git refuses.
  public func create(
    _ name: String, branch: BranchName? = nil, sharing workspace: Workspace
  ) throws(BeadsError) -> Created {
    let path = try newPath(name, workspace)
    let branch = if let branch { branch } else { try defaultBranch(Path.name(of: path)) }
    let git = GitCommand(here.workTree, environment)
    let purpose = "make the worktree \(path)"
    if try isKnown(branch, git) {
      try git.run(["worktree", "add", "--", path, branch.rawValue], to: purpose)
    } else {
      try git.run(["worktree", "add", "-b", branch.rawValue, "--", path], to: purpose)
    }
    let root = try FileSystem.realPath(path)
    var notes = connect(root, workspace)
    let place = Path.directory(of: storePlace(root, workspace))
    let found = try? Workspace.locate(
      environment: environment, directory: FileSystem.isDirectory(place) ? place : root)
    if found?.beadsDirectory != workspace.beadsDirectory {
      notes.append(
        "commands in \(root) work on \(found?.beadsDirectory ?? "no store"): see bd where --explain")
    }
    let worktree = list().first { $0.path == root || $0.path == path } ?? current()
    return Created(
      worktree: worktree, redirectTarget: found?.redirectedFrom.flatMap { _ in found?.beadsDirectory },
      notes: notes)
  }

  private func newPath(_ name: String, _ workspace: Workspace) throws(BeadsError) -> String {
    guard !name.isEmpty, !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw BeadsError(.invalid, "\(quoted(name)) is no path for a worktree", hint: "bd worktree create NAME")
    }
    let path = Path.absolute(Path.expandingHome(name, environment), in: mainDirectory)
    for forbidden in [here.commonDirectory, workspace.beadsDirectory] where Path.isInside(path, forbidden) {
      throw BeadsError(.invalid, "a worktree cannot be in \(forbidden)", hint: "choose another path")
    }
    let isFree =
      !FileSystem.exists(path) || (try? FileSystem.list(path).isEmpty) ?? false
    if !isFree { throw BeadsError(.exists, "\(path) exists already", hint: "choose another name") }
    return path
  }

  private func defaultBranch(_ name: String) throws(BeadsError) -> BranchName {
    guard let branch = BranchName(rawValue: name) else {
      throw BeadsError(
        .invalid, "\(quoted(name)) cannot be the name of a branch", hint: "name the branch with --branch")
    }
    return branch
  }

  /// Whether this clone or one of its remotes has the branch; git then checks it out, or makes it from there.
  private func isKnown(_ branch: BranchName, _ git: GitCommand) throws(BeadsError) -> Bool {
    let found = try git.ask(
      "for-each-ref", "--count=1", "--format=%(refname)", "refs/heads/\(branch)", "refs/remotes/*/\(branch)")
    return found.succeeded && !found.text.isEmpty
  }

  // MARK: Sharing the store

  /// Leads other tools to the store and keeps git's status clean; returns what the user should know.
  ///
  /// The worktree works without any of it, so that a failure is only told.
  private func connect(_ root: String, _ workspace: Workspace) -> [String] {
    var notes: [String] = []
    do throws(BeadsError) {
      let exclude = GitExclude(repository: here, workspace: workspace)
      if let redirect = try writeRedirect(root, workspace) {
        let line = GitExclude.pattern(Path.relative(redirect, to: root), isDirectory: false)
        if try !isIgnored(redirect, in: root), let note = try exclude.add(line) { notes.append(note) }
      }
      if let line = exclusion(root), try !isIgnored(root + "/", in: mainDirectory),
        let note = try exclude.add(line)
      {
        notes.append(note)
      }
    } catch { notes.append(error.message) }
    let found = try? Workspace.locate(environment: environment, directory: root)
    if found?.beadsDirectory != workspace.beadsDirectory {
      notes.append(
        "commands in \(root) work on \(found?.beadsDirectory ?? "no store"): see bd where --explain")
    }
    return notes
  }

  /// The line that hides a worktree inside the main checkout from its status.
  func exclusion(_ root: String) -> String? {
    guard root != mainDirectory, Path.isInside(root, mainDirectory),
      GitLocation(root: mainDirectory) != nil
    else { return nil }
    return GitExclude.pattern(Path.relative(root, to: mainDirectory), isDirectory: true)
  }

  /// The place in a worktree that the store has in the main checkout.
  private func storePlace(_ root: String, _ workspace: Workspace) -> String {
    let isInMain = Path.isInside(workspace.beadsDirectory, mainDirectory)
    return Path.absolute(
      isInMain ? Path.relative(workspace.beadsDirectory, to: mainDirectory) : ".beads", in: root)
  }

  /// Writes the file that leads to the store.
  /// - Returns: Its path, or nil when there is one or its directory is a link to elsewhere.
  private func writeRedirect(_ root: String, _ workspace: Workspace) throws(BeadsError) -> String? {
    let directory = storePlace(root, workspace)
    if let status = try FileSystem.status(directory, followLinks: false), status.kind != .directory {
      return nil
    }
    let redirect = Path.join(directory, "redirect")
    if FileSystem.exists(redirect) { return nil }
    try FileSystem.makeDirectory(directory, mode: 0o700)
    let target = Path.relative(workspace.beadsDirectory, to: Path.directory(of: directory))
    try FileSystem.replace(redirect, with: Array((target + "\n").utf8))
    return redirect
  }

  private func isIgnored(_ path: String, in checkout: String) throws(BeadsError) -> Bool {
    try GitCommand(checkout, environment).ask("check-ignore", "-q", "--", path).succeeded
  }
}
