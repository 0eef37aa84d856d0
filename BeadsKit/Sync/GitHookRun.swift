import BeadsModel
public import BeadsSystem

/// What bd does when git calls one of its hooks.
///
/// None of it is needed for correctness. Of everything that can go wrong only two things are told to git: the refusal
/// of a commit or push that would leave issue changes behind, where the user asked for that check.
public struct GitHookRun: Sendable {
  /// The hook.
  public let hook: GitHook
  /// What git passes to it.
  public let arguments: [String]
  let workspace: Workspace
  let configuration: Configuration
  let environment: Environment
  /// The checkout that git works on.
  private let repository: GitLocation

  /// A call of a hook in the environment's current directory, or nil outside a git repository.
  public init?(
    _ hook: GitHook, arguments: [String], workspace: Workspace, configuration: Configuration,
    environment: Environment
  ) {
    guard let repository = GitLocation.find(from: environment.currentDirectory) else { return nil }
    self.hook = hook
    self.arguments = arguments
    self.workspace = workspace
    self.configuration = configuration
    self.environment = environment
    self.repository = repository
  }

  /// Whether there is nothing to do, as far as can be told without opening the store.
  public var isIdle: Bool {
    // A synchronisation does all of this itself and holds its lock.
    if isSet("BD_SYNC_IN_PROGRESS") { return true }
    // Making a missing database is not for a hook, where time is short.
    if usesDatabase, !FileSystem.exists(workspace.databasePath) { return true }
    switch hook {
    case .preCommit, .prePush: return isRebasing || workspace.isReadOnly
    case .postMerge: return isRebasing || !takesOver
    case .postCheckout: return isRebasing || !takesOver || arguments.count > 2 && arguments[2] != "1"
    case .prepareCommitMessage:
      return arguments.isEmpty || arguments.dropFirst().first == "merge" || role == nil
    }
  }

  private var usesDatabase: Bool { !isOn("no-db") }

  private var takesOver: Bool { usesDatabase && !isOn("no-auto-import") }

  private func isOn(_ setting: String) -> Bool { (try? configuration.bool(setting)) ?? false }

  private var isRebasing: Bool {
    ["rebase-merge", "rebase-apply"].contains { FileSystem.exists(Path.join(repository.directory, $0)) }
  }

  /// Does the work of the hook.
  /// - Parameter open: Opens the store, when it is needed.
  /// - Throws: `hook_refused` when git shall not go on; anything else is for the user's eyes only.
  public func run(_ open: () throws(BeadsError) -> Store) throws(BeadsError) {
    switch hook {
    case .preCommit:
      if usesDatabase { try open().flush(force: true) }
      try beforeCommit()
    case .prePush:
      if usesDatabase { try open().flush(force: true) }
      try beforePush()
    case .postMerge, .postCheckout: try open().importChanges()
    case .prepareCommitMessage: try addTrailers(open)
    }
  }

  // MARK: Issues travel with commits

  private func beforeCommit() throws(BeadsError) {
    if try leavesGitAlone() { return }
    let changed = try changedFiles([])
    if changed.isEmpty { return }
    if isSet("BEADS_NO_AUTO_STAGE") {
      throw BeadsError(
        .hookRefused, "not staged for this commit: \(changed.joined(separator: ", "))",
        hint: "git add \(changed.joined(separator: " ")), or unset BEADS_NO_AUTO_STAGE to have it done")
    }
    try stage(changed, index: nil)
    // For `git commit PATH` git makes an index of its own and puts another, locked one in place afterwards.
    let real = Path.join(repository.directory, "index.lock")
    if Path.name(of: environment["GIT_INDEX_FILE"] ?? "").hasPrefix("next-index-"), FileSystem.exists(real) {
      try stage(changed, index: real)
    }
  }

  private func beforePush() throws(BeadsError) {
    if try leavesGitAlone() { return }
    let changed = try changedFiles(["HEAD"])
    if changed.isEmpty { return }
    throw BeadsError(
      .hookRefused, "issue changes are not committed yet: \(changed.joined(separator: ", "))",
      hint: "commit them, then push again; git push --no-verify leaves them behind")
  }

