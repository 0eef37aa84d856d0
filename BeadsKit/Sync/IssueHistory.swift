import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// One version of an issue in git history.
public struct IssueVersion: Sendable {
  /// The commit, 40 hexadecimal digits; nil for what is not committed yet.
  public let commit: String?
  /// When it was committed; for what is not, when the issue was last updated.
  public let time: Timestamp
  /// Who committed it; empty for what is not committed.
  public let author: String
  /// The mail address of the author.
  public let mail: String
  /// The first line of the commit message.
  public let summary: String
  /// The issue before and after it.
  public let change: IssueChange
}

/// What git's history says about issues, read from its objects: nothing is checked out.
public struct IssueHistory: ~Copyable {
  private let workspace: Workspace
  private let repository: GitRepository

  /// Opens the repository of a project.
  /// - Throws: `unsupported` outside a repository and without libgit2.
  public init(_ workspace: Workspace) throws(BeadsError) {
    guard let location = workspace.repository else {
      throw BeadsError(
        .unsupported, "\(workspace.projectDirectory) is in no git repository, so there is no history",
        hint: "`bd op log` lists what was done in this clone")
    }
    let repository = try GitRepository(location)
    self.workspace = workspace
    self.repository = repository
  }

  /// The branch on which the issues are: the setting `sync-branch` once it exists, else what is checked out.
  public func standardRevision(_ configuration: Configuration) throws(BeadsError) -> String {
    guard let name = try configuration.string("sync-branch"), !name.isEmpty,
      try repository.target(of: "refs/heads/\(name)") != nil
    else { return "HEAD" }
    return "refs/heads/\(name)"
  }

  // MARK: One issue

  /// The versions of an issue, newest first: commits in which its line is that of none of their parents.
  ///
  /// Reads each version of the file once, about 300 MB a second, and stops when there are enough.
  /// - Parameters:
  ///   - current: The issue as it is now; told first when the newest commit has it otherwise.
  ///   - revision: Where to start; nothing is found when it does not exist.
  ///   - limit: How many at the most.
  public func versions(
    of id: IssueID, current: Issue?, from revision: String = "HEAD", limit: Int = .max
  ) throws(BeadsError) -> [IssueVersion] {
    var versions: [IssueVersion] = []
    guard let start = try repository.commit(revision) else {
      return current.map { [uncommitted(before: nil, $0)] } ?? []
    }
    var files = GitVersions(workspace.historyPaths)
    var lines = IssueLines(id: id)
    let committed = try lines.issue(try files.version(start, repository), repository)
    if let current, committed?.jsonLine != current.jsonLine {
      versions.append(uncommitted(before: committed, current))
    }
    try repository.forEachCommit(from: [start]) { commit throws(BeadsError) in
      guard versions.count < limit else { return false }
      guard try files.isChange(commit, repository) else { return true }
      let own = try files.version(commit.id, tree: commit.tree, repository)
      let line = try lines.line(own, repository)
      var parents: [[UInt8]?] = []
      for parent in commit.parents where repository.has(commit: parent) {
        parents.append(try lines.line(try files.version(parent, repository), repository))
      }
      if parents.isEmpty ? line == nil : parents.contains(line) { return true }
      let text = try repository.text(of: commit.id)
      versions.append(
        IssueVersion(
          commit: commit.id.description, time: Timestamp(seconds: commit.time), author: text.author,
          mail: text.mail, summary: text.summary,
          change: IssueChange(
            before: (parents.first ?? nil).flatMap(lines.decode), after: line.flatMap(lines.decode))
        ))
      return true
    }
    return versions
  }

  private func uncommitted(before: Issue?, _ issue: Issue) -> IssueVersion {
    IssueVersion(
      commit: nil, time: issue.updatedAt, author: "", mail: "", summary: "",
      change: IssueChange(before: before, after: issue))
  }

  // MARK: All issues

  /// What happened to issues between two revisions, by ID.
  /// - Parameter new: nil for what the store has now.
  /// - Throws: `not_found` when there is no such revision.
  public func changes(
    from old: String, to new: String?, in store: () throws(BeadsError) -> Store
  ) throws(BeadsError) -> [IssueChange] {
    let before = try content(at: old)
    if let new { return IssueFileChanges.changes(from: before, to: try content(at: new)) }
    var writer = JSONWriter()
    try store().exportIssues { issue in
      writer.issue(issue, edges: .raw)
      writer.newline()
    }
    return IssueFileChanges.changes(from: before, to: writer.bytes)
  }

  /// The issue file of a revision; empty when it had none.
  private func content(at revision: String) throws(BeadsError) -> [UInt8] {
    guard let commit = try repository.commit(revision) else {
      throw BeadsError(
        .notFound, "there is no git revision \(quoted(revision))", hint: "git log lists commits")
    }
    var files = GitVersions(workspace.historyPaths)
    guard let blob = try files.version(commit, repository) else { return [] }
    return try repository.content(blob)
  }
}

/// The line of one issue in versions of the file, each of which is read once.
private struct IssueLines {
  let id: IssueID
  private var known: [GitID: [UInt8]?] = [:]
  private let decoder = IssueDecoder()

  init(id: IssueID) { self.id = id }

  mutating func line(
    _ blob: GitID?, _ repository: borrowing GitRepository
  ) throws(BeadsError) -> [UInt8]? {
    guard let blob else { return nil }
    if let line = known[blob] { return line }
    let line = try repository.withContent(blob) { content throws(BeadsError) in find(in: content) }
    known[blob] = .some(line)
    return line
  }

  mutating func issue(
    _ blob: GitID?, _ repository: borrowing GitRepository
  ) throws(BeadsError) -> Issue? {
    try line(blob, repository).flatMap(decode)
  }

  func decode(_ line: [UInt8]) -> Issue? {
    line.withUnsafeBufferPointer { line in
      guard case .issue(let issue)? = try? decoder.decode(line) else { return nil }
      return issue
    }
  }

  private func find(in content: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var found: [UInt8]?
    let wanted = id.rawValue.utf8
    FileLines.forEach(content) { _, line in
      if let leading = IssueLine.leadingID(line) {
        if leading.elementsEqual(wanted) { found = Array(line) }
      } else if IssueLine.id(line, decoder) == id {
        found = Array(line)
      }
    }
    return found
  }
}
