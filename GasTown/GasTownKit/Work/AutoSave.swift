import BeadsKit

/// Commits what an agent left uncommitted in its worktree, so that no way to end loses it.
///
/// It commits changed and new files, but never a deletion, which is more often an accident than work, and never what
/// runtimes and we leave in a worktree. The agent's index keeps what it has staged.
struct AutoSave {
  let worktree: String
  let agent: AgentAddress
  let environment: Environment

  struct Outcome: Equatable {
    /// The commit that was made, if anything was to be saved.
    var commit: String?
    var files: [String] = []
  }

  /// - Parameter message: The first line of the commit's message.
  /// - Throws: `conflict` naming files in conflict, which nobody can commit for the agent; `io_error`.
  func run(_ message: String) throws(BeadsError) -> Outcome {
    let paths = try unsaved()
    if paths.isEmpty { return Outcome() }
    let purpose = "save the work in \(worktree)"
    let own = GitCommand(within: worktree, environment, adding: identity)
    guard let head = try own.commit("HEAD") else {
      throw BeadsError(.io, "\(worktree) has no commit", hint: "see `gt doctor`")
    }
    let input = paths.reduce(into: [UInt8]()) { $0 += $1 + [0] }
    let add = ["update-index", "--add", "--replace", "-z", "--stdin"]
    let index = try own.text(["rev-parse", "--git-path", "gt-autosave"], to: purpose)
    let temporary = Path.absolute(index, in: worktree) + "-\(String(environment.entropy(), radix: 36))"
    defer { for end in ["", ".lock"] { _ = try? FileSystem.remove(temporary + end) } }
    let git = GitCommand(
      within: worktree, environment, adding: identity.merging(["GIT_INDEX_FILE": temporary]) { $1 })
    try git.text(["read-tree", head], to: purpose)
    try git.text(add, input: input, to: purpose)
    let tree = try git.text(["write-tree"], to: purpose)
    let text = "\(message)\n\nThis was not committed when \(agent) said it was done.\n\nGas-Town: auto-save\n"
    let commit = try git.text(["commit-tree", tree, "-p", head], input: Array(text.utf8), to: purpose)
    // First what can fail because somebody holds the index; until the branch moves nothing has happened.
    try own.text(add, input: input, to: purpose)
    try own.text(["update-ref", "-m", "gt done: auto-save", "HEAD", commit, head], to: purpose)
    return Outcome(commit: commit, files: paths.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Who the commit is by: what git knows, else the agent.
  private var identity: [String: String] {
    var known: [String: String] = [:]
    let mail = agent.text.map { $0 == "/" ? "." : String($0) }.joined() + "@gastown.local"
    for person in ["AUTHOR", "COMMITTER"] {
      if environment["GIT_\(person)_NAME"]?.isEmpty ?? true { known["GIT_\(person)_NAME"] = agent.text }
      if environment["GIT_\(person)_EMAIL"]?.isEmpty ?? true { known["GIT_\(person)_EMAIL"] = mail }
    }
    return known
  }

  /// The changed and new files.
  private func unsaved() throws(BeadsError) -> [[UInt8]] {
    let git = GitCommand(within: worktree, environment)
    let entries = try git.entries(
      ["status", "--porcelain=v2", "-z", "--untracked-files=all"], to: "look at \(worktree)")
    var found: [[UInt8]] = []
    var conflicts: [String] = []
    var isOldName = false
    for entry in entries {
      if isOldName {
        isOldName = false
        continue
      }
      let kind = entry.first
      isOldName = kind == UInt8(ascii: "2")
      guard let path = Self.path(entry) else { continue }
      switch kind {
      case UInt8(ascii: "u"): conflicts.append(String(decoding: path, as: UTF8.self))
      case UInt8(ascii: "?"):
        let isFolder = path.last == UInt8(ascii: "/")
        if !isFolder, !WorktreeState.isRuntime(String(decoding: path, as: UTF8.self)) { found.append(path) }
      default:
        // 1 XY SUB ...: D is a deletion; of a submodule only another commit can be committed.
        let isDeleted = entry[2...3].contains(UInt8(ascii: "D"))
        let isSubmodule = entry[5] == UInt8(ascii: "S")
        if !isDeleted, !isSubmodule || entry[6] == UInt8(ascii: "C") { found.append(path) }
      }
    }
    if conflicts.isEmpty { return found }
    throw BeadsError(
      .conflict, "a merge is not finished: \(conflicts.prefix(5).joined(separator: ", ")) in conflict",
      hint: "resolve the conflicts and commit, or `git merge --abort`, then run `gt done` again")
  }

  private static func path(_ entry: [UInt8]) -> [UInt8]? {
    let spaces: [UInt8: Int] = [
      UInt8(ascii: "1"): 8, UInt8(ascii: "2"): 9, UInt8(ascii: "u"): 10, UInt8(ascii: "?"): 1,
    ]
    guard let kind = entry.first, let count = spaces[kind] else { return nil }
    let parts = entry.split(separator: 0x20, maxSplits: count, omittingEmptySubsequences: false)
    return parts.count > count && !parts[count].isEmpty ? Array(parts[count]) : nil
  }
}
