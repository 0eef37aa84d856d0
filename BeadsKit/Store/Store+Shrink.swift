public import BeadsSystem

extension Store {
  /// Gives the space of deleted rows back to the file system.
  ///
  /// Writes the database anew, about 100 MB a second, while other writers wait; readers do not.
  /// - Returns: The bytes of the database before and after; nil without a database.
  /// - Throws: `read_only`, `locked`, `database_error` such as a full disk; then nothing is changed.
  @discardableResult
  public func shrink() throws(BeadsError) -> (before: Int64, after: Int64)? {
    if medium != .database { return nil }
    try requireWritable("gc")
    let before = try size()
    try queued { () throws(BeadsError) in
      try connection.execute("VACUUM")
      // Readers may hold on to the log: the next writer moves the rest.
      _ = try? connection.checkpoint(.truncate)
    }
    return (before, try size())
  }

  private func size() throws(BeadsError) -> Int64 {
    try FileSystem.stamp(location.databasePath)?.size ?? 0
  }
}
