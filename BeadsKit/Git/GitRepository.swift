public import BeadsSystem
import CGit2

/// An open git repository, for the few commands that look into its history or add to it.
///
/// Uses libgit2, loaded at the first use (7 ms once). Paths in trees are relative to the root of the
/// checkout.
public struct GitRepository: ~Copyable {
  let library: GitLibrary
  let handle: OpaquePointer

  /// Opens the repository of a checkout, linked worktrees included.
  /// - Throws: `unsupported` when libgit2 is not installed or cannot read this kind of repository,
  ///   `io_error` when there is no repository.
  public init(_ location: GitLocation) throws(BeadsError) { try self.init(at: location.workTree) }

  /// Opens the repository in a directory: a checkout, or a bare repository.
  /// - Throws: As above.
  public init(at path: String) throws(BeadsError) {
    let library = try GitLibrary.load()
    var handle: OpaquePointer?
    guard library.openRepository(&handle, path) == 0, let handle else {
      let failure = library.failure("cannot open the git repository \(path)")
      // A format or extension of git that this libgit2 is too old for, such as SHA-256.
      let isForeign = failure.message.contains("unsupported") || failure.message.contains("extension")
      let hint = "git itself can: commit .beads with it"
      throw isForeign ? BeadsError(.unsupported, "libgit2 \(failure.message)", hint: hint) : failure
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
    return Head(
      branch: library.headIsDetached(handle) == 1 ? nil : name, commit: GitID(id.pointee).description)
  }

  // MARK: Calling the library

  /// What a lookup finds, or nil when it says that there is nothing.
  func find(
    _ lookUp: (GitLibrary.Out) -> CInt, _ action: @autoclosure () -> String
  ) throws(BeadsError) -> OpaquePointer? {
    var found: OpaquePointer?
    switch lookUp(&found) {
    case 0: return found
    case GIT_ENOTFOUND.rawValue, GIT_EUNBORNBRANCH.rawValue: return nil
    default: throw library.failure(action())
    }
  }
}

extension GitLibrary {
  /// The object that a call makes.
  func object(
    _ action: @autoclosure () -> String, _ call: (Out) -> CInt
  ) throws(BeadsError) -> OpaquePointer {
    var made: OpaquePointer?
    guard call(&made) == 0, let made else { throw failure(action()) }
    return made
  }
}
