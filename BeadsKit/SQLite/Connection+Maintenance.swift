public import BeadsSystem
import CSQLite

extension Connection {
  /// The value of a pragma as text, or nil when it has none.
  public func pragma(_ name: String) throws(BeadsError) -> String? {
    try text("PRAGMA \(try pragmaName(name))")
  }

  /// The value of a pragma as a number, or nil when it has none.
  public func pragmaInt(_ name: String) throws(BeadsError) -> Int? {
    try int64("PRAGMA \(try pragmaName(name))").map { Int($0) }
  }

  /// Sets a pragma to a number or word.
  /// - Returns: What SQLite made of it, if it says so.
  @discardableResult
  public func setPragma(_ name: String, _ value: some CustomStringConvertible) throws(BeadsError) -> String? {
    try text("PRAGMA \(try pragmaName(name)) = \(try pragmaName("\(value)"))")
  }

  /// The journal mode in lower case: `wal`, `delete`, `truncate`, `memory`.
  public var journalMode: String {
    get throws(BeadsError) { try pragma("journal_mode") ?? "" }
  }

  // Pragmas take no parameters, so what goes into their text must be a plain word.
  private func pragmaName(_ word: String) throws(BeadsError) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if word.isEmpty || !isPlain { throw BeadsError(.invalid, "\"\(word)\" is not a pragma or its value") }
    return word
  }

  /// What is wrong with the database file; empty when nothing is.
  ///
  /// Takes time linear in its size.
  public func quickCheck() throws(BeadsError) -> [String] {
    try all("PRAGMA quick_check") { $0.text(0) }.filter { $0 != "ok" }
  }

  /// Leaves the write-ahead log as it is when this connection is the last to close.
  public func keepLogOnClose() {
    _ = beads_sqlite3_db_config_int(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
  }

  /// As `quickCheck`, and indexes are compared with their tables.
  public func integrityCheck() throws(BeadsError) -> [String] {
    try all("PRAGMA integrity_check") { $0.text(0) }.filter { $0 != "ok" }
  }

  /// How much a checkpoint waits for; see SQLite's documentation of `PRAGMA wal_checkpoint`.
  public enum CheckpointMode: Sendable { case passive, full, restart, truncate }

  /// Moves the write-ahead log into the database file.
  /// - Returns: The pages in the log and how many of them are in the file now; -1 when there is no log.
  /// - Throws: `locked` when readers prevented what the mode promises.
  @discardableResult
  public func checkpoint(_ mode: CheckpointMode = .passive) throws(BeadsError) -> (logged: Int, moved: Int) {
    let flag =
      switch mode {
      case .passive: SQLITE_CHECKPOINT_PASSIVE
      case .full: SQLITE_CHECKPOINT_FULL
      case .restart: SQLITE_CHECKPOINT_RESTART
      case .truncate: SQLITE_CHECKPOINT_TRUNCATE
      }
    assertTurn()
    FailPoint.reach("checkpoint.before")
    defer { FailPoint.reach("checkpoint.after") }
    var (logged, moved): (Int32, Int32) = (0, 0)
    if sqlite3_wal_checkpoint_v2(handle, nil, flag, &logged, &moved) != SQLITE_OK {
      throw SQLiteError.current(handle, "checkpoint")
    }
    return (Int(logged), Int(moved))
  }

  /// Writes a consistent copy of the database to a file, replacing a database that is there.
  public func backup(to target: String) throws(BeadsError) { try copy(to: try Connection(target, .create)) }

  /// Makes another connection's database a consistent copy of this one.
  public func copy(to other: Connection) throws(BeadsError) {
    guard let backup = sqlite3_backup_init(other.handle, "main", handle, "main") else {
      throw SQLiteError.current(other.handle, "backup")
    }
    // The busy handler does not apply here, and a write of ours cannot come between: one step copies everything.
    let code = withExtendedLifetime(other) {
      sqlite3_backup_step(backup, -1)
      return sqlite3_backup_finish(backup)
    }
    if code != SQLITE_OK { throw SQLiteError.current(other.handle, "backup") }
  }
}
