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

  let writing: Writing
  let merging: Merging
  let comparing: Comparing

  let lastError: @Sendable @convention(c) () -> UnsafePointer<git_error>?

  let openRepository: @Sendable @convention(c) (Out, UnsafePointer<CChar>) -> CInt
  let freeRepository: @Sendable @convention(c) (Handle?) -> Void
  let head: @Sendable @convention(c) (Out, Handle) -> CInt
  let headIsDetached: @Sendable @convention(c) (Handle) -> CInt
  let state: @Sendable @convention(c) (Handle) -> CInt
  let isBare: @Sendable @convention(c) (Handle) -> CInt
  let isShallow: @Sendable @convention(c) (Handle) -> CInt
  let isIgnored: @Sendable @convention(c) (UnsafeMutablePointer<CInt>, Handle, UnsafePointer<CChar>) -> CInt
  let attribute:
    @Sendable @convention(c) (
      UnsafeMutablePointer<UnsafePointer<CChar>?>, Handle, UInt32, UnsafePointer<CChar>, UnsafePointer<CChar>
    ) -> CInt

  let attributeValue: @Sendable @convention(c) (UnsafePointer<CChar>?) -> git_attr_value_t

  let referenceID:
    @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle, UnsafePointer<CChar>) -> CInt
  let lookUpReference: @Sendable @convention(c) (Out, Handle, UnsafePointer<CChar>) -> CInt
  let symbolicTarget: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
  let referenceShorthand: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
  let referenceTarget: @Sendable @convention(c) (Handle) -> ID?
  let freeReference: @Sendable @convention(c) (Handle?) -> Void

  let lookUpCommit: @Sendable @convention(c) (Out, Handle, ID) -> CInt
  let commitTime: @Sendable @convention(c) (Handle) -> git_time_t
  let commitTree: @Sendable @convention(c) (Out, Handle) -> CInt
  let commitTreeID: @Sendable @convention(c) (Handle) -> ID?
  let commitAuthor: @Sendable @convention(c) (Handle) -> UnsafePointer<git_signature>?
  let commitSummary: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
  let parentID: @Sendable @convention(c) (Handle, CUnsignedInt) -> ID?
  let parentCount: @Sendable @convention(c) (Handle) -> CUnsignedInt
  let parent: @Sendable @convention(c) (Out, Handle, CUnsignedInt) -> CInt
  let freeCommit: @Sendable @convention(c) (Handle?) -> Void

  let parseRevision: @Sendable @convention(c) (Out, Handle, UnsafePointer<CChar>) -> CInt
  let peel: @Sendable @convention(c) (Out, Handle, CInt) -> CInt
  let freeObject: @Sendable @convention(c) (Handle?) -> Void
  let objectID: @Sendable @convention(c) (Handle) -> ID?

  let mergeBase: @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle, ID, ID) -> CInt
  let aheadBehind:
    @Sendable @convention(c) (UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>, Handle, ID, ID) -> CInt

  let lookUpTree: @Sendable @convention(c) (Out, Handle, ID) -> CInt
  let entryCount: @Sendable @convention(c) (Handle) -> Int
  let entryByIndex: @Sendable @convention(c) (Handle, Int) -> Handle?
  let entryName: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
  let entryMode: @Sendable @convention(c) (Handle) -> git_filemode_t
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

  private static let shared = Result { () throws(BeadsError) in try GitLibrary(GitSymbols()) }

  private init(_ symbols: GitSymbols) throws(BeadsError) {
    lastError = try symbols["git_error_last"]
    openRepository = try symbols["git_repository_open"]
    freeRepository = try symbols["git_repository_free"]
    head = try symbols["git_repository_head"]
    headIsDetached = try symbols["git_repository_head_detached"]
    state = try symbols["git_repository_state"]
    isBare = try symbols["git_repository_is_bare"]
    isShallow = try symbols["git_repository_is_shallow"]
    isIgnored = try symbols["git_ignore_path_is_ignored"]
    attribute = try symbols["git_attr_get"]
    attributeValue = try symbols["git_attr_value"]
    referenceID = try symbols["git_reference_name_to_id"]
    lookUpReference = try symbols["git_reference_lookup"]
    symbolicTarget = try symbols["git_reference_symbolic_target"]
    referenceShorthand = try symbols["git_reference_shorthand"]
    referenceTarget = try symbols["git_reference_target"]
    freeReference = try symbols["git_reference_free"]
    lookUpCommit = try symbols["git_commit_lookup"]
    commitTime = try symbols["git_commit_time"]
    commitTree = try symbols["git_commit_tree"]
    commitTreeID = try symbols["git_commit_tree_id"]
    commitAuthor = try symbols["git_commit_author"]
    commitSummary = try symbols["git_commit_summary"]
    parentID = try symbols["git_commit_parent_id"]
    parentCount = try symbols["git_commit_parentcount"]
    parent = try symbols["git_commit_parent"]
    freeCommit = try symbols["git_commit_free"]
    parseRevision = try symbols["git_revparse_single"]
    peel = try symbols["git_object_peel"]
    freeObject = try symbols["git_object_free"]
    objectID = try symbols["git_object_id"]
    mergeBase = try symbols["git_merge_base"]
    aheadBehind = try symbols["git_graph_ahead_behind"]
    lookUpTree = try symbols["git_tree_lookup"]
    entryCount = try symbols["git_tree_entrycount"]
    entryByIndex = try symbols["git_tree_entry_byindex"]
    entryName = try symbols["git_tree_entry_name"]
    entryMode = try symbols["git_tree_entry_filemode"]
    entryByPath = try symbols["git_tree_entry_bypath"]
    entryID = try symbols["git_tree_entry_id"]
    freeEntry = try symbols["git_tree_entry_free"]
    lookUpBlob = try symbols["git_blob_lookup"]
    blobContent = try symbols["git_blob_rawcontent"]
    blobSize = try symbols["git_blob_rawsize"]
    freeBlob = try symbols["git_blob_free"]
    writing = try Writing(symbols)
    merging = try Merging(symbols)
    comparing = try Comparing(symbols)
    let initialize: @Sendable @convention(c) () -> CInt = try symbols["git_libgit2_init"]
    if initialize() < 0 { throw failure("cannot start libgit2") }
    setOptions(try symbols.address("git_libgit2_opts"))
  }

  /// Options that an older library does not know have no effect.
  private func setOptions(_ function: UnsafeMutableRawPointer) {
    // As git does: objects are checked when they are written and by fsck, not at each read (half of its time).
    _ = beads_git_set_option(function, CInt(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION.rawValue), 0)
    _ = beads_git_allow_extensions(function)
  }

  /// The error for the library's last failure in this thread.
  func failure(_ action: String, _ code: BeadsError.Code = .io) -> BeadsError {
    let reason = lastError()?.pointee.message.map { String(cString: $0) }
    return BeadsError(code, "\(action): \(reason ?? "unknown reason")")
  }
}
