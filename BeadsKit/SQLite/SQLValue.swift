/// A type that can be the value of a statement's parameter.
public protocol SQLBindable {
  /// Gives a parameter of the statement this value; parameters count from 1.
  func bind(to statement: Statement, at index: Int32)
}

extension Int64: SQLBindable {
  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

extension Int: SQLBindable {
  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) { statement.bind(Int64(self), at: index) }
}

extension Bool: SQLBindable {
  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) {
    statement.bind(self ? 1 : 0 as Int64, at: index)
  }
}

extension Double: SQLBindable {
  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

extension String: SQLBindable {
  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

extension [UInt8]: SQLBindable {
  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

/// A value of any of SQLite's five types.
public enum SQLValue: Sendable, Hashable, SQLBindable {
  /// NULL.
  case null
  /// An integer.
  case integer(Int64)
  /// A floating-point number.
  case real(Double)
  /// A text.
  case text(String)
  /// Bytes.
  case blob([UInt8])

  /// Gives a parameter this value.
  public func bind(to statement: Statement, at index: Int32) {
    switch self {
    case .null: statement.bindNull(at: index)
    case .integer(let value): statement.bind(value, at: index)
    case .real(let value): statement.bind(value, at: index)
    case .text(let value): statement.bind(value, at: index)
    case .blob(let value): statement.bind(value, at: index)
    }
  }
}
