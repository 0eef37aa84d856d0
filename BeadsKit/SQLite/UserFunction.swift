package import BeadsSystem
import CSQLite

/// The arguments of a call of a user function; they count from 0 and last for the call.
package struct FunctionArguments: ~Copyable {
  private let values: UnsafeBufferPointer<OpaquePointer?>

  fileprivate init(_ values: UnsafeBufferPointer<OpaquePointer?>) { self.values = values }

  package var count: Int { values.count }

  package func isNull(_ index: Int) -> Bool { sqlite3_value_type(values[index]) == SQLITE_NULL }

  package func int64(_ index: Int) -> Int64 { sqlite3_value_int64(values[index]) }

  package func double(_ index: Int) -> Double { sqlite3_value_double(values[index]) }

  /// The text; nil for NULL.
  package func text(_ index: Int) -> String? {
    withText(index) { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// Lends the UTF-8 bytes without copying them; nil for NULL.
  package func withText<R, E: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>?) throws(E) -> R
  ) throws(E) -> R {
    guard let start = sqlite3_value_text(values[index]) else { return try body(nil) }
    return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(values[index]))))
  }
}

extension Connection {
  package typealias Function = (borrowing FunctionArguments) throws(BeadsError) -> SQLValue

  /// Makes a closure callable from SQL.
  /// - Parameters:
  ///   - argumentCount: How many arguments it takes; -1 for any number.
  ///   - isDeterministic: Whether equal arguments always give equal results, which lets SQLite save calls.
  /// - Throws: What it throws becomes the error of the statement that calls it.
  package func addFunction(
    _ name: String, argumentCount: Int32, isDeterministic: Bool = true, _ body: @escaping Function
  ) throws(BeadsError) {
    let flags = SQLITE_UTF8 | (isDeterministic ? SQLITE_DETERMINISTIC : 0)
    let code = sqlite3_create_function_v2(
      handle, name, argumentCount, flags, Unmanaged.passRetained(FunctionBox(body)).toOpaque(),
      { context, count, values in callFunction(context, count, values) }, nil, nil,
      { box in box.map { Unmanaged<FunctionBox>.fromOpaque($0).release() } })
    if code != SQLITE_OK { throw SQLiteError.current(handle, "function \(name)") }
  }
}

private final class FunctionBox {
  let body: Connection.Function

  init(_ body: @escaping Connection.Function) { self.body = body }
}

private func callFunction(
  _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
) {
  guard let box = sqlite3_user_data(context) else { return }
  let function = Unmanaged<FunctionBox>.fromOpaque(box).takeUnretainedValue()
  let arguments = FunctionArguments(UnsafeBufferPointer(start: values, count: Int(count)))
  do throws(BeadsError) {
    setResult(context, try function.body(arguments))
  } catch {
    sqlite3_result_error(context, error.message, -1)
  }
}

private func setResult(_ context: OpaquePointer?, _ value: SQLValue) {
  switch value {
  case .null: sqlite3_result_null(context)
  case .integer(let number): sqlite3_result_int64(context, number)
  case .real(let number): sqlite3_result_double(context, number)
  case .text(let text): beads_sqlite3_result_text_copy(context, text, Int32(text.utf8.count))
  case .blob(let bytes):
    if bytes.isEmpty {
      sqlite3_result_zeroblob(context, 0)
    } else {
      beads_sqlite3_result_blob_copy(context, bytes, Int32(bytes.count))
    }
  }
}
