public import BeadsSystem
import CSQLite

/// A prepared statement; parameters count from 1.
public final class Statement {
  let handle: OpaquePointer
  private(set) var isLent = false
  private let sql: String
  private let database: OpaquePointer
  private var bindError: BeadsError?

  init(_ database: OpaquePointer, _ sql: String) throws(BeadsError) {
    self.sql = sql
    self.database = database
    var text = sql
    var prepared: OpaquePointer?
    let (code, isSingle) = text.withUTF8 { utf8 in Self.prepare(database, utf8, &prepared) }
    if code != SQLITE_OK { throw SQLiteError.current(database, sql) }
    guard let prepared else { throw BeadsError(.invalid, "there is no SQL statement to run") }
    handle = prepared
    if !isSingle { throw BeadsError(.invalid, "there is more than one SQL statement: \(sql)") }
  }

  deinit { sqlite3_finalize(handle) }

  private static func prepare(
    _ database: OpaquePointer, _ utf8: UnsafeBufferPointer<UInt8>, _ prepared: inout OpaquePointer?
  ) -> (code: Int32, isSingle: Bool) {
    utf8.withMemoryRebound(to: CChar.self) { text in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v3(
        database, text.baseAddress, Int32(text.count), UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
      guard code == SQLITE_OK, let start = text.baseAddress, let tail, tail < start + text.count
      else { return (code, true) }
      // What follows is fine if it is only white space and comments, which prepare to nothing.
      var second: OpaquePointer?
      let rest = Int32(text.count - (tail - start))
      let secondCode = sqlite3_prepare_v3(database, tail, rest, 0, &second, nil)
      sqlite3_finalize(second)
      return (code, secondCode == SQLITE_OK && second == nil)
    }
  }

  func lend<R>(_ body: (Statement) throws(BeadsError) -> R) throws(BeadsError) -> R {
    isLent = true
    defer {
      reset()
      sqlite3_clear_bindings(handle)
      bindError = nil
      isLent = false
    }
    return try body(self)
  }

  /// Runs up to the next row; false at the end.
  public func step() throws(BeadsError) -> Bool {
    if let bindError { throw bindError }
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw SQLiteError.current(database, sql)
    }
  }

  /// Makes the statement ready to run again; bindings stay.
  public func reset() { sqlite3_reset(handle) }

  /// The current row, after `step` returned true.
  public var row: Row { Row(handle) }

  /// Runs to the end with the values bound before, then resets.
  public func run() throws(BeadsError) {
    defer { reset() }
    while try step() {}
  }

  /// Binds the values to the parameters in order, runs to the end and resets.
  public func run(_ values: (any SQLBindable)?...) throws(BeadsError) {
    try bind(values)
    try run()
  }

  /// Calls the body for each row with the values bound before, then resets.
  public func forEach(_ body: (borrowing Row) throws(BeadsError) -> Void) throws(BeadsError) {
    defer { reset() }
    while try step() { try body(Row(handle)) }
  }

  /// What the body makes of the first row with the values bound before, or nil when there is none; then resets.
  public func first<R>(_ body: (borrowing Row) throws(BeadsError) -> R) throws(BeadsError) -> R? {
    defer { reset() }
    return try step() ? try body(Row(handle)) : nil
  }

  /// Whether the statement makes no direct changes to the database.
  public var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

  /// The names of the result columns; empty when the statement returns no rows.
  public var columnNames: [String] {
    (0..<sqlite3_column_count(handle)).map { index in
      sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
    }
  }

  /// How many parameters the statement has.
  public var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }
}

// Binding. The overloads are for loops; they do no dynamic dispatch.
extension Statement {
  /// Binds values to the parameters in order.
  /// - Throws: `invalid` when their number differs from the statement's.
  public func bind(_ values: [(any SQLBindable)?]) throws(BeadsError) {
    if values.count != parameterCount {
      throw BeadsError(.invalid, "\(values.count) values for \(parameterCount) parameters: \(sql)")
    }
    for (offset, value) in values.enumerated() {
      let index = Int32(offset + 1)
      if let value { value.bind(to: self, at: index) } else { bindNull(at: index) }
    }
  }

  /// Gives a parameter the value NULL; parameters count from 1.
  public func bindNull(at index: Int32) { check(sqlite3_bind_null(handle, index)) }

  /// Gives a parameter an integer.
  public func bind(_ value: Int64, at index: Int32) { check(sqlite3_bind_int64(handle, index, value)) }

  /// Gives a parameter a number.
  public func bind(_ value: Double, at index: Int32) { check(sqlite3_bind_double(handle, index, value)) }

  /// Gives a parameter a text.
  public func bind(_ value: String, at index: Int32) {
    var copy = value
    copy.withUTF8 { bind(text: $0, at: index) }
  }

  /// Binds UTF-8 text, which is copied.
  public func bind(text: UnsafeBufferPointer<UInt8>, at index: Int32) {
    // A null pointer would bind NULL instead of the empty string.
    if text.isEmpty { return check(beads_sqlite3_bind_text_copy(handle, index, "", 0)) }
    text.withMemoryRebound(to: CChar.self) {
      check(beads_sqlite3_bind_text_copy(handle, index, $0.baseAddress, Int32(clamping: $0.count)))
    }
  }

  /// Binds UTF-8 text without copying it.
  ///
  /// It must stay where it is until the parameter is bound anew or the statement is given back.
  public func bind(borrowedText text: UnsafeBufferPointer<UInt8>, at index: Int32) {
    if text.isEmpty { return bind(text: text, at: index) }
    text.withMemoryRebound(to: CChar.self) {
      check(beads_sqlite3_bind_text_static(handle, index, $0.baseAddress, Int32(clamping: $0.count)))
    }
  }

  /// Gives a parameter bytes.
  public func bind(_ value: [UInt8], at index: Int32) {
    if value.isEmpty { return check(sqlite3_bind_zeroblob(handle, index, 0)) }
    check(beads_sqlite3_bind_blob_copy(handle, index, value, Int32(clamping: value.count)))
  }

  // A value that is too long or an index out of range: the next step throws, so that loops need no `try` a column.
  private func check(_ code: Int32) {
    if code != SQLITE_OK { bindError = SQLiteError.current(database, sql) }
  }
}
