import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FileSystem {
  /// What a file that is replaced must still be.
  public enum Expectation: Sendable {
    case anything
    /// The file of that stamp, or no file: what somebody else wrote meanwhile is not overwritten.
    case unchanged(FileStamp?)

    /// What `replace` throws when it is not.
    public static let failure = BeadsError(.conflict, "the file changed while it was written")

    /// Gives a file its name in place of the expected one.
    ///
    /// Between a look at a file and a rename over it others may write. So the two files swap their names, and swap
    /// back when what comes out is not what was expected. Where files cannot swap, the look has to do.
    func rename(_ temporary: String, to target: String) throws(BeadsError) {
      guard case .unchanged(let stamp) = self else { return try FileSystem.rename(temporary, over: target) }
      if try FileSystem.stamp(target) != stamp { throw Self.failure }
      let code = retrying("file.rename") {
        stamp == nil ? beads_rename_new(temporary, target) : beads_exchange(temporary, target)
      }
      if code != 0 {
        if [EINVAL, ENOSYS, ENOTSUP].contains(errno) {
          return try FileSystem.rename(temporary, over: target)
        }
        if errno == EEXIST || errno == ENOENT { throw Self.failure }
        throw .system(errno, "write \(target)", .write)
      }
      guard let stamp else { return }
      FailPoint.reach("file.exchanged")
      if try FileSystem.stamp(temporary) != stamp {
        if beads_exchange(temporary, target) != 0 { throw .system(errno, "write \(target)", .write) }
        throw Self.failure
      }
      unlink(temporary)
    }
  }

  private static func rename(_ temporary: String, over target: String) throws(BeadsError) {
    if renameFile(temporary, target) != 0 { throw .system(errno, "write \(target)", .write) }
  }
}
