public import BeadsKit

/// A town's own database: agents, sessions, nudges and decisions.
///
/// Made on first use. Writers of all processes queue on a lock of ours, as those of a tracker do, and only who holds
/// it checkpoints; readers never wait. A value belongs to one thread.
public final class TownDatabase {
  /// The connection, for queries.
  public let connection: Connection
  /// The file.
  public let path: String
  private let lock: FileLock
  private let clock: @Sendable () -> Int64

  /// Opens the database of a town, and makes it when there is none.
  /// - Throws: `corrupt` when the file is something else, `unsupported` when a newer version made it, `io_error`.
  public init(_ town: Town, command: String) throws(BeadsError) {
    path = town.path(".runtime/town.db")
    clock = town.environment.clock
    lock = FileLock(path: path + ".lock", command: command, clock: clock)
    try FileSystem.makeDirectory(Path.directory(of: path))
    connection = try Connection(path, .create)
    try connection.executeScript("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")
    if try connection.int64("PRAGMA user_version") ?? 0 == Schema.version { return }
    try prepare()
  }

  private func prepare() throws(BeadsError) {
    let connection = connection
    try lock.withLock { () throws(BeadsError) in
      let version = try connection.int64("PRAGMA user_version") ?? 0
      if version == Schema.version { return }
      guard version == 0 else {
        throw BeadsError(
          .unsupported, "\(path) was made by a newer version of gt", hint: "update gt")
      }
      guard try connection.int64("SELECT count(*) FROM sqlite_master") == 0 else {
        throw BeadsError(.corrupt, "\(path) is not the database of a town")
      }
      try connection.executeScript(Schema.script)
    }
  }

  /// The present time in nanoseconds since 1970.
  public var now: Int64 { clock() }

  /// Runs one atomic change, in its turn among all processes.
  /// - Throws: `locked` naming the holder, and what the body throws; then nothing has happened.
  @discardableResult
  public func write<R>(_ body: (Connection) throws(BeadsError) -> R) throws(BeadsError) -> R {
    if connection.isInTransaction { return try body(connection) }
    return try lock.withLock { () throws(BeadsError) in
      let result = try connection.transaction(.immediate) { () throws(BeadsError) in try body(connection) }
      keepLogShort()
      return result
    }
  }

  /// Runs what is no transaction in its turn among all processes.
  func queued<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R { try lock.withLock(body) }

  private func keepLogShort() {
    guard let size = try? FileSystem.stamp(path + "-wal")?.size, size > 1 << 20 else { return }
    _ = try? connection.checkpoint(.passive)
  }

  /// A small fact about the town, such as the daemon's last tick.
  public func fact(_ key: String) throws(BeadsError) -> String? {
    try connection.text("SELECT value FROM facts WHERE key = ?1", key)
  }

  /// Remembers a small fact; nil forgets it.
  public func setFact(_ key: String, _ value: String?) throws(BeadsError) {
    try write { db throws(BeadsError) in
      if let value {
        try db.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?1, ?2)", key, value)
      } else {
        try db.execute("DELETE FROM facts WHERE key = ?1", key)
      }
    }
  }
}
