public import BeadsSystem
import CSQLite

extension Connection {
  /// Runs one statement and ignores its rows.
  public func execute(_ sql: String, _ values: (any SQLBindable)?...) throws(BeadsError) {
    try withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      try statement.run()
    }
  }

  /// Runs any number of statements without parameters, such as a schema.
  public func executeScript(_ sql: String) throws(BeadsError) {
    if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw SQLiteError.current(handle, sql) }
  }

  /// Calls the body for each row.
  public func query(
    _ sql: String, _ values: (any SQLBindable)?..., row: (borrowing Row) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    try withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      try statement.forEach(row)
    }
  }

  /// What the body makes of each row.
  public func all<R>(
    _ sql: String, _ values: (any SQLBindable)?..., row: (borrowing Row) throws(BeadsError) -> R
  ) throws(BeadsError) -> [R] {
    try withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      var results: [R] = []
      try statement.forEach { current throws(BeadsError) in results.append(try row(current)) }
      return results
    }
  }

  /// What the body makes of the first row, or nil when there is none.
  public func first<R>(
    _ sql: String, _ values: (any SQLBindable)?..., row: (borrowing Row) throws(BeadsError) -> R
  ) throws(BeadsError) -> R? {
    try withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      return try statement.first(row)
    }
  }

  /// The first column of the first row; nil when there is no row or it is NULL.
  public func int64(_ sql: String, _ values: (any SQLBindable)?...) throws(BeadsError) -> Int64? {
    try withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      return try statement.first { $0.optionalInt64(0) } ?? nil
    }
  }

  /// The first column of the first row; nil when there is no row or it is NULL.
  public func text(_ sql: String, _ values: (any SQLBindable)?...) throws(BeadsError) -> String? {
    try withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      return try statement.first { $0.optionalText(0) } ?? nil
    }
  }
}
