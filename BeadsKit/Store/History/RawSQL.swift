import BeadsModel
public import BeadsSystem

/// The result of an SQL statement.
public struct SQLResult: Sendable, Equatable {
  /// A cell: SQLite's five types.
  public enum Value: Sendable, Equatable {
    /// NULL.
    case null
    /// INTEGER.
    case integer(Int64)
    /// REAL.
    case real(Double)
    /// TEXT, or a BLOB shown as hexadecimal digits.
    case text(String)
  }

  /// The names of the columns; empty for a statement that returns no rows.
  public var columns: [String] = []
  /// The rows.
  public var rows: [[Value]] = []
  /// How many rows a changing statement changed; nil for a query.
  public var affected: Int?
}

extension Store {
  /// Runs one SQL statement, for people and for programs that know the classic tables.
  ///
  /// A query runs as it is. A statement that changes something is tried out, what it did to issues and settings is
  /// read, and exactly that is done through the write path, so that it has events, an operation that `undo` takes
  /// back, and reaches the file. A deleted row becomes a tombstone. Changes cost a pass over the store.
  ///
  /// Understands the MySQL spellings `NOW()`, `DATE_SUB(NOW(), INTERVAL n HOUR)`, `INSERT IGNORE` and
  /// `GROUP_CONCAT(x SEPARATOR ',')`.
  /// - Throws: `database` with SQLite's words; `unsupported` for a change of other tables.
  public func sql(_ text: String) throws(BeadsError) -> SQLResult {
    let statement = SQLDialect.translate(text)
    try registerFunctions()
    let isReadOnly = try connection.withStatement(statement) { $0.isReadOnly }
    if isReadOnly { return try query(statement) }
    return try write("sql") { transaction throws(BeadsError) in
      transaction.summary = String(text.prefix(200))
      return try transaction.runSQL(statement)
    }
  }

  private func registerFunctions() throws(BeadsError) {
    let now = self.now.sortableText
    try connection.addFunction("NOW", argumentCount: 0) { _ in .text(now) }
  }

  fileprivate func query(_ sql: String) throws(BeadsError) -> SQLResult {
    try connection.withStatement(sql) { statement throws(BeadsError) in
      var result = SQLResult()
      result.columns = statement.columnNames
      while try statement.step() {
        let row = statement.row
        result.rows.append((0..<Int32(row.columnCount)).map { Self.cell(row.value($0)) })
      }
      return result
    }
  }

  private static func cell(_ value: SQLValue) -> SQLResult.Value {
    switch value {
    case .null: .null
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .blob(let bytes):
      .text(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }
  }
}

extension Transaction {
  fileprivate mutating func runSQL(_ statement: String) throws(BeadsError) -> SQLResult {
    let connection = store.connection
    let before = try Snapshot(store)
    try connection.execute("SAVEPOINT trial")
    var result = try store.query(statement)
    result.affected = connection.changes
    let after = try Snapshot(store)
    try connection.execute("ROLLBACK TO trial")
    try connection.execute("RELEASE trial")
    if before == after, result.affected != 0 {
      throw BeadsError(
        .unsupported,
        "this statement changes something else than issues, labels, dependencies, comments or config")
    }
    try apply(from: before, to: after)
    return result
  }

  private mutating func apply(from before: Snapshot, to after: Snapshot) throws(BeadsError) {
    for (id, old) in before.issues.sorted(by: { $0.key < $1.key })
    where after.issues[id] == nil && !old.isTombstone {
      _ = try bury(old, reason: "deleted by SQL")
    }
    for (id, new) in after.issues.sorted(by: { $0.key < $1.key }) where before.issues[id] != new {
      var issue = new
      let time = try moment(after: before.issues[id])
      issue.settle(after: before.issues[id], now: time)
      issue.updatedAt = time
      try store.rules.validate(issue, replacing: before.issues[id])
      try apply(before: before.issues[id], after: issue)
    }
    for key in Set(before.config.keys).union(after.config.keys).sorted()
    where before.config[key] != after.config[key] {
      try setConfig(key, after.config[key])
    }
  }
}

/// Everything of a store that SQL may change.
private struct Snapshot: Equatable {
  var issues: [IssueID: Issue] = [:]
  var config: [String: String] = [:]

  init(_ store: Store) throws(BeadsError) {
    for issue in try store.issues(where: "1", order: "i.seq") { issues[issue.id] = issue }
    for (key, value) in try store.allConfig() { config[key] = value }
  }
}
