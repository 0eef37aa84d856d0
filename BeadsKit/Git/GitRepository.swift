public import BeadsSystem
import CGit2

/// An open git repository, for the few commands that look into its history.
///
/// Uses libgit2, loaded at the first use (7 ms once). Paths in trees are relative to the root of the
/// checkout.
public struct GitRepository: ~Copyable {
  private let library: GitLibrary
  private let handle: OpaquePointer

  /// Opens the repository of a checkout, linked worktrees included.
  /// - Throws: `unsupported` when libgit2 is not installed or cannot read this kind of repository,
  ///   `io_error` when there is no repository.
  public init(_ location: GitLocation) throws(BeadsError) {
    let library = try GitLibrary.load()
    let path = location.workTree
    let handle = try library.object("cannot open the git repository \(path)") {
      library.openRepository($0, path)
    }
    self.library = library
    self.handle = handle
  }

  deinit { library.freeRepository(handle) }

  /// Where a checkout stands.
  public struct Head: Sendable, Equatable {
    /// The branch, or nil when a commit was checked out by itself.
    public let branch: String?
    /// The commit's 40 hexadecimal digits.
    public let commit: String
  }

  /// The checked-out branch and commit, or nil before the first commit.
  public func head() throws(BeadsError) -> Head? {
    guard let reference = try find({ library.head($0, handle) }, "cannot read HEAD") else { return nil }
    defer { library.freeReference(reference) }
    guard let id = library.referenceTarget(reference) else { return nil }
    let name = library.referenceShorthand(reference).map { String(cString: $0) }
    return Head(branch: library.headIsDetached(handle) == 1 ? nil : name, commit: Self.hex(id.pointee))
  }

  /// The content of a file in a revision such as `HEAD`, `main` or `HEAD~3`, or nil when it holds no such
  /// file.
  /// - Throws: `not_found` when there is no such revision.
  public func content(of path: String, at revision: String) throws(BeadsError) -> [UInt8]? {
    guard let object = try find({ library.parseRevision($0, handle, revision) }, "cannot read \(revision)")
    else {
      throw BeadsError(.notFound, "no git revision '\(revision)'")
    }
    defer { library.freeObject(object) }
    let tree = try library.object("'\(revision)' names no commit") {
      library.peel($0, object, GIT_OBJECT_TREE.rawValue)
    }
    defer { library.freeObject(tree) }
    guard var id = try entry(path, in: tree) else { return nil }
    let blob = try library.object("cannot read \(path) in \(revision)") {
      library.lookUpBlob($0, handle, &id)
    }
    defer { library.freeBlob(blob) }
    let content = UnsafeRawBufferPointer(start: library.blobContent(blob), count: Int(library.blobSize(blob)))
    return Array(content)
  }

  /// How many commits reachable from HEAD changed a path since a time (seconds since 1970).
  ///
  /// Like `git log -- path`, a merge counts only when its content is that of none of its parents. O(commits
  /// since).
  public func commitCount(touching path: String, since: Int64) throws(BeadsError) -> Int {
    let walk = try library.object("cannot walk the history") { library.newWalk($0, handle) }
    defer { library.freeWalk(walk) }
    guard try head() != nil else { return 0 }
    if library.pushHead(walk) != 0 { throw library.failure("cannot walk the history") }
    _ = library.sortWalk(walk, GIT_SORT_TIME.rawValue)
    var count = 0
    var older = 0
    var id = git_oid()
    // Clocks differ between machines, so a few commits that look older do not end the walk.
    while older < 5, library.nextInWalk(&id, walk) == 0 {
      let commit = try library.object("cannot read a commit") { library.lookUpCommit($0, handle, &id) }
      defer { library.freeCommit(commit) }
      guard library.commitTime(commit) >= since else {
        older += 1
        continue
      }
      older = 0
      if try touches(commit, path) { count += 1 }
    }
    return count
  }

  private func touches(_ commit: OpaquePointer, _ path: String) throws(BeadsError) -> Bool {
    let own = try entry(path, inTreeOf: commit)
    let parents = library.parentCount(commit)
    if parents == 0 { return own != nil }
    for index in 0..<parents {
      // A shallow clone ends at commits whose parents it does not have.
      guard let parent = try find({ library.parent($0, commit, index) }, "cannot read a commit") else {
        continue
      }
      defer { library.freeCommit(parent) }
      if try Self.equal(own, entry(path, inTreeOf: parent)) { return false }
    }
    return true
  }

  private func entry(_ path: String, inTreeOf commit: OpaquePointer) throws(BeadsError) -> git_oid? {
    let tree = try library.object("cannot read a commit") { library.commitTree($0, commit) }
    defer { library.freeObject(tree) }
    return try entry(path, in: tree)
  }

  private func entry(_ path: String, in tree: OpaquePointer) throws(BeadsError) -> git_oid? {
    guard let entry = try find({ library.entryByPath($0, tree, path) }, "cannot read \(path)") else {
      return nil
    }
    defer { library.freeEntry(entry) }
    return library.entryID(entry)?.pointee
  }

  /// What a lookup finds, or nil when it says that there is nothing.
  private func find(
    _ lookUp: (GitLibrary.Out) -> CInt, _ action: @autoclosure () -> String
  ) throws(BeadsError) -> OpaquePointer? {
    var found: OpaquePointer?
    switch lookUp(&found) {
    case 0: return found
    case GIT_ENOTFOUND.rawValue, GIT_EUNBORNBRANCH.rawValue: return nil
    default: throw library.failure(action())
    }
  }

  private static func equal(_ a: git_oid?, _ b: git_oid?) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): bytes(a) == bytes(b)
    default: false
    }
  }

  private static func bytes(_ id: git_oid) -> [UInt8] { withUnsafeBytes(of: id.id, Array.init) }

  private static func hex(_ id: git_oid) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes(id).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension GitLibrary {
  /// The object that a call makes.
  fileprivate func object(
    _ action: @autoclosure () -> String, _ call: (Out) -> CInt
  ) throws(BeadsError) -> OpaquePointer {
    var made: OpaquePointer?
    guard call(&made) == 0, let made else { throw failure(action()) }
    return made
  }
}
