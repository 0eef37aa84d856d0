public import BeadsKit

extension RigWorktrees {
  /// Gives a worktree what agents need in it and git must not see: the way to the tracker, the rig's overlay files;
  /// then runs the rig's setup hooks.
  ///
  /// - Parameter branch: Told to the hooks.
  /// - Throws: `io_error` naming a hook that failed, and what it printed last.
  public func furnish(_ polecat: AgentName, branch: BranchName) throws(BeadsError) {
    let path = rig.polecatWorktree(polecat)
    let overlay = try overlayFiles()
    try exclude(overlay.map { "/" + Self.pattern($0) })
    try rig.linkTracker(from: path)
    try copyOverlay(overlay, to: path)
    try runSetupHooks(polecat, path, branch)
  }

  /// Adds lines to the file that tells git in all worktrees of the rig what to ignore; those that are there stay.
  public func exclude(_ lines: [String]) throws(BeadsError) {
    try lock("exclude").withLock { () throws(BeadsError) in
      try GitExcludes.add(GitExcludes.runtime + lines, common: rig.repository)
    }
  }

  /// A path as a git pattern without special characters.
  private static func pattern(_ path: String) -> String {
    path.map { "*?[]\\!# ".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  // MARK: Overlay

  private var overlay: String { rig.path(".runtime/overlay") }

  private func overlayFiles() throws(BeadsError) -> [String] { try FileTree.files(below: overlay) }

  /// Copies the rig's files for every worktree, but never over one that the project has itself, and never through a
  /// link out of the worktree.
  private func copyOverlay(_ files: [String], to worktree: String) throws(BeadsError) {
    if files.isEmpty { return }
    let tracked = Set(
      try GitCommand(within: worktree, environment).entries(
        ["ls-files", "-z"], to: "list the files of \(worktree)"))
    let root = try FileSystem.realPath(worktree)
    for file in files where !tracked.contains(Array(file.utf8)) {
      let target = Path.join(worktree, file)
      let directory = Path.directory(of: target)
      guard let nearest = Self.nearestDirectory(directory), Path.isInside(nearest, root) else {
        throw BeadsError(
          .io, "the overlay file \(file) of \(rig.name) would be written outside of \(worktree)")
      }
      try FileSystem.makeDirectory(directory)
      let source = Path.join(overlay, file)
      let mode = try FileSystem.status(source)?.mode
      if try FileSystem.status(target, followLinks: false)?.kind == .symbolicLink {
        try FileSystem.remove(target)
      }
      try FileSystem.replace(target, with: try FileSystem.read(source), mode: mode)
    }
  }

  /// The real path of a directory, or of the nearest one above it that exists.
  private static func nearestDirectory(_ path: String) -> String? {
    if let real = try? FileSystem.realPath(path) { return real }
    let parent = Path.directory(of: path)
    return parent == path ? nil : nearestDirectory(parent)
  }

  /// Whether a file of a checkout is one that we put there, unchanged.
  func isManaged(_ file: String, in checkout: String) -> Bool {
    if file.hasPrefix(".runtime/") || file == ".beads/redirect" || file == ".polecat-checkpoint.json" {
      return true
    }
    guard let original = try? FileSystem.readIfPresent(Path.join(overlay, file)) else { return false }
    return (try? FileSystem.readIfPresent(Path.join(checkout, file))) == original
  }

  // MARK: Setup hooks

  /// How long one setup hook may take.
  static let hookLimit = Duration.seconds(300)

  /// Runs the programs `.runtime/setup-hooks/*.sh` of the rig in a worktree, in byte order of their names.
  private func runSetupHooks(
    _ polecat: AgentName, _ worktree: String, _ branch: BranchName
  ) throws(BeadsError) {
    let directory = rig.path(".runtime/setup-hooks")
    guard FileSystem.isDirectory(directory) else { return }
    var variables = VariableFilter.basic.filter(environment.variables)
    variables["GT_ROOT"] = town.root
    variables["GT_RIG"] = rig.name.rawValue
    variables["GT_POLECAT"] = polecat.rawValue
    variables["GT_POLECAT_PATH"] = worktree
    variables["GT_BRANCH"] = branch.rawValue
    for name in try FileSystem.list(directory) where name.hasSuffix(".sh") {
      let hook = Path.join(directory, name)
      var program = HostProgram([hook], directory: worktree, variables: variables, timeout: Self.hookLimit)
      program.output = .combined
      program.outputLimit = 4096
      program.outputKept = .end
      guard program.path != nil else {
        throw BeadsError(.io, "the setup hook \(hook) may not be run", hint: "`chmod +x \(hook)`")
      }
      let result = try program.run()
      guard result.succeeded else {
        let last = result.text.split(separator: "\n").suffix(3).joined(separator: "; ")
        throw BeadsError(
          .io, "the setup hook \(hook) failed: \(result.outcome)" + (last.isEmpty ? "" : ": \(last)"),
          hint: "correct it and run the same command again")
      }
    }
  }
}
