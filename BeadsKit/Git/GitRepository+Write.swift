public import BeadsSystem
import CGit2

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who is named in a commit.
public struct GitPerson: Sendable, Equatable {
  /// The name.
  public let name: String
  /// The mail address.
  public let mail: String

  /// Wraps a name and an address, without what git does not allow in them.
  public init(name: String, mail: String) {
    func clean(_ text: String) -> String {
      String(text.filter { $0 != "<" && $0 != ">" && !$0.isNewline }.trimmingBlanks)
    }
    self.name = clean(name)
    self.mail = clean(mail)
  }
}

/// A commit to be made.
public struct GitCommitDraft: Sendable {
  /// The tree of its files.
  public var tree: GitID
  /// The commits it follows.
  public var parents: [GitID]
  /// The whole message.
  public var message: String
  /// Who wrote it.
  public var author: GitPerson
  /// Who committed it.
  public var committer: GitPerson
  /// Seconds since 1970; written in UTC.
  public var time: Int64

  /// Describes a commit.
  public init(
    tree: GitID, parents: [GitID], message: String, author: GitPerson, committer: GitPerson, time: Int64
  ) {
    self.tree = tree
    self.parents = parents
    self.message = message
    self.author = author
    self.committer = committer
    self.time = time
  }
}

extension GitRepository {
  // MARK: Blobs and trees

  /// Adds a blob, or finds it when its content is there already.
  public func add(blob content: [UInt8]) throws(BeadsError) -> GitID {
    var id = git_oid()
    if library.writing.createBlob(&id, handle, content, content.count) != 0 {
      throw library.failure("cannot write to the git repository")
    }
    return GitID(id)
  }

  /// The name that a blob would have; writes nothing.
  public func name(ofBlob content: [UInt8]) throws(BeadsError) -> GitID {
    var id = git_oid()
    if library.writing.hash(&id, content, content.count, GIT_OBJECT_BLOB) != 0 {
      throw library.failure("cannot compute the name of a blob")
    }
    return GitID(id)
  }

  /// A tree that differs from another one in some files; nil for a file takes it out.
  ///
  /// Adds the new tree objects; files to be taken out must be there.
  public func tree(_ base: GitID?, with edits: [String: GitEntry?]) throws(BeadsError) -> GitID {
    guard let base else { return try tree(try emptyTree(), with: edits) }
    if edits.isEmpty { return base }
    let paths = edits.keys.sorted()
    let names = paths.map { strdup($0) }
    defer { for name in names { free(name) } }
    var updates: [git_tree_update] = []
    for (path, name) in zip(paths, names) {
      guard let edit = edits[path] else { continue }
      var update = git_tree_update()
      update.path = UnsafePointer(name)
      update.action = edit == nil ? GIT_TREE_UPDATE_REMOVE : GIT_TREE_UPDATE_UPSERT
      if let edit {
        update.id = edit.id.raw
        update.filemode = git_filemode_t(rawValue: edit.mode)
      }
      updates.append(update)
    }
    return try withTree(base) { base throws(BeadsError) in
      var id = git_oid()
      if library.writing.updateTree(&id, handle, base, updates.count, updates) != 0 {
        throw library.failure("cannot write to the git repository")
      }
      return GitID(id)
    }
  }

  /// The tree without files.
  public func emptyTree() throws(BeadsError) -> GitID {
    let builder = try library.object("cannot write to the git repository") {
      library.writing.newBuilder($0, handle, nil)
    }
    defer { library.writing.freeBuilder(builder) }
    var id = git_oid()
    if library.writing.writeBuilder(&id, builder) != 0 {
      throw library.failure("cannot write to the git repository")
    }
    return GitID(id)
  }

  // MARK: Commits and branches

  /// Adds a commit; no branch moves.
  public func add(_ draft: GitCommitDraft) throws(BeadsError) -> GitID {
    var parents: [OpaquePointer?] = []
    defer { for parent in parents { library.freeCommit(parent) } }
    for id in draft.parents {
      var raw = id.raw
      parents.append(
        try library.object("cannot read commit \(id.short)") { library.lookUpCommit($0, handle, &raw) })
    }
    return try withTree(draft.tree) { tree throws(BeadsError) in
      var id = git_oid()
      let status = withSignature(draft.author, draft.time) { author in
        withSignature(draft.committer, draft.time) { committer in
          library.writing.createCommit(
            &id, handle, nil, author, committer, nil, draft.message, tree, parents.count, &parents)
        }
      }
      if status != 0 { throw library.failure("cannot commit") }
      return GitID(id)
    }
  }

  private func withSignature<R>(
    _ person: GitPerson, _ time: Int64, _ body: (UnsafePointer<git_signature>) -> R
  ) -> R {
    let (name, mail) = (strdup(person.name), strdup(person.mail))
    defer {
      free(name)
      free(mail)
    }
    let when = git_time(time: time, offset: 0, sign: CChar(UInt8(ascii: "+")))
    var signature = git_signature(name: name, email: mail, when: when)
    return body(&signature)
  }

  /// Moves a reference from one commit to another, or makes it when it is to come from nothing.
  /// - Parameter reason: What the log of the reference says.
  /// - Returns: false when it is not where it was expected; then it stays.
  public func move(
    _ reference: String, from old: GitID?, to new: GitID, by person: GitPerson, _ reason: String
  ) throws(BeadsError) -> Bool {
    _ = library.writing.setIdentity(handle, person.name, person.mail)
    var (target, made) = (new.raw, OpaquePointer?.none)
    defer { library.freeReference(made) }
    var status: CInt
    if let old {
      var expected = old.raw
      status = library.writing.moveReference(&made, handle, reference, &target, 1, &expected, reason)
    } else {
      status = library.writing.createReference(&made, handle, reference, &target, 0, reason)
    }
    switch status {
    case 0: return true
    case GIT_EMODIFIED.rawValue, GIT_EEXISTS.rawValue, GIT_ELOCKED.rawValue, GIT_ENOTFOUND.rawValue:
      return false
    default: throw library.failure("cannot move \(reference)")
    }
  }
}
