import BeadsModel
public import BeadsSystem
import CGit2

/// What a commit says of itself.
public struct GitCommit: Sendable {
  /// Its name.
  public let id: GitID
  /// The tree of its files.
  public let tree: GitID
  /// The commits it follows, the first one first.
  public let parents: [GitID]
  /// When it was committed, in seconds since 1970.
  public let time: Int64
}

/// Who wrote a commit, and its first line.
public struct GitCommitText: Sendable {
  /// The name of who wrote it.
  public let author: String
  /// The mail address of who wrote it.
  public let mail: String
  /// The first line of its message.
  public let summary: String
}

extension GitRepository {
  /// How many commits reachable from HEAD changed a path since a time (seconds since 1970).
  ///
  /// Like `git log -- path`, a merge counts only when its content is that of none of its parents. O(commits
  /// since).
  public func commitCount(touching path: String, since: Int64) throws(BeadsError) -> Int {
    guard let head = try head().flatMap({ GitID($0.commit) }) else { return 0 }
    var count = 0
    var older = 0
    var versions = GitVersions([path])
    try forEachCommit(from: [head]) { commit throws(BeadsError) in
      if commit.time >= since {
        older = 0
        if try versions.isChange(commit, self) { count += 1 }
      } else {
        older += 1
      }
      // Clocks differ between machines, so a few commits that look older do not end the walk.
      return older < 5
    }
    return count
  }

  /// Calls the body with each commit that can be reached, later ones first, until it returns false.
  ///
  /// A shallow clone ends at commits whose parents it does not have.
  public func forEachCommit(
    from starts: [GitID], _ body: (GitCommit) throws(BeadsError) -> Bool
  ) throws(BeadsError) {
    var found: Set<GitID> = []
    var queue = PairHeap()
    var commits: [Int: GitCommit] = [:]
    func add(_ id: GitID) throws(BeadsError) {
      guard found.insert(id).inserted, has(commit: id) else { return }
      let commit = try commit(id)
      commits[found.count] = commit
      queue.push(-Int(commit.time), found.count)
    }
    for start in starts { try add(start) }
    while let next = queue.pop(), let commit = commits.removeValue(forKey: next.value) {
      for parent in commit.parents { try add(parent) }
      if try !body(commit) { return }
    }
  }

  /// A commit by its name.
  public func commit(_ id: GitID) throws(BeadsError) -> GitCommit {
    try withCommit(id) { commit throws(BeadsError) in
      guard let tree = library.commitTreeID(commit) else { throw library.failure("cannot read a commit") }
      let parents = (0..<library.parentCount(commit)).compactMap { library.parentID(commit, $0) }
      return GitCommit(
        id: id, tree: GitID(tree.pointee), parents: parents.map { GitID($0.pointee) },
        time: library.commitTime(commit))
    }
  }

  /// Author and first line of a commit.
  public func text(of commit: GitID) throws(BeadsError) -> GitCommitText {
    try withCommit(commit) { commit in
      let author = library.commitAuthor(commit)?.pointee
      func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
      return GitCommitText(
        author: text(author.flatMap { UnsafePointer($0.name) }),
        mail: text(author.flatMap { UnsafePointer($0.email) }), summary: text(library.commitSummary(commit)))
    }
  }

  /// Whether a commit is here; a shallow clone ends at commits whose parents it does not have.
  public func has(commit id: GitID) -> Bool {
    var raw = id.raw
    var commit: OpaquePointer?
    defer { library.freeCommit(commit) }
    return library.lookUpCommit(&commit, handle, &raw) == 0
  }
}

/// Which version of a file each commit has; the first of several paths that is there counts.
public struct GitVersions {
  private let paths: [String]
  private var known: [GitID: GitID?] = [:]

  /// Follows these paths.
  public init(_ paths: [String]) { self.paths = paths }

  /// The blob that a commit has; nil without the file, and when the commit itself is missing.
  public mutating func version(
    _ commit: GitID, tree: GitID? = nil, _ repository: borrowing GitRepository
  ) throws(BeadsError) -> GitID? {
    if let version = known[commit] { return version }
    var root = tree
    if root == nil, repository.has(commit: commit) { root = try repository.tree(of: commit) }
    var version: GitID?
    if let root {
      for path in paths where version == nil { version = try repository.entry(path, in: root)?.id }
    }
    known[commit] = .some(version)
    return version
  }

  /// Whether the file of a commit is that of none of its parents.
  public mutating func isChange(
    _ commit: GitCommit, _ repository: borrowing GitRepository
  ) throws(BeadsError) -> Bool {
    let own = try version(commit.id, tree: commit.tree, repository)
    var isFirst = true
    for parent in commit.parents where repository.has(commit: parent) {
      isFirst = false
      if try version(parent, repository) == own { return false }
    }
    return !isFirst || own != nil
  }
}
