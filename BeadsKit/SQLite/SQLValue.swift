/// A type that can be the value of a statement's parameter.
package protocol SQLBindable {
  func bind(to statement: Statement, at index: Int32)
}

extension Int64: SQLBindable {
  package func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

extension Int: SQLBindable {
  package func bind(to statement: Statement, at index: Int32) { statement.bind(Int64(self), at: index) }
}

extension Bool: SQLBindable {
  package func bind(to statement: Statement, at index: Int32) {
    statement.bind(self ? 1 : 0 as Int64, at: index)
  }
}

extension Double: SQLBindable {
  package func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

extension String: SQLBindable {
  package func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

extension [UInt8]: SQLBindable {
  package func bind(to statement: Statement, at index: Int32) { statement.bind(self, at: index) }
}

/// A value of any of SQLite's five types.
package enum SQLValue: Sendable, Hashable, SQLBindable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package func bind(to statement: Statement, at index: Int32) {
    switch self {
    case .null: statement.bindNull(at: index)
    case .integer(let value): statement.bind(value, at: index)
    case .real(let value): statement.bind(value, at: index)
    case .text(let value): statement.bind(value, at: index)
    case .blob(let value): statement.bind(value, at: index)
    }
  }
}
