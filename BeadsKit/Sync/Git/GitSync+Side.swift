import BeadsModel
import BeadsSystem

extension GitSync {
  // MARK: The sync branch

  /// Commits what the project shares to the sync branch, on top of what is there.
  ///
  /// Remembered is the commit whose content the files of this clone have: what the branch got since by other ways is
  /// merged with them, not overwritten.
  func commitToSide() throws(BeadsError) {
    for _ in 0..<5 {
      let branch = try scene.repository.target(of: line.reference)
      var start = branch
      if start == nil, let tracking = remote?.tracking { start = try scene.repository.target(of: tracking) }
      let known = try scene.sharedEntries(of: start)
      let files = try scene.sharedFiles()
      let mine = try scene.entries(of: files, known: known, adds: true, heedsIgnores: false)
      let base = try scene.sharedEntries(of: try incorporated())
      // What is missing here was not removed for everybody.
      let ours = base.merging(mine) { $1 }
      let merged = try mergedEntries(base: base, ours: ours, theirs: known) { _ in
        branch == nil ? .projects : .ours
      }
      let edits = merged.filter { known[$0.key] != $0.value }
      local = mine
      if edits.isEmpty, let start {
        tip = start
        if branch != nil { return }
        if try scene.repository.move(
          line.reference, from: nil, to: start, by: identity.committer, "bd sync: start")
        {
          return
        }
        continue
      }
      let before = try start.map { id throws(BeadsError) in try scene.repository.tree(of: id) }
      let message = try message(for: edits, known: known, files)
      let tree = try scene.repository.tree(before, with: placed(edits))
      let commit = try add(tree, parents: start.map { [$0] } ?? [], message)
      if try move(from: branch, to: commit, message) {
        tip = commit
        return
      }
    }
    throw BeadsError(.locked, "\(line.branch) moves all the time", hint: "try again in a moment")
  }

  /// Moves the sync branch to a commit that contains it.
  func moveSide(to goal: GitID) throws(BeadsError) {
    guard
      try scene.repository.move(line.reference, from: tip, to: goal, by: identity.committer, "bd sync: merge")
    else {
      throw BeadsError(.locked, "\(line.branch) was moved meanwhile", hint: "run `bd sync --full` again")
    }
  }

  /// Brings what the sync branch has into the files of `.beads`, while no other process writes the issue file.
  func takeOverSide() throws(BeadsError) {
    guard let tip, try incorporated() != tip else { return }
    for (name, entry) in try scene.sharedEntries(of: tip) where entry.isFile && local[name] != entry {
      if name == issueFile { try takeOverIssues(entry) } else { try takeOverFile(name, entry) }
    }
    try FileSystem.makeDirectory(Path.directory(of: memoryPath))
    try FileSystem.replace(memoryPath, with: Array("\(tip)\n".utf8))
  }

  private func takeOverIssues(_ entry: GitEntry) throws(BeadsError) {
    let theirs = try scene.repository.content(entry.id)
    let present = FileSystem.exists(workspace.jsonlPath) ? try FileSystem.read(workspace.jsonlPath) : []
    var base: [UInt8] = []
    if let known = local[issueFile] { base = try scene.repository.content(known.id) }
    let merged = present == base ? theirs : try mergedIssues(base, present, theirs)
    if merged != present { try FileSystem.replace(workspace.jsonlPath, with: merged) }
  }

  /// A file that was changed here since it was committed waits for the next sync.
  private func takeOverFile(_ name: String, _ entry: GitEntry) throws(BeadsError) {
    let path = workspace.path(name)
    if try scene.carriedFiles()[name] != nil { return }
    if FileSystem.exists(path),
      try scene.repository.name(ofBlob: try FileSystem.read(path)) != local[name]?.id
    {
      return
    }
    if FileSystem.exists(path), try incorporated() == nil { try keepOwnVersion(name) }
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(
      path, with: try scene.repository.content(entry.id), mode: entry.mode == 0o100755 ? 0o755 : nil)
  }

  /// A file of a clone that joins a project gives way to the project's; it is in no commit yet.
  private func keepOwnVersion(_ name: String) throws(BeadsError) {
    let copy = Path.join("backup", name)
    try FileSystem.makeDirectory(Path.directory(of: workspace.path(copy)))
    try FileSystem.replace(workspace.path(copy), with: try FileSystem.read(workspace.path(name)))
    report.warn("the project has another \(name), which is used now; this clone's is kept as .beads/\(copy)")
  }

  /// The commit of the sync branch whose content the files of this clone have; nil when that is not known.
  private func incorporated() throws(BeadsError) -> GitID? {
    guard FileSystem.exists(memoryPath), let id = GitID(try FileSystem.readText(memoryPath).prefix(40)) else {
      return nil
    }
    return scene.repository.has(commit: id) ? id : nil
  }

  /// Holds that commit; git ignores the file.
  private var memoryPath: String {
    workspace.path("export-state/sync-" + line.branch.map { $0 == "/" ? "+" : $0 })
  }

  // MARK: Into the checked-out branch

  /// Commits the issues to the checked-out branch too, as a merge of the sync branch.
  func mergeSyncBranch() throws(BeadsError) {
    guard let side = tip else { return }
    guard !scene.repository.isBare, case .branch(let name, let head) = try scene.repository.headPosition()
    else {
      throw BeadsError(
        .conflict, "no branch is checked out in \(location.workTree)", hint: "switch to one first")
    }
    if let operation = scene.repository.unfinishedOperation {
      throw BeadsError(.conflict, "git is in the middle of a \(operation)", hint: "finish it with git first")
    }
    try waitForIndex()
    let known = try scene.sharedEntries(of: head)
    let files = try scene.sharedFiles()
    let current = try scene.entries(of: files, known: known, adds: true, heedsIgnores: false)
    let edits = current.filter { known[$0.key] != $0.value }
    if let head, edits.isEmpty, try scene.distance(head, side).behind == 0 { return }
    let before = try head.map { id throws(BeadsError) in try scene.repository.tree(of: id) }
    let tree = try scene.repository.tree(before, with: placed(edits))
    let message = options.message ?? "bd sync: merge \(line.branch) into \(name)"
    let commit = try add(tree, parents: (head.map { [$0] } ?? []) + [side], message)
    guard
      try scene.repository.move("refs/heads/\(name)", from: head, to: commit, by: identity.committer, message)
    else {
      throw BeadsError(.locked, "\(name) was moved meanwhile", hint: "run `bd sync --merge` again")
    }
    report.commits.append(commit.description)
    try settleIndex(current, at: commit)
  }
}
