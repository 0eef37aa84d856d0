import BeadsSystem

/// Where the git repository of a directory keeps its files, found by reading them, without running git.
public struct GitLocation: Sendable, Hashable {
  /// The directory of this checkout's own state: `.git`, or `.git/worktrees/NAME` for a linked worktree.
  public let directory: String
  /// The directory all checkouts share: configuration, objects, `info/exclude`, hooks.
  public let commonDirectory: String
  /// The root of the checkout.
  public let workTree: String

  /// Whether this checkout was made by `git worktree add`.
  public var isLinkedWorktree: Bool { directory != commonDirectory }

  /// The repository a directory belongs to, or nil.
  ///
  /// One or two system calls for each directory level up to the root of the checkout.
  public static func find(from directory: String) -> GitLocation? {
    for level in Path.ancestors(of: directory) {
      if let location = GitLocation(root: level) { return location }
    }
    return nil
  }

  /// The repository whose checkout has this very root, or nil.
  init?(root: String) {
    let dotGit = Path.join(root, ".git")
    guard let status = try? FileSystem.status(dotGit) else { return nil }
    switch status.kind {
    case .directory:
      // Git ignores a .git directory that is no repository, such as the empty mount point of a sandbox.
      guard FileSystem.exists(Path.join(dotGit, "HEAD")) else { return nil }
      directory = dotGit
      commonDirectory = dotGit
    case .regular:
      guard let link = Self.firstLine(of: dotGit), link.hasPrefix("gitdir:") else { return nil }
      let target = String(link.dropFirst("gitdir:".count).drop(while: \.isWhitespace))
      directory = Path.absolute(target, in: root)
      commonDirectory = Self.commonDirectory(of: directory)
    default: return nil
    }
    workTree = root
  }

  private static func commonDirectory(of directory: String) -> String {
    if let line = firstLine(of: Path.join(directory, "commondir")) {
      return Path.absolute(line, in: directory)
    }
    // The administrative files of a pruned worktree are gone, but its path still tells whose it was.
    let parent = Path.directory(of: directory)
    return Path.name(of: parent) == "worktrees" ? Path.directory(of: parent) : directory
  }

  private static func firstLine(of path: String) -> String? {
    guard let text = try? FileSystem.readText(path) else { return nil }
    return text.split(whereSeparator: \.isNewline).first.map(String.init)
  }

  /// The root of the main checkout or, for a bare repository with worktrees, the directory the bare one is
  /// in.
  ///
  /// Reads the repository's configuration when the shared directory is not named `.git`: a submodule's
  /// checkout is recorded there.
  public var mainDirectory: String {
    if !isLinkedWorktree { return workTree }
    let beside = Path.directory(of: commonDirectory)
    guard Path.name(of: commonDirectory) != ".git",
      let file = GitConfigFile(path: Path.join(commonDirectory, "config")),
      let recorded = file.value("core.worktree")
    else { return beside }
    return Path.absolute(recorded, in: commonDirectory)
  }
}

extension Path {
  /// An absolute path and the directories above it, deepest first, ending with the root.
  static func ancestors(of path: String) -> some Sequence<String> {
    sequence(first: path) { level in
      let parent = directory(of: level)
      return parent == level ? nil : parent
    }
  }
}
