public import BeadsModel
public import BeadsSystem

/// How far a look through git's history has come.
public struct HistoryProgress: Sendable, Equatable {
  /// Commits looked at.
  public var commits = 0
  /// Different versions of the file read.
  public var versions = 0
}

extension Workspace {
  /// Every issue ID that the file ever had in git history, with the newest commit (40 hexadecimal digits) that has it.
  ///
  /// Looks through all commits that can be reached from the revisions, side branches of merges included, and reads
  /// each version of the file once, about 300 MB a second; memory does not grow with the history. Old names of the
  /// file count too. Empty without a repository and before the first commit.
  /// - Parameters:
  ///   - revisions: Branches and such; those that do not exist are left out.
  ///   - progress: Called after each version that was read.
  /// - Throws: `unsupported` without libgit2; `io_error` when the repository is damaged.
  public func issueIDsInHistory(
    from revisions: [String] = ["HEAD"], progress: (HistoryProgress) -> Void = { _ in }
  ) throws(BeadsError) -> [IssueID: String] {
    guard let location = repository else { return [:] }
    let repository = try GitRepository(location)
    var starts: [GitID] = []
    for revision in revisions {
      if let commit = try repository.commit(revision) { starts.append(commit) }
    }
    var scan = IDScan()
    var versions = GitVersions(historyPaths)
    var seen: Set<GitID> = []
    var state = HistoryProgress()
    try repository.forEachCommit(from: starts) { commit throws(BeadsError) in
      state.commits += 1
      guard let blob = try versions.version(commit.id, tree: commit.tree, repository),
        seen.insert(blob).inserted
      else { return true }
      try repository.withContent(blob) { content throws(BeadsError) in scan.read(content, commit.id) }
      state.versions += 1
      progress(state)
      return true
    }
    return scan.found.mapValues(\.description)
  }

  /// The file's path in the trees of git, and those it had in other versions of the tool.
  package var historyPaths: [String] {
    guard let root = repository?.workTree else { return [] }
    let directory = Path.relative(beadsDirectory, to: root)
    let names = [Path.name(of: jsonlPath), "issues.jsonl", "beads.jsonl"]
    var paths: [String] = []
    for name in names where !paths.contains(Path.join(directory, name)) {
      paths.append(Path.join(directory, name))
    }
    return paths
  }
}

/// Collects IDs; one that was seen costs no more than hashing its bytes.
private struct IDScan {
  private(set) var found: [IssueID: GitID] = [:]
  private var hashes: Set<Int> = []
  private let decoder = IssueDecoder()

  mutating func read(_ content: UnsafeBufferPointer<UInt8>, _ commit: GitID) {
    FileLines.forEach(content) { _, line in
      if let bytes = IssueLine.leadingID(line) {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        guard hashes.insert(hasher.finalize()).inserted else { return }
      }
      if let id = IssueLine.id(line, decoder), found[id] == nil { found[id] = commit }
    }
  }
}
