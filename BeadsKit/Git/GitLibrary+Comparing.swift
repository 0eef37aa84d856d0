import BeadsSystem
import CGit2

extension GitLibrary {
  /// The functions that compare trees and histories.
  struct Comparing: Sendable {
    let diffTrees:
      @Sendable @convention(c) (Out, Handle, Handle?, Handle?, UnsafePointer<git_diff_options>?) -> CInt
    let deltaCount: @Sendable @convention(c) (Handle) -> Int
    let delta: @Sendable @convention(c) (Handle, Int) -> UnsafePointer<git_diff_delta>?
    let freeDiff: @Sendable @convention(c) (Handle?) -> Void

    let newWalk: @Sendable @convention(c) (Out, Handle) -> CInt
    let push: @Sendable @convention(c) (Handle, ID) -> CInt
    let hide: @Sendable @convention(c) (Handle, ID) -> CInt
    let next: @Sendable @convention(c) (UnsafeMutablePointer<git_oid>, Handle) -> CInt
    let freeWalk: @Sendable @convention(c) (Handle?) -> Void

    init(_ symbols: GitSymbols) throws(BeadsError) {
      diffTrees = try symbols["git_diff_tree_to_tree"]
      deltaCount = try symbols["git_diff_num_deltas"]
      delta = try symbols["git_diff_get_delta"]
      freeDiff = try symbols["git_diff_free"]
      newWalk = try symbols["git_revwalk_new"]
      push = try symbols["git_revwalk_push"]
      hide = try symbols["git_revwalk_hide"]
      next = try symbols["git_revwalk_next"]
      freeWalk = try symbols["git_revwalk_free"]
    }
  }
}
