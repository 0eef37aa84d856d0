public import BeadsSystem
import CSQLite

/// An open SQLite database.
///
/// Belongs to one thread at a time; the compiler sees to that, as it is not Sendable. Statements are prepared once
/// for each SQL text and kept.
public final class Connection {
  /// How a database is opened.
  public enum Mode: Sendable {
    /// Reads and writes a file that exists.
    case readWrite
    /// Reads a file that exists; SQLite may still need to write its `-shm` file beside it.
    case readOnly
    /// Reads a file that nobody changes, without locks: for read-only media.
    case immutable
    /// Reads and writes, making an empty file if there is none.
    case create
  }

  /// The file, or `:memory:`.
  public let path: String
  let handle: OpaquePointer
  private var cache: [String: Statement] = [:]
  private let busy: BusyHandler
  var savepoints = 0
  /// Whether processes that share the database queue for writes and checkpoints.
  var takesTurns = false
  /// Whether it is this process's turn.
  var hasTurn = false

  /// More texts than any command has; beyond it (generated SQL) statements are not kept.
  private static let cacheLimit = 200

  /// Opens a database; no byte of the file is read before the first statement.
  /// - Parameter busyTimeout: How long a statement waits for locks of other processes. Our own writers queue on a
  ///   `FileLock` instead, so this is for foreign programs.
  /// - Throws: `not_found`, `read_only`, `io_error`.
  public init(_ path: String, _ mode: Mode, busyTimeout: Duration = .seconds(30)) throws(BeadsError) {
    self.path = path
    let (name, flags) = Self.openArguments(path, mode)
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let opened else { throw BeadsError(.io, "cannot open \(path): out of memory") }
    handle = opened
    busy = BusyHandler(timeout: busyTimeout)
    if code != SQLITE_OK {
      let missing = path != ":memory:" && mode != .create && !FileSystem.exists(path)
      throw missing ? Self.missing(path) : SQLiteError.current(handle, "open", path: path)
    }
    // The log stays, empty: making and removing it costs each process a sync of the directory.
    var keepsLog: Int32 = 1
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keepsLog)
    // A commit that also checkpoints would do so while others write; see `Store.queued`.
    sqlite3_wal_autocheckpoint(handle, 0)
    busy.install(on: handle)
  }

  deinit { close() }

  private var isClosed = false

  /// Closes the database now; the connection must not be used afterwards.
  public func close() {
    if isClosed { return }
    isClosed = true
    cache.removeAll()
    sqlite3_busy_handler(handle, nil, nil)
    // The C library waits for statements that somebody still holds.
    sqlite3_close_v2(handle)
  }

  private static func missing(_ path: String) -> BeadsError {
    BeadsError(.notFound, "cannot open \(path): no such file or directory")
  }

  private static func openArguments(_ path: String, _ mode: Mode) -> (name: String, flags: Int32) {
    switch mode {
    case .readWrite: (path, SQLITE_OPEN_READWRITE)
    case .readOnly: (path, SQLITE_OPEN_READONLY)
    case .create: (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    case .immutable: (immutableURI(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
    }
  }

  private static func immutableURI(_ path: String) -> String {
    var uri = "file:"
    for scalar in path.unicodeScalars {
      switch scalar {
      case "%": uri += "%25"
      case "?": uri += "%3f"
      case "#": uri += "%23"
      default: uri.unicodeScalars.append(scalar)
      }
    }
    return uri + "?immutable=1"
  }

  /// Lends the prepared statement of an SQL text; afterwards it is reset and its bindings are forgotten.
  ///
  /// Use this around a loop that runs one statement many times; for single runs `execute`, `query` and `first` are
  /// shorter. The same text may be used again inside.
  public func withStatement<R>(
    _ sql: String, _ body: (Statement) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    if let kept = cache[sql], !kept.isLent { return try kept.lend(body) }
    let fresh = try Statement(handle, sql)
    if cache.count < Self.cacheLimit, cache[sql] == nil { cache[sql] = fresh }
    return try fresh.lend(body)
  }

  /// How many rows the last INSERT, UPDATE or DELETE changed.
  public var changes: Int { Int(sqlite3_changes64(handle)) }

  /// How many rows were changed since the connection was opened.
  public var totalChanges: Int { Int(sqlite3_total_changes64(handle)) }

  /// The row ID of the last INSERT.
  public var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// The extended result code of the last call, for example `SQLITE_CONSTRAINT_UNIQUE`.
  public var lastErrorCode: Int32 { sqlite3_extended_errcode(handle) }

  /// Whether the path names another file than the open one, or none; one system call.
  public var isMoved: Bool {
    var moved: Int32 = 0
    return sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
  }

  /// Whether a transaction is open.
  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}
