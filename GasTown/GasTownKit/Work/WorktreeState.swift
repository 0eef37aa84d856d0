public import BeadsKit

/// What there is in a worktree besides what a remote repository has.
public struct WorktreeState: Sendable, Equatable {
  /// The branch that is checked out; nil for a commit by itself.
  public var branch: BranchName?
  /// The commit that is checked out; nil before the first one.
  public var head: String?
  /// Files that were changed, staged, added or removed, without what runtimes and we leave there.
  public var uncommitted: [String] = []
  /// Commits that no remote branch has.
  public var unpushed = 0
  /// Stashes that were made on its branch.
  public var stashes = 0
  /// Whether files are in conflict.
  public var hasConflicts = false

  /// Whether no file differs from the commit.
  public var isClean: Bool { uncommitted.isEmpty }
  /// Whether nothing would be missed if the worktree were gone.
  public var isDisposable: Bool { isClean && unpushed == 0 && stashes == 0 }

  /// The word for it in `cleanup_status`.
  public var cleanupStatus: String {
    if !isClean { return "has_uncommitted" }
    if stashes > 0 { return "has_stash" }
    return unpushed > 0 ? "has_unpushed" : "clean"
  }

  /// Paths that runtimes and we write, which say nothing about the work.
  static let runtimePaths = [
    ".claude/", ".beads/", ".runtime/", ".gemini/", ".codex/", ".cursor/", ".opencode/", "CLAUDE.local.md",
    ".github/hooks/gastown.json", ".polecat-checkpoint.json",
  ]

  /// Whether a path says nothing about the work.
  public static func isRuntime(_ path: String) -> Bool {
    runtimePaths.contains { $0.hasSuffix("/") ? path.hasPrefix($0) : path == $0 }
      || path.split(separator: "/").contains("__pycache__")
  }

  /// Looks at a worktree.
  /// - Throws: `io_error` when git cannot tell, which never means that there is nothing.
  static func read(_ path: String, _ environment: Environment) throws(BeadsError) -> WorktreeState {
    guard FileSystem.exists(Path.join(path, ".git")) else {
      throw BeadsError(.notFound, "\(path) is no worktree", hint: "see `gt doctor`")
    }
    let git = GitCommand(within: path, environment)
    var state = WorktreeState()
    let entries = try git.entries(
      ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=none"],
      to: "look at \(path)")
    var isOldName = false
    for bytes in entries {
      let entry = String(decoding: bytes, as: UTF8.self)
      if isOldName {
        isOldName = false
      } else {
        state.read(entry)
        isOldName = entry.hasPrefix("2 ")
      }
    }
    if let head = state.head {
      let count = try git.text(
        ["rev-list", "--count", head, "--not", "--remotes"], to: "count the commits of \(path)")
      state.unpushed = Int(count) ?? 0
    }
    if let branch = state.branch {
      let listed = try git.ask(["log", "-g", "--format=%gs", "refs/stash", "--"])
      state.stashes = listed.text.split(separator: "\n").count { $0.isStash(of: branch) }
    }
    return state
  }

  /// Reads an entry of `git status --porcelain=v2`.
  private mutating func read(_ entry: String) {
    let fields: Int
    switch entry.first {
    case "#":
      let words = entry.split(separator: " ")
      guard words.count > 2 else { return }
      if words[1] == "branch.oid", words[2] != "(initial)" { head = String(words[2]) }
      if words[1] == "branch.head" { branch = BranchName(rawValue: String(words[2])) }
      return
    case "1": fields = 8
    case "2": fields = 9
    case "u":
      fields = 10
      hasConflicts = true
    case "?": fields = 1
    default: return
    }
    let parts = entry.split(separator: " ", maxSplits: fields, omittingEmptySubsequences: false)
    guard parts.count > fields else { return }
    let path = String(parts[fields])
    if entry.first == "?", Self.isRuntime(path) { return }
    uncommitted.append(path)
  }
}
