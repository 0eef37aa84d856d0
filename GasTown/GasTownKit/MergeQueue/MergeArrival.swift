public import BeadsKit

/// How the changes of a branch came to be on a target.
public struct MergeArrival: Sendable, Equatable {
  /// The commit that brought them; the target's last one when that cannot be told.
  public let commit: GitID
  /// Whether it is known to be that commit, and not only that nothing is missing.
  public let isKnown: Bool
}

extension GitRepository {
  /// How many commits of a target are looked at.
  private static var depth: Int { 1000 }

  /// Whether a target has what a branch changes, however it came there: with the branch's own commits, as one commit
  /// with all its changes (be it made by the queue or a forge), or so that nothing of it is missing.
  ///
  /// A commit counts as the branch squashed when merging the branch into what was there before gives exactly it. That
  /// is true also when the target has changed the same places since.
  /// - Returns: Nil when it is not there.
  func arrival(of head: GitID, on target: GitID) throws(BeadsError) -> MergeArrival? {
    guard has(commit: head), let common = try mergeBase(target, head) else { return nil }
    if common == head {
      return MergeArrival(commit: try firstCommit(on: target, with: head), isKnown: true)
    }
    let changed = try paths(differingBetween: tree(of: common), and: tree(of: head))
    if changed.isEmpty { return MergeArrival(commit: target, isKnown: false) }
    if let commit = try squash(of: head, since: common, on: target, changed) {
      return MergeArrival(commit: commit, isKnown: true)
    }
    let ours = try tree(of: target)
    let merged = try merge(base: tree(of: common), ours: ours, theirs: tree(of: head))
    return merged == .clean(ours) ? MergeArrival(commit: target, isKnown: false) : nil
  }

  /// The first commit in a target's own line that has another one in its history.
  private func firstCommit(on target: GitID, with head: GitID) throws(BeadsError) -> GitID {
    var found = target
    for _ in 0..<Self.depth {
      guard found != head, let parent = try commit(found).parents.first,
        try parent == head ? true : isAncestor(head, of: parent)
      else { return found }
      found = parent
    }
    return found
  }

  private func squash(
    of head: GitID, since common: GitID, on target: GitID, _ changed: [String]
  ) throws(BeadsError) -> GitID? {
    let theirs = try tree(of: head)
    var next = target
    for _ in 0..<Self.depth {
      let current = try commit(next)
      guard current.id != common, let parent = current.parents.first, has(commit: parent) else { return nil }
      let before = try tree(of: parent)
      if before != current.tree, try paths(differingBetween: before, and: current.tree) == changed,
        let base = try mergeBase(parent, head),
        try merge(base: tree(of: base), ours: before, theirs: theirs) == .clean(current.tree)
      {
        return current.id
      }
      next = parent
    }
    return nil
  }
}
