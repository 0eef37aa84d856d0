import CSQLite

/// The current row of a statement; columns count from 0.
///
/// It cannot be kept: it lasts until the statement moves on. Values of another type are converted by SQLite's rules;
/// NULL reads as 0 or an empty string unless the `optional` form is used.
public struct Row: ~Copyable {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { self.handle = handle }

  /// How many columns the query has.
  public var columnCount: Int { Int(sqlite3_column_count(handle)) }

  /// Whether the value is NULL; columns count from 0.
  public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// The value as an integer; 0 for NULL.
  public func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// The value as an integer; 0 for NULL.
  public func int(_ column: Int32) -> Int { Int(truncatingIfNeeded: sqlite3_column_int64(handle, column)) }

  /// Whether the value is an integer other than 0.
  public func bool(_ column: Int32) -> Bool { sqlite3_column_int64(handle, column) != 0 }

  /// The value as a number; 0 for NULL.
  public func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  /// The value as text; empty for NULL.
  public func text(_ column: Int32) -> String { optionalText(column) ?? "" }

  /// The value as an integer, or nil for NULL.
  public func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

  /// The value as an integer, or nil for NULL.
  public func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }

  /// The value as a number, or nil for NULL.
  public func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }

  /// The value as text, or nil for NULL.
  public func optionalText(_ column: Int32) -> String? {
    guard let start = sqlite3_column_text(handle, column) else { return nil }
    let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Lends a column's UTF-8 bytes without copying them; nil for NULL.
  public func withText<R, E: Error>(
    _ column: Int32, _ body: (UnsafeBufferPointer<UInt8>?) throws(E) -> R
  ) throws(E) -> R {
    guard let start = sqlite3_column_text(handle, column) else { return try body(nil) }
    return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// Lends a column's bytes without copying them; none for NULL.
  public func withBlob<R, E: Error>(
    _ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    let start = sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
    return try body(
      UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))))
  }

  /// The bytes of the value; none for NULL.
  public func blob(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// The value in the type it is stored in.
  public func value(_ column: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(int64(column))
    case SQLITE_FLOAT: .real(double(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }
}
