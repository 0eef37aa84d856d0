import BeadsModel
import BeadsSystem

/// The repository, the branch and the remote that carry a project's issues.
final class SyncScene {
  let workspace: Workspace
  let location: GitLocation
  let repository: GitRepository
  let git: GitCommand
  let config: GitConfig
  let line: SyncLine
  let remote: SyncRemote?
  /// The path of `.beads` in the trees of git.
  let prefix: String
  /// The issue file's name in `.beads`.
  let issueFile: String

  /// - Throws: `unsupported` outside a repository and in one that libgit2 cannot read; what `SyncLine` and
  ///   `SyncRemote` throw.
  init(_ workspace: Workspace, _ configuration: Configuration) throws(BeadsError) {
    guard let location = workspace.repository else {
      throw BeadsError(
        .unsupported,
        "\(workspace.projectDirectory) is in no git repository, which --full shares the issues with",
        hint: "`bd sync` alone exports them")
    }
    self.workspace = workspace
    self.location = location
    let environment = configuration.environment
    repository = try GitRepository(location)
    git = GitCommand(
      location.workTree, environment, adding: ["BD_SYNC_IN_PROGRESS": "1", "LC_ALL": "C", "LANGUAGE": "C"])
    config = GitConfig(environment, location)
    prefix = Path.relative(workspace.beadsDirectory, to: location.workTree)
    issueFile = Path.name(of: workspace.jsonlPath)
    line = try SyncLine.choose(workspace, location, configuration, repository)
    remote = try SyncRemote.find(
      line.branch, isSyncBranch: line.isSyncBranch, configuration, config, git)
  }

  // MARK: Histories

  /// How many commits each of two has that the other has not.
  ///
  /// The library stumbles where a shallow clone ends; `git` does not.
  func distance(_ ours: GitID, _ theirs: GitID) throws(BeadsError) -> (ahead: Int, behind: Int) {
    guard repository.isShallow else { return try repository.distance(ours, theirs) }
    let result = try git.ask("rev-list", "--left-right", "--count", "\(ours)...\(theirs)")
    let counts = result.text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard result.succeeded, counts.count == 2 else {
      throw BeadsError(.io, "git cannot compare the histories: \(GitCommand.reason(result.errorText))")
    }
    return (counts[0], counts[1])
  }

  /// The last commit that two have in common, or nil.
  func mergeBase(_ a: GitID, _ b: GitID) throws(BeadsError) -> GitID? {
    guard repository.isShallow else { return try repository.mergeBase(a, b) }
    return GitID(try git.ask("merge-base", a.description, b.description).text.prefix(40))
  }

  // MARK: Files

  /// The files below `.beads` of a commit, by their path there.
  func sharedEntries(of commit: GitID?) throws(BeadsError) -> [String: GitEntry] {
    guard let commit, let entry = try repository.entry(prefix, in: try repository.tree(of: commit)),
      entry.isTree
    else { return [:] }
    return try repository.files(below: entry.id)
  }

  /// What the files of the work tree would be in git.
  ///
  /// A file that differs from the known version by the line ends of Windows alone is that version. Other
  /// transformations are not made: files with a filter are refused.
  /// - Parameters:
  ///   - known: The versions they are compared with.
  ///   - adds: Whether blobs are written, rather than only named.
  ///   - heedsIgnores: Whether files that git ignores stay out unless they are known.
  func entries(
    of files: [String: TrackedFile], known: [String: GitEntry], adds: Bool, heedsIgnores: Bool
  ) throws(BeadsError) -> [String: GitEntry] {
    var result: [String: GitEntry] = [:]
    for (name, file) in files {
      let old = known[name]
      if let old, !old.isFile { continue }
      let path = Path.join(prefix, name)
      var id = try repository.name(ofBlob: file.content)
      if let old, id != old.id, file.content.contains(0x0D) {
        let plain = try repository.name(ofBlob: file.content.withoutCarriageReturns)
        if plain == old.id { id = plain }
      }
      if id != old?.id {
        if old == nil, heedsIgnores, try repository.ignores(path) { continue }
        try refuseFilter(path)
        if adds { id = try repository.add(blob: file.content) }
      }
      result[name] = GitEntry(id: id, mode: old?.mode ?? (file.isExecutable ? 0o100755 : 0o100644))
    }
    return result
  }

  private func refuseFilter(_ path: String) throws(BeadsError) {
    guard let filter = repository.filter(of: path) else { return }
    throw BeadsError(
      .unsupported, "git runs the filter \(quoted(filter)) on \(path), which bd does not",
      hint: "commit and push it with git itself")
  }

  /// The files that travel on the branch of the issues: on a branch of their own, all that the code's does not carry.
  func sharedFiles() throws(BeadsError) -> [String: TrackedFile] {
    let files = try TrackedFiles.read(workspace.beadsDirectory)
    guard line.isSyncBranch else { return files }
    let carried = try carriedFiles()
    return files.filter { $0.key == issueFile || carried[$0.key] == nil }
  }

  /// What the checked-out commit has below `.beads`.
  func carriedFiles() throws(BeadsError) -> [String: GitEntry] {
    try sharedEntries(of: try repository.commit("HEAD"))
  }
}

extension [UInt8] {
  /// The text with the line ends of Windows replaced.
  var withoutCarriageReturns: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for (index, byte) in enumerated() {
      if byte == 0x0D, index + 1 < count, self[index + 1] == 0x0A { continue }
      result.append(byte)
    }
    return result
  }
}
