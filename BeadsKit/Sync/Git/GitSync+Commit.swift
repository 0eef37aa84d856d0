import BeadsModel
import BeadsSystem

extension GitSync {
  // MARK: The checked-out branch

  /// Commits the files of `.beads` to the checked-out branch; index and work tree of everything else stay.
  func commitToCheckout() throws(BeadsError) {
    for _ in 0..<5 {
      guard case .branch(line.branch, let parent) = try scene.repository.headPosition() else {
        throw BeadsError(
          .conflict, "\(line.branch) is no longer checked out in \(location.workTree)",
          hint: "run `bd sync --full` again")
      }
      let known = try scene.sharedEntries(of: parent)
      let files = try scene.sharedFiles()
      let current = try scene.entries(of: files, known: known, adds: true, heedsIgnores: true)
      if current[issueFile] == nil, files[issueFile] != nil { throw ignoredFile() }
      let edits = current.filter { known[$0.key] != $0.value }
      guard !edits.isEmpty else {
        tip = parent
        return try settleIndex(current, at: tip)
      }
      if try commit(edits, known: known, files, onto: parent) { return try settleIndex(current, at: tip) }
    }
    throw BeadsError(.locked, "\(line.branch) moves all the time", hint: "try again in a moment")
  }

  private func ignoredFile() -> BeadsError {
    BeadsError(
      .unsupported, "git ignores \(Path.join(prefix, issueFile)) here, so \(line.branch) cannot carry it",
      hint: "give the issues a branch of their own: `bd config set sync-branch beads-sync`")
  }

  /// Makes one commit of some files; false when the branch moved meanwhile.
  private func commit(
    _ edits: [String: GitEntry], known: [String: GitEntry], _ files: [String: TrackedFile],
    onto parent: GitID?
  ) throws(BeadsError) -> Bool {
    let before = try parent.map { id throws(BeadsError) in try scene.repository.tree(of: id) }
    let tree = try scene.repository.tree(before, with: placed(edits))
    let message = try message(for: edits, known: known, files)
    let commit = try add(tree, parents: parent.map { [$0] } ?? [], message)
    guard try move(from: parent, to: commit, message) else { return false }
    tip = commit
    return true
  }

  /// Edits below `.beads` as edits of a whole tree.
  func placed(_ edits: [String: GitEntry]) -> [String: GitEntry?] {
    Dictionary(uniqueKeysWithValues: edits.map { (Path.join(prefix, $0.key), $0.value) })
  }

  /// Moves the branch, unless it is elsewhere by now.
  func move(from old: GitID?, to new: GitID, _ message: String) throws(BeadsError) -> Bool {
    let title = message.split(separator: "\n").first.map(String.init) ?? ""
    guard
      try scene.repository.move(
        line.reference, from: old, to: new, by: identity.committer, title)
    else { return false }
    report.commits.append(new.description)
    say("Committed to \(line.branch)")
    return true
  }

  // MARK: Commits

  /// Adds a commit after proving that it changes nothing of its first parent outside `.beads`.
  func add(_ tree: GitID, parents: [GitID], _ message: String) throws(BeadsError) -> GitID {
    let before: GitID
    if let parent = parents.first {
      before = try scene.repository.tree(of: parent)
    } else {
      before = try scene.repository.emptyTree()
    }
    let paths = try scene.repository.paths(differingBetween: before, and: tree)
    if let stray = paths.first(where: { !$0.hasPrefix(prefix + "/") }) {
      throw BeadsError(.corrupt, "a commit of issues would have changed \(stray): nothing was committed")
    }
    return try addUnchecked(tree, parents: parents, message)
  }

  /// Adds a commit, signed by git when git is told to sign.
  func addUnchecked(_ tree: GitID, parents: [GitID], _ message: String) throws(BeadsError) -> GitID {
    let draft = GitCommitDraft(
      tree: tree, parents: parents, message: message + trailers + "\n", author: identity.author,
      committer: identity.committer, time: environment.clock() / 1_000_000_000)
    guard try signs() else { return try scene.repository.add(draft) }
    return try sign(draft)
  }

  private func signs() throws(BeadsError) -> Bool {
    guard config.isOn("commit.gpgsign") else { return false }
    return try !configuration.bool("git.no-gpg-sign")
  }

  /// The library cannot sign; git knows the user's keys and agents.
  private func sign(_ draft: GitCommitDraft) throws(BeadsError) -> GitID {
    let people = [("AUTHOR", draft.author), ("COMMITTER", draft.committer)]
    var variables = ["LC_ALL": "C"]
    for (role, person) in people {
      variables["GIT_\(role)_NAME"] = person.name
      variables["GIT_\(role)_EMAIL"] = person.mail
      variables["GIT_\(role)_DATE"] = "@\(draft.time) +0000"
    }
    let parents = draft.parents.flatMap { ["-p", $0.description] }
    let result = try GitCommand(location.workTree, environment, adding: variables)
      .ask(["commit-tree", "-S", draft.tree.description] + parents, input: Array(draft.message.utf8))
    guard result.succeeded, let id = GitID(result.text) else {
      throw BeadsError(
        .io, "git could not sign the commit: \(GitCommand.reason(result.errorText))",
        hint: "`bd config set git.no-gpg-sign true` leaves such commits unsigned")
    }
    return id
  }

  /// Who let this be done, for those who read the history of an agent's work.
  private var trailers: String {
    guard let role = environment["GT_ROLE"], !role.isEmpty else { return "" }
    return "\n\nExecuted-By: " + role.filter { !$0.isNewline }
  }

  /// The message that was asked for, or one that names the issues.
  func message(
    for edits: [String: GitEntry], known: [String: GitEntry], _ files: [String: TrackedFile]
  ) throws(BeadsError) -> String {
    if let message = options.message { return message }
    guard edits[issueFile] != nil, let file = files[issueFile] else {
      return "bd sync: update " + edits.keys.sorted().joined(separator: ", ")
    }
    var old: [UInt8] = []
    if let entry = known[issueFile] { old = try scene.repository.content(entry.id) }
    let ids = IssueFileChanges.changedIDs(from: old, to: file.content)
    let named = ids.prefix(3).map(\.rawValue).joined(separator: ", ")
    switch ids.count {
    case 0: return "bd sync: update \(issueFile)"
    case 1...3: return "bd sync: update \(named)"
    default: return "bd sync: update \(named) and \(ids.count - 3) more"
    }
  }
}

extension GitConfig {
  /// Whether a switch is on.
  func isOn(_ key: String) -> Bool { ["true", "yes", "on", "1"].contains(value(key)?.lowercased() ?? "") }
}
