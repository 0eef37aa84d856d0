public import BeadsSystem
import CGit2

extension GitRepository {
  /// Where HEAD points.
  public enum HeadPosition: Sendable, Equatable {
    /// A branch, without `refs/heads/`, and its commit; nil before the first one.
    case branch(String, GitID?)
    /// A commit that was checked out by itself.
    case detached
  }

  /// Where HEAD points, also before the first commit.
  public func headPosition() throws(BeadsError) -> HeadPosition {
    guard let name = try symbolicTarget(of: "HEAD"), name.hasPrefix("refs/heads/") else { return .detached }
    return .branch(String(name.dropFirst("refs/heads/".count)), try target(of: name))
  }

  /// The reference that another one such as `HEAD` stands for; nil when it stands for none.
  public func symbolicTarget(of reference: String) throws(BeadsError) -> String? {
    guard
      let found = try find({ library.lookUpReference($0, handle, reference) }, "cannot read \(reference)")
    else { return nil }
    defer { library.freeReference(found) }
    return library.symbolicTarget(found).map { String(cString: $0) }
  }

  /// The commit that a full reference name such as `refs/heads/main` leads to, or nil.
  public func target(of reference: String) throws(BeadsError) -> GitID? {
    var raw = git_oid()
    switch library.referenceID(&raw, handle, reference) {
    case 0: return GitID(raw)
    case GIT_ENOTFOUND.rawValue: return nil
    default: throw library.failure("cannot read \(reference)")
    }
  }

  /// What git is in the middle of in this checkout, such as `rebase`, or nil.
  public var unfinishedOperation: String? {
    switch UInt32(bitPattern: library.state(handle)) {
    case GIT_REPOSITORY_STATE_NONE.rawValue: nil
    case GIT_REPOSITORY_STATE_MERGE.rawValue: "merge"
    case GIT_REPOSITORY_STATE_REVERT.rawValue, GIT_REPOSITORY_STATE_REVERT_SEQUENCE.rawValue: "revert"
    case GIT_REPOSITORY_STATE_CHERRYPICK.rawValue, GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE.rawValue:
      "cherry-pick"
    case GIT_REPOSITORY_STATE_BISECT.rawValue: "bisect"
    default: "rebase"
    }
  }

  /// Whether it has no work tree.
  public var isBare: Bool { library.isBare(handle) == 1 }
  /// Whether old commits are missing.
  public var isShallow: Bool { library.isShallow(handle) == 1 }

  /// Whether git ignores a path that it does not track.
  public func ignores(_ path: String) throws(BeadsError) -> Bool {
    var isIgnored: CInt = 0
    if library.isIgnored(&isIgnored, handle, path) != 0 {
      throw library.failure("cannot tell whether git ignores \(path)")
    }
    return isIgnored == 1
  }

  /// The program that the attributes name to transform a file on its way into git, such as `git-crypt`, or nil.
  public func filter(of path: String) -> String? {
    var value: UnsafePointer<CChar>?
    guard library.attribute(&value, handle, 0, path, "filter") == 0,
      library.attributeValue(value) == GIT_ATTR_VALUE_STRING
    else { return nil }
    return value.map { String(cString: $0) }
  }

  /// The last commit that two have in common, or nil.
  public func mergeBase(_ a: GitID, _ b: GitID) throws(BeadsError) -> GitID? {
    var (base, a, b) = (git_oid(), a.raw, b.raw)
    switch library.mergeBase(&base, handle, &a, &b) {
    case 0: return GitID(base)
    case GIT_ENOTFOUND.rawValue: return nil
    default: throw library.failure("cannot find the common commit")
    }
  }

  /// How many commits each of two has that the other has not.
  public func distance(
    _ ours: GitID, _ theirs: GitID
  ) throws(BeadsError) -> (ahead: Int, behind: Int) {
    var (ahead, behind, a, b) = (0, 0, ours.raw, theirs.raw)
    if library.aheadBehind(&ahead, &behind, handle, &a, &b) != 0 {
      throw library.failure("cannot compare the histories")
    }
    return (ahead, behind)
  }
}