  /// Whether git is none of our business here, or commits of issues go another way.
  private func leavesGitAlone() throws(BeadsError) -> Bool {
    if try configuration.bool("no-git-ops") { return true }
    return try configuration.string("sync-branch")?.isEmpty == false
  }

  /// The issue files in this checkout that git tracks and that differ from its index, or from a commit.
  ///
  /// In a linked worktree whose issues are kept in the main checkout there are none.
  private func changedFiles(_ revision: [String]) throws(BeadsError) -> [String] {
    let files = [workspace.jsonlPath, workspace.interactionsPath]
      .filter { Path.isInside($0, repository.workTree) && FileSystem.exists($0) }
      .map { Path.relative($0, to: repository.workTree) }
    if files.isEmpty || workspace.repository != repository { return [] }
    let options = ["diff", "--name-only", "-z", "--no-ext-diff", "--ignore-submodules", "--diff-filter=d"]
    let result = try git(["--no-optional-locks"] + options + revision + ["--"] + files)
    return result.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private func stage(_ files: [String], index: String?) throws(BeadsError) {
    _ = try git(["add", "--update", "--"] + files, index: index)
  }

  private func git(_ words: [String], index: String? = nil) throws(BeadsError) -> Subprocess.Result {
    var variables = environment.variables
    variables["GIT_LITERAL_PATHSPECS"] = "1"
    if let index { variables["GIT_INDEX_FILE"] = index }
    // The root of the checkout is where git calls hooks, so relative paths in its variables hold.
    let result = try Subprocess(["git"] + words, directory: repository.workTree, variables: variables).run()
    guard result.succeeded else { throw BeadsError(.io, "git \(words[0]) failed: \(result.errorText)") }
    return result
  }

  private func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }

  // MARK: Who worked on it

  /// The parts of `GT_ROLE` when it is `rig/role` or `rig/role/name`.
  private var role: (rig: Substring, role: Substring)? {
    let parts = (environment["GT_ROLE"] ?? "").split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      !part.isEmpty && part.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }
    return (2...3).contains(parts.count) && isPlain ? (parts[0], parts[1]) : nil
  }

  private func addTrailers(_ open: () throws(BeadsError) -> Store) throws(BeadsError) {
    guard let role, let name = environment["GT_ROLE"] else { return }
    let path = Path.absolute(arguments[0], in: environment.currentDirectory)
    let message = try FileSystem.readText(path)
    if message.split(whereSeparator: \.isNewline).contains(where: { $0.hasPrefix("Executed-By:") }) { return }
    var trailers = ["Executed-By: \(name)", "Rig: \(role.rig)", "Role: \(role.role)"]
    if let molecule = try open().attachedMolecule() { trailers.append("Molecule: \(molecule)") }
    let options = trailers.flatMap { ["--trailer", $0] }
    _ = try git(["interpret-trailers", "--in-place", "--no-divider"] + options + [path])
  }
}

extension Store {
  /// The molecule attached to the work that the store's actor has in hand, if there is one.
  func attachedMolecule() throws(BeadsError) -> IssueID? {
    let key = "attached_molecule:"
    let condition =
      "i.assignee = ?1 AND i.status IN ('hooked', 'in_progress') AND instr(i.description, '\(key)') > 0"
    let work = try issues(
      where: condition, order: "i.status, i.updated_at DESC", limit: 1, [actor], lists: false)
    let lines = work.first?.description.split(whereSeparator: \.isNewline) ?? []
    guard let line = lines.first(where: { $0.hasPrefix(key) }) else { return nil }
    return try? IssueID(String(line.dropFirst(key.count).trimmingBlanks))
  }
}

extension BeadsError.Code {
  /// A git hook stops git, as the user asked it to.
  public static let hookRefused = BeadsError.Code("hook_refused")
}
