import BeadsSystem
import CGit2

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The functions of libgit2 that are used, looked up when one is first needed: loading and initialising the
/// library takes 7 ms that commands without git do not pay.
struct GitLibrary: Sendable {
  typealias Handle = OpaquePointer
  typealias Out = UnsafeMutablePointer<OpaquePointer?>
  typealias ID = UnsafePointer<git_oid>

  let lastError: @Sendable @convention(c) () -> UnsafePointer<git_error>?

  let openRepository: @Sendable @convention(c) (Out, UnsafePointer<CChar>) -> CInt
  let freeRepository: @Sendable @convention(c) (Handle?) -> Void
  let head: @Sendable @convention(c) (Out, Handle) -> CInt
  let headIsDetached: @Sendable @convention(c) (Handle) -> CInt

  let referenceShorthand: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
  let referenceTarget: @Sendable @convention(c) (Handle) -> ID?
  let freeReference: @Sendable @convention(c) (Handle?) -> Void

  let newWalk: @Sendable @convention(c) (Out, Handle) -> CInt
  let pushHead: @Sendable @convention(c) (Handle) -> CInt
  let sortWalk: @Sendable @convention(c) (Handle, CUnsignedInt) -> CInt
  let nextInWalk: @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle) -> CInt
  let freeWalk: @Sendable @convention(c) (Handle?) -> Void

  let lookUpCommit: @Sendable @convention(c) (Out, Handle, ID) -> CInt
  let commitTime: @Sendable @convention(c) (Handle) -> git_time_t
  let commitTree: @Sendable @convention(c) (Out, Handle) -> CInt
  let parentCount: @Sendable @convention(c) (Handle) -> CUnsignedInt
  let parent: @Sendable @convention(c) (Out, Handle, CUnsignedInt) -> CInt
  let freeCommit: @Sendable @convention(c) (Handle?) -> Void

  let parseRevision: @Sendable @convention(c) (Out, Handle, UnsafePointer<CChar>) -> CInt
  let peel: @Sendable @convention(c) (Out, Handle, CInt) -> CInt
  let freeObject: @Sendable @convention(c) (Handle?) -> Void

  let entryByPath: @Sendable @convention(c) (Out, Handle, UnsafePointer<CChar>) -> CInt
  let entryID: @Sendable @convention(c) (Handle) -> ID?
  let freeEntry: @Sendable @convention(c) (Handle?) -> Void

  let lookUpBlob: @Sendable @convention(c) (Out, Handle, ID) -> CInt
  let blobContent: @Sendable @convention(c) (Handle) -> UnsafeRawPointer?
  let blobSize: @Sendable @convention(c) (Handle) -> git_object_size_t
  let freeBlob: @Sendable @convention(c) (Handle?) -> Void

  /// The library, loaded at the first use.
  /// - Throws: `unsupported` when it is not installed.
  static func load() throws(BeadsError) -> GitLibrary { try shared.get() }

  private static let shared = Result { () throws(BeadsError) in try GitLibrary(Symbols()) }

  private init(_ symbols: Symbols) throws(BeadsError) {
    lastError = try symbols["git_error_last"]
    openRepository = try symbols["git_repository_open"]
    freeRepository = try symbols["git_repository_free"]
    head = try symbols["git_repository_head"]
    headIsDetached = try symbols["git_repository_head_detached"]
    referenceShorthand = try symbols["git_reference_shorthand"]
    referenceTarget = try symbols["git_reference_target"]
    freeReference = try symbols["git_reference_free"]
    newWalk = try symbols["git_revwalk_new"]
    pushHead = try symbols["git_revwalk_push_head"]
    sortWalk = try symbols["git_revwalk_sorting"]
    nextInWalk = try symbols["git_revwalk_next"]
    freeWalk = try symbols["git_revwalk_free"]
    lookUpCommit = try symbols["git_commit_lookup"]
    commitTime = try symbols["git_commit_time"]
    commitTree = try symbols["git_commit_tree"]
    parentCount = try symbols["git_commit_parentcount"]
    parent = try symbols["git_commit_parent"]
    freeCommit = try symbols["git_commit_free"]
    parseRevision = try symbols["git_revparse_single"]
    peel = try symbols["git_object_peel"]
    freeObject = try symbols["git_object_free"]
    entryByPath = try symbols["git_tree_entry_bypath"]
    entryID = try symbols["git_tree_entry_id"]
    freeEntry = try symbols["git_tree_entry_free"]
    lookUpBlob = try symbols["git_blob_lookup"]
    blobContent = try symbols["git_blob_rawcontent"]
    blobSize = try symbols["git_blob_rawsize"]
    freeBlob = try symbols["git_blob_free"]
    let initialize: @Sendable @convention(c) () -> CInt = try symbols["git_libgit2_init"]
    if initialize() < 0 { throw failure("cannot start libgit2") }
  }

  /// The error for the library's last failure in this thread.
  func failure(_ action: String, _ code: BeadsError.Code = .io) -> BeadsError {
    let reason = lastError()?.pointee.message.map { String(cString: $0) }
    return BeadsError(code, "\(action): \(reason ?? "unknown reason")")
  }
}

/// The loaded library's symbol table.
private struct Symbols {
  private let handle: UnsafeMutableRawPointer

  #if canImport(Glibc)
    private static let names = [
      "libgit2.so", "libgit2.so.1.5", "libgit2.so.1.7", "libgit2.so.1.8", "libgit2.so.1.9", "libgit2.so.1.1",
    ]
  #else
    private static let names = [
      "libgit2.dylib", "/opt/homebrew/lib/libgit2.dylib", "/usr/local/lib/libgit2.dylib",
      "/opt/local/lib/libgit2.dylib",
    ]
  #endif

  init() throws(BeadsError) {
    for name in Self.names {
      if let handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL) {
        self.handle = handle
        return
      }
    }
    throw BeadsError(
      .unsupported, "this needs the library libgit2, which is not installed",
      hint:
        "install libgit2 with the system's package manager: apt install libgit2-dev, or brew install libgit2")
  }

  /// The function of that name, in the type the caller declares for it.
  subscript<Function>(name: String) -> Function {
    get throws(BeadsError) {
      guard let address = dlsym(handle, name) else {
        throw BeadsError(.unsupported, "the installed libgit2 has no function \(name)")
      }
      return unsafeBitCast(address, to: Function.self)
    }
  }
}
