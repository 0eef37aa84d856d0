import BeadsSystem
import CGit2

extension GitLibrary {
  /// The functions that merge trees in memory.
  struct Merging: Sendable {
    typealias Entry = UnsafeMutablePointer<UnsafePointer<git_index_entry>?>

    let trees:
      @Sendable @convention(c) (Out, Handle, Handle?, Handle, Handle, UnsafePointer<git_merge_options>?) ->
        CInt
    let hasConflicts: @Sendable @convention(c) (Handle) -> CInt
    let writeTree: @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle, Handle) -> CInt
    let freeIndex: @Sendable @convention(c) (Handle?) -> Void
    let conflicts: @Sendable @convention(c) (Out, Handle) -> CInt
    let nextConflict: @Sendable @convention(c) (Entry, Entry, Entry, Handle) -> CInt
    let freeConflicts: @Sendable @convention(c) (Handle?) -> Void
    let message: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
    let descends: @Sendable @convention(c) (Handle, ID, ID) -> CInt

    init(_ symbols: GitSymbols) throws(BeadsError) {
      trees = try symbols["git_merge_trees"]
      hasConflicts = try symbols["git_index_has_conflicts"]
      writeTree = try symbols["git_index_write_tree_to"]
      freeIndex = try symbols["git_index_free"]
      conflicts = try symbols["git_index_conflict_iterator_new"]
      nextConflict = try symbols["git_index_conflict_next"]
      freeConflicts = try symbols["git_index_conflict_iterator_free"]
      message = try symbols["git_commit_message"]
      descends = try symbols["git_graph_descendant_of"]
    }
  }
}
