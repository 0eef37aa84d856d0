public import BeadsSystem
import CGit2

/// A file or directory in a tree.
public struct GitEntry: Sendable, Hashable {
  /// What it names.
  public let id: GitID
  /// The mode bits as git writes them: 0o100644, 0o100755, 0o120000, 0o040000, 0o160000.
  public let mode: UInt32

  /// Whether it is a directory.
  public var isTree: Bool { mode == GIT_FILEMODE_TREE.rawValue }
  /// Whether it is a file.
  public var isFile: Bool {
    mode == GIT_FILEMODE_BLOB.rawValue || mode == GIT_FILEMODE_BLOB_EXECUTABLE.rawValue
  }
}

extension GitRepository {
  /// The content of a file in a revision such as `HEAD`, `main` or `HEAD~3`, or nil when it holds no such
  /// file.
  /// - Throws: `not_found` when there is no such revision.
  public func content(of path: String, at revision: String) throws(BeadsError) -> [UInt8]? {
    guard let commit = try commit(revision) else {
      throw BeadsError(.notFound, "no git revision '\(revision)'")
    }
    guard let entry = try entry(path, in: try tree(of: commit)) else { return nil }
    return try content(entry.id)
  }

  /// The commit that a revision names, or nil when there is none of that name.
  /// - Throws: `io_error` when it names something that is no commit.
  public func commit(_ revision: String) throws(BeadsError) -> GitID? {
    guard let object = try find({ library.parseRevision($0, handle, revision) }, "cannot read \(revision)")
    else { return nil }
    defer { library.freeObject(object) }
    let commit = try library.object("'\(revision)' names no commit") {
      library.peel($0, object, GIT_OBJECT_COMMIT.rawValue)
    }
    defer { library.freeObject(commit) }
    guard let id = library.objectID(commit) else { return nil }
    return GitID(id.pointee)
  }

  /// The root tree of a commit.
  public func tree(of commit: GitID) throws(BeadsError) -> GitID {
    try withCommit(commit) { commit throws(BeadsError) in
      guard let id = library.commitTreeID(commit) else { throw library.failure("cannot read a commit") }
      return GitID(id.pointee)
    }
  }

  func withCommit<R>(_ id: GitID, _ body: (OpaquePointer) throws(BeadsError) -> R) throws(BeadsError) -> R {
    var raw = id.raw
    let commit = try library.object("cannot read commit \(id.short)") {
      library.lookUpCommit($0, handle, &raw)
    }
    defer { library.freeCommit(commit) }
    return try body(commit)
  }

  func withTree<R>(_ id: GitID, _ body: (OpaquePointer) throws(BeadsError) -> R) throws(BeadsError) -> R {
    var raw = id.raw
    let tree = try library.object("cannot read tree \(id.short)") { library.lookUpTree($0, handle, &raw) }
    defer { library.freeObject(tree) }
    return try body(tree)
  }

  /// What is at a path in a tree, or nil.
  public func entry(_ path: String, in tree: GitID) throws(BeadsError) -> GitEntry? {
    try withTree(tree) { tree throws(BeadsError) in
      guard let entry = try find({ library.entryByPath($0, tree, path) }, "cannot read \(path)") else {
        return nil
      }
      defer { library.freeEntry(entry) }
      return read(entry)
    }
  }

  private func read(_ entry: OpaquePointer) -> GitEntry? {
    library.entryID(entry).map {
      GitEntry(id: GitID($0.pointee), mode: UInt32(library.entryMode(entry).rawValue))
    }
  }

  /// Every file below a tree by its path there, directories left out.
  public func files(below tree: GitID) throws(BeadsError) -> [String: GitEntry] {
    var files: [String: GitEntry] = [:]
    try collect(tree, "", into: &files)
    return files
  }

  private func collect(
    _ tree: GitID, _ prefix: String, into files: inout [String: GitEntry]
  ) throws(BeadsError) {
    let entries = try withTree(tree) { tree -> [(String, GitEntry)] in
      (0..<library.entryCount(tree)).compactMap { index in
        guard let entry = library.entryByIndex(tree, index), let name = library.entryName(entry),
          let found = read(entry)
        else { return nil }
        return (prefix + String(cString: name), found)
      }
    }
    for (path, entry) in entries {
      if entry.isTree { try collect(entry.id, path + "/", into: &files) } else { files[path] = entry }
    }
  }

  /// The bytes of a blob.
  public func content(_ blob: GitID) throws(BeadsError) -> [UInt8] {
    try withContent(blob) { Array($0) }
  }

  /// Calls the body with the bytes of a blob, which are gone afterwards.
  public func withContent<R>(
    _ blob: GitID, _ body: (UnsafeBufferPointer<UInt8>) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    var raw = blob.raw
    let found = try library.object("cannot read blob \(blob.short)") { library.lookUpBlob($0, handle, &raw) }
    defer { library.freeBlob(found) }
    let bytes = UnsafeRawBufferPointer(start: library.blobContent(found), count: Int(library.blobSize(found)))
    return try body(bytes.bindMemory(to: UInt8.self))
  }
}
