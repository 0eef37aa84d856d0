import BeadsSystem

extension WorkspaceLocator {
  /// Looks in a directory and those above it, up to the root of the checkout.
  mutating func walk(from start: String) throws(BeadsError) -> Workspace {
    var levels: [String] = []
    var repository: GitLocation?
    let ceilings = (environment["GIT_CEILING_DIRECTORIES"] ?? "").split(separator: ":")
    for level in Path.ancestors(of: start) {
      if level != start, ceilings.contains(level[...]) { break }
      levels.append(level)
      repository = GitLocation(root: level)
      if repository != nil { break }
    }
    if let repository, repository.isLinkedWorktree {
      return try search(levels, inWorktree: repository)
    }
    for level in levels {
      let found = try examine(Path.join(level, ".beads"), "directory") { Self.distrust($0, in: level) }
      if let found { return try workspace(found, repository) }
    }
    throw noStore(
      "looked from \(start) up to \(repository == nil ? "the root" : "the git root \(levels.last ?? start)")",
      hint: "if this is a new project, start it with: bd init")
  }

  /// Why a project is not trusted: anybody can make one in a directory like `/tmp`, and its hooks would run.
  private static func distrust(_ files: WorkspaceFiles, in level: String) -> String? {
    let isShared = (try? FileSystem.status(level)).map { $0.mode & 0o1002 == 0o1002 } ?? false
    guard isShared, let status = try? FileSystem.status(files.directory), !status.isTrusted else {
      return nil
    }
    return "another user's, in a directory where anyone may write"
  }

  /// At each level the worktree's own store comes first, then that of the same directory in the main
  /// checkout.
  private mutating func search(
    _ levels: [String], inWorktree repository: GitLocation
  ) throws(BeadsError) -> Workspace {
    let main = repository.mainDirectory
    var trackedOnly: String?
    for level in levels {
      let own = Path.join(level, ".beads")
      let found = try examine(own, "directory") { files in
        guard Path.isInside(files.directory, repository.workTree), !files.ownsDatabase else { return nil }
        trackedOnly = trackedOnly ?? own
        return files.hasDatabase
          ? "its database is another tool's, and tracked files are no store in a linked worktree"
          : "tracked files only, which are no store in a linked worktree"
      }
      if let found { return try workspace(found, repository) }
      let mirrored = Path.join(main, Path.relative(level, to: repository.workTree))
      let place = Path.normalized(Path.join(mirrored, ".beads"))
      if let found = try examine(place, "main checkout") { return try workspace(found) }
    }
    throw noStore(
      trackedOnly.map { "\($0) holds tracked files only and \(main) has no store" }
        ?? "looked in the worktree \(repository.workTree) and in \(main)",
      hint: "one store serves all worktrees; if there is none yet, bd init starts it in \(main)")
  }
}
