public import BeadsKit

extension GitCommand {
  /// Git as Gas Town runs it, with a deadline, a process group of its own and no question to a person.
  ///
  /// It never looks above the directory for a repository: a worktree that lost its `.git` must not make git change the
  /// repository of the town around it.
  public init(
    within directory: String, _ environment: Environment, adding variables: [String: String] = [:],
    settings: [String] = []
  ) {
    let own = [
      "GIT_CEILING_DIRECTORIES": Path.directory(of: directory), "GIT_TERMINAL_PROMPT": "0",
      "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C",
    ]
    self.init(directory, environment, adding: own.merging(variables) { $1 }, settings: settings)
    timeout = .seconds(300)
    outputLimit = 256 << 20
    ownsGroup = true
  }
}

extension Town {
  /// Git in a directory of the town.
  public func git(_ directory: String, adding more: [String: String] = [:]) -> GitCommand {
    GitCommand(within: directory, environment, adding: more)
  }

  /// A lock of the town: only one process does what goes by this name.
  public func lock(_ name: String, command: String) throws(BeadsError) -> FileLock {
    let directory = path(".runtime/locks")
    try FileSystem.makeDirectory(directory)
    return FileLock(path: Path.join(directory, name + ".lock"), command: command, clock: environment.clock)
  }
}

/// Lines in `info/exclude` of a repository, which hide what Gas Town puts into checkouts.
///
/// A tracked file is not hidden by them, and the repository's own `.gitignore` is never touched.
enum GitExcludes {
  /// What is in checkouts without belonging to the project.
  static let runtime = [
    "/.beads/redirect", "/.runtime/", "/CLAUDE.local.md", "/.polecat-checkpoint.json",
    "/.claude/settings.local.json",
  ]

  /// Adds the lines that are missing.
  /// - Parameter common: The `.git` directory that all checkouts share.
  static func add(_ lines: [String], common: String) throws(BeadsError) {
    let path = Path.join(common, "info/exclude")
    let text = String(decoding: try FileSystem.readIfPresent(path) ?? [], as: UTF8.self)
    let present = Set(text.split(whereSeparator: \.isNewline).map(String.init))
    let missing = lines.filter { !present.contains($0) }
    if missing.isEmpty { return }
    try FileSystem.makeDirectory(Path.directory(of: path))
    let start = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    try FileSystem.replace(path, with: Array((start + missing.joined(separator: "\n") + "\n").utf8))
  }
}
