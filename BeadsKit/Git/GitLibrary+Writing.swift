import BeadsSystem
import CGit2

extension GitLibrary {
  /// The functions that add objects and move references.
  struct Writing: Sendable {
    let createBlob:
      @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle, UnsafeRawPointer?, Int) -> CInt
    let hash:
      @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, UnsafeRawPointer?, Int, git_object_t) -> CInt
    let updateTree:
      @Sendable @convention(c) (
        UnsafeMutablePointer<git_oid>, Handle, Handle?, Int, UnsafePointer<git_tree_update>?
      ) -> CInt
    let newBuilder: @Sendable @convention(c) (Out, Handle, Handle?) -> CInt
    let writeBuilder: @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle) -> CInt
    let freeBuilder: @Sendable @convention(c) (Handle?) -> Void

    let createCommit:
      @Sendable @convention(c) (
        UnsafeMutablePointer<git_oid>, Handle, UnsafePointer<CChar>?, UnsafePointer<git_signature>,
        UnsafePointer<git_signature>, UnsafePointer<CChar>?, UnsafePointer<CChar>, Handle, Int,
        UnsafeMutablePointer<Handle?>?
      ) -> CInt
    let setIdentity: @Sendable @convention(c) (Handle, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> CInt
    let createReference:
      @Sendable @convention(c) (Out, Handle, UnsafePointer<CChar>, ID, CInt, UnsafePointer<CChar>?) -> CInt
    let moveReference:
      @Sendable @convention(c) (Out, Handle, UnsafePointer<CChar>, ID, CInt, ID, UnsafePointer<CChar>?) ->
        CInt

    init(_ symbols: GitSymbols) throws(BeadsError) {
      createBlob = try symbols["git_blob_create_from_buffer"]
      hash = try symbols["git_odb_hash"]
      updateTree = try symbols["git_tree_create_updated"]
      newBuilder = try symbols["git_treebuilder_new"]
      writeBuilder = try symbols["git_treebuilder_write"]
      freeBuilder = try symbols["git_treebuilder_free"]
      createCommit = try symbols["git_commit_create"]
      setIdentity = try symbols["git_repository_set_ident"]
      createReference = try symbols["git_reference_create"]
      moveReference = try symbols["git_reference_create_matching"]
    }
  }
}
