import BeadsSystem
import CSQLite

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Turns SQLite's result codes into errors that say what to do.
enum SQLiteError {
  /// The error of the last call on a connection, with its SQL; bound values never appear in it.
  static func current(_ database: OpaquePointer, _ sql: String, path: String? = nil) -> BeadsError {
    let code = sqlite3_extended_errcode(database)
    let words = sqlite3_errmsg(database).map { String(cString: $0) } ?? "error \(code)"
    return error(
      code, words, path ?? self.path(of: database), sql, systemError: sqlite3_system_errno(database))
  }

  private static func error(
    _ code: Int32, _ words: String, _ path: String, _ sql: String, systemError: Int32
  ) -> BeadsError {
    let detail = "\(path): \(words) (\(shortened(sql)))"
    return switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      BeadsError(.locked, detail, hint: "another program is using the database; try again")
    case SQLITE_READONLY, SQLITE_PERM: BeadsError(.readOnly, detail)
    // That a file is none is noticed by whatever statement comes first, which has nothing to do with it.
    case SQLITE_NOTADB: BeadsError(.corrupt, "\(path): \(words)", hint: rebuild)
    case SQLITE_CORRUPT: BeadsError(.corrupt, detail, hint: rebuild)
    case SQLITE_FULL: BeadsError(.io, "cannot write \(path): the disk is full")
    case SQLITE_IOERR where systemError == ENOSPC: BeadsError(.io, "cannot write \(path): the disk is full")
    case SQLITE_CANTOPEN where [EACCES, EPERM, EROFS].contains(systemError):
      BeadsError(.readOnly, "cannot open \(path): \(systemMessage(systemError))")
    case SQLITE_IOERR, SQLITE_CANTOPEN: BeadsError(.io, detail + reason(systemError))
    default: BeadsError(.database, detail)
    }
  }

  private static let rebuild = "`bd rebuild` makes the database anew and keeps this one"

  private static func reason(_ systemError: Int32) -> String {
    systemError == 0 ? "" : ": " + systemMessage(systemError)
  }

  private static func path(of database: OpaquePointer) -> String {
    guard let name = sqlite3_db_filename(database, "main"), name.pointee != 0 else { return "database" }
    return String(cString: name)
  }

  // White space of multi-line SQL would make the message hard to read.
  private static func shortened(_ sql: String) -> String {
    let flat = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return flat.utf8.count <= 300 ? flat : String(flat.prefix(300)) + "..."
  }
}
