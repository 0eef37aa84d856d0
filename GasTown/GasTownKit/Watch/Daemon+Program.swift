public import BeadsKit

extension Daemon {
  /// Whether the daemon was started from another file than this one, be it that the file was replaced since; nil where
  /// the system does not tell.
  public func runsOther(program: String) throws(BeadsError) -> Bool? {
    guard let running = try process() else { return nil }
    // Leads to the file that runs, also when its name was given to another one.
    guard let theirs = try FileSystem.stamp("/proc/\(running.pid)/exe"),
      let ours = try FileSystem.stamp(FileSystem.realPath(program))
    else { return nil }
    return theirs != ours
  }
}
