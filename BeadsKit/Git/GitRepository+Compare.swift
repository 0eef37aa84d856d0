public import BeadsSystem
import CGit2

/// A file that differs between two trees.
public struct GitChange: Sendable, Hashable {
  /// Its path; bytes that are no text are replaced.
  public let path: String
  /// What is there in the first tree, if anything is.
  public let old: GitEntry?
  /// What is there in the second, if anything is.
  public let new: GitEntry?
}

extension GitRepository {
  /// The paths in which two trees differ, in order.
  public func paths(differingBetween old: GitID, and new: GitID) throws(BeadsError) -> [String] {
    try changes(from: old, to: new).map(\.path)
  }

  /// What differs between two trees, in the order of the paths; renaming is not looked for.
  /// - Parameter old: The first tree; nil for one without files.
  public func changes(from old: GitID?, to new: GitID) throws(BeadsError) -> [GitChange] {
    if old == new { return [] }
    return try withTree(new) { new throws(BeadsError) in
      guard let old else { return try changes(nil, new) }
      return try withTree(old) { old throws(BeadsError) in try changes(old, new) }
    }
  }

  private func changes(_ old: OpaquePointer?, _ new: OpaquePointer) throws(BeadsError) -> [GitChange] {
    let diff = try library.object("cannot compare two trees") {
      library.comparing.diffTrees($0, handle, old, new, nil)
    }
    defer { library.comparing.freeDiff(diff) }
    return (0..<library.comparing.deltaCount(diff)).compactMap { index in
      guard let delta = library.comparing.delta(diff, index)?.pointee, let path = delta.new_file.path else {
        return nil
      }
      return GitChange(
        path: String(cString: path), old: Self.entry(delta.old_file), new: Self.entry(delta.new_file))
    }
  }

  private static func entry(_ file: git_diff_file) -> GitEntry? {
    file.mode == 0 ? nil : GitEntry(id: GitID(file.id), mode: UInt32(file.mode))
  }

  /// The commits that one has in its history and others have not, later ones first.
  /// - Parameter others: Commits that are here.
  public func commits(of commit: GitID, notIn others: [GitID]) throws(BeadsError) -> [GitID] {
    let walk = try library.object("cannot walk through the history") {
      library.comparing.newWalk($0, handle)
    }
    defer { library.comparing.freeWalk(walk) }
    var raw = commit.raw
    if library.comparing.push(walk, &raw) != 0 { throw library.failure("cannot read commit \(commit.short)") }
    for other in others {
      raw = other.raw
      if library.comparing.hide(walk, &raw) != 0 {
        throw library.failure("cannot read commit \(other.short)")
      }
    }
    var found: [GitID] = []
    while true {
      switch library.comparing.next(&raw, walk) {
      case 0: found.append(GitID(raw))
      case GIT_ITEROVER.rawValue: return found
      default: throw library.failure("cannot walk through the history of \(commit.short)")
      }
    }
  }
}
