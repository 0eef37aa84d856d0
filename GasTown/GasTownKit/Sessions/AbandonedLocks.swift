import BeadsKit

/// The locks of git in a worktree that belong to nobody any more.
///
/// A git that is killed leaves `index.lock` behind, and every later git in that worktree refuses to work: whoever goes
/// on there would never get anything committed.
enum AbandonedLocks {
  private static let names = ["index.lock", "HEAD.lock"]

  /// Removes them, unless some process works in the worktree: one of a person may hold them.
  /// - Returns: The files that are gone.
  static func remove(in worktree: String) -> [String] {
    guard let directory = GitLocation.find(from: worktree)?.directory else { return [] }
    let found = names.map { Path.join(directory, $0) }.filter { FileSystem.exists($0) }
    if found.isEmpty || isInUse(worktree) { return [] }
    return found.filter { (try? FileSystem.remove($0)) == true }
  }

  private static func isInUse(_ worktree: String) -> Bool {
    guard let place = try? FileSystem.realPath(worktree), let names = try? FileSystem.list("/proc") else {
      return true
    }
    return names.contains { name in
      guard let pid = Int32(name), ProcessIdentity(pid)?.isAlive == true,
        let directory = try? FileSystem.realPath("/proc/\(name)/cwd")
      else { return false }
      return directory == place || Path.isInside(directory, place)
    }
  }
}
