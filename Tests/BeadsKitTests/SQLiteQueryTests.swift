import BeadsStore
import BeadsSystem
import CSQLite
import Testing

@Suite struct SQLiteQueryTests {
  private let connection: Connection

  init() throws {
    connection = try Connection(":memory:", .create)
    try connection.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB) STRICT")
  }

  @Test(arguments: [
    SQLValue.null, .integer(.min), .integer(.max), .integer(0), .real(0.1), .real(-1e300), .text(""),
    .text("ä\0b"),
    .text(String(repeating: "x", count: 100_000)), .blob([]), .blob([0, 255]),
  ])
  func valuesRoundTrip(value: SQLValue) throws {
    try #expect(connection.first("SELECT ?", value) { $0.value(0) } == value)
  }

  @Test func typedAccessAndNulls() throws {
    try connection.execute("INSERT INTO t VALUES (?, ?, ?, ?)", 7, 1.5, "text", [1, 2] as [UInt8])
    try connection.execute("INSERT INTO t VALUES (?, ?, ?, ?)", nil as Int?, nil, nil as String?, nil)
    #expect(connection.changes == 1)
    #expect(connection.lastInsertRowID == 2)
    let texts = try connection.all("SELECT a, b, c, d FROM t ORDER BY rowid") { row in
      "\(row.int(0)) \(row.optionalInt64(0) ?? -1) \(row.double(1)) \(row.optionalDouble(1) ?? -1) "
        + "\(row.text(2)) \(row.optionalText(2) ?? "-") \(row.blob(3)) \(row.isNull(3)) \(row.bool(0))"
    }
    #expect(texts == ["7 7 1.5 1.5 text text [1, 2] false true", "0 -1 0.0 -1.0  - [] true false"])
  }

  @Test func textIsLentWithoutCopying() throws {
    let count = try connection.first("SELECT 'abc', NULL, ''") { row in
      #expect(row.withText(0) { $0.map(Array.init) } == Array("abc".utf8))
      #expect(row.withText(1) { $0 == nil })
      #expect(row.withText(2) { $0?.count } == 0)
      return row.columnCount
    }
    #expect(count == 3)
  }

  @Test func borrowedTextIsBound() throws {
    let text = Array("borrowed".utf8)
    let result = try connection.withStatement("SELECT ?1 || ?1") { statement throws(BeadsError) in
      try text.withUnsafeBufferPointer { bytes throws(BeadsError) in
        statement.bind(borrowedText: bytes, at: 1)
        return try statement.first { $0.text(0) }
      }
    }
    #expect(result == "borrowedborrowed")
  }

  @Test func statementsAreReusedAlsoInsideThemselves() throws {
    let sql = "SELECT value FROM json_each(?) ORDER BY value"
    var pairs: [String] = []
    try connection.query(sql, "[1,2]") { outer throws(BeadsError) in
      let first = outer.int(0)
      try connection.query(sql, "[3,4]") { inner throws(BeadsError) in pairs.append("\(first)\(inner.int(0))")
      }
    }
    #expect(pairs == ["13", "14", "23", "24"])
    #expect(try connection.int64(sql, "[]") == nil)
  }

  @Test func bindingsDoNotLeakIntoTheNextUse() throws {
    let sql = "SELECT ?1"
    #expect(try connection.text(sql, "secret") == "secret")
    try connection.withStatement(sql) { statement throws(BeadsError) in
      #expect(try statement.first { $0.isNull(0) } == true)
    }
  }

  @Test func failingBodyLeavesTheStatementUsable() throws {
    let sql = "SELECT 1 UNION SELECT 2"
    let error = thrownError { () throws(BeadsError) in
      try connection.query(sql) { _ throws(BeadsError) in throw BeadsError(.invalid, "stop") }
    }
    #expect(error?.message == "stop")
    #expect(try connection.all(sql) { $0.int(0) } == [1, 2])
  }

  @Test(arguments: [
    ("SELEC 1", BeadsError.Code.database, "near \"SELEC\": syntax error"),
    ("SELECT * FROM none", .database, "none"),
    ("SELECT 1; SELECT 2", .invalid, "more than one"), ("", .invalid, "no SQL"), ("-- x", .invalid, "no SQL"),
    ("SELECT ?", .invalid, "0 values for 1"),
  ])
  func badSQLIsExplained(sql: String, code: BeadsError.Code, words: String) {
    let error = thrownError { () throws(BeadsError) in try connection.execute(sql) }
    #expect(error?.code == code)
    #expect(error?.message.contains(words) == true)
  }

  @Test func trailingCommentsAreNoSecondStatement() throws {
    #expect(try connection.int64("SELECT 5; -- done\n /* really */ ") == 5)
  }

  @Test func constraintErrorsCarryTheSQLButNoValues() throws {
    try connection.execute("CREATE TABLE u (id TEXT PRIMARY KEY)")
    try connection.execute("INSERT INTO u VALUES (?)", "secret")
    let error = thrownError { () throws(BeadsError) in
      try connection.execute("INSERT INTO u VALUES (?)", "secret")
    }
    #expect(error?.code == .database)
    #expect(error?.message.contains("UNIQUE constraint failed: u.id (INSERT INTO u VALUES (?))") == true)
    #expect(error?.message.contains("secret") == false)
    #expect(connection.lastErrorCode == SQLITE_CONSTRAINT | (6 << 8))
  }

  @Test func wrongParameterIndexIsAnErrorOfTheNextStep() throws {
    let error = thrownError { () throws(BeadsError) in
      try connection.withStatement("SELECT ?") { statement throws(BeadsError) in
        statement.bind(1 as Int64, at: 2)
        try statement.run()
      }
    }
    #expect(error?.code == .database)
  }

  @Test func statementsDescribeThemselves() throws {
    try connection.withStatement("SELECT a AS x, c FROM t") { statement throws(BeadsError) in
      #expect(statement.columnNames == ["x", "c"])
      #expect(statement.isReadOnly)
    }
    try connection.withStatement("DELETE FROM t") { statement throws(BeadsError) in
      #expect(statement.columnNames == [])
      #expect(!statement.isReadOnly)
    }
  }

  @Test func scriptsRunWhole() throws {
    try connection.executeScript("CREATE TABLE s (x); INSERT INTO s VALUES (1); INSERT INTO s VALUES (2);")
    #expect(try connection.int64("SELECT sum(x) FROM s") == 3)
    let error = thrownError { () throws(BeadsError) in try connection.executeScript("CREATE TABLE s (x)") }
    #expect(error?.message.contains("already exists") == true)
  }

  @Test func userFunctions() throws {
    try connection.addFunction("join_all", argumentCount: -1) { arguments in
      .text((0..<arguments.count).map { arguments.text($0) ?? "NULL" }.joined(separator: "+"))
    }
    try connection.addFunction("half", argumentCount: 1) { arguments throws(BeadsError) in
      if arguments.isNull(0) { return .null }
      let value = arguments.int64(0)
      if value % 2 != 0 { throw BeadsError(.invalid, "\(value) is odd") }
      return .integer(value / 2)
    }
    #expect(try connection.text("SELECT join_all('a', 1, NULL, '')") == "a+1+NULL+")
    #expect(try connection.text("SELECT join_all()") == "")
    #expect(try connection.int64("SELECT half(8)") == 4)
    #expect(try connection.int64("SELECT half(NULL)") == nil)
    let error = thrownError { () throws(BeadsError) in try connection.int64("SELECT half(3)") }
    #expect(error?.message.contains("3 is odd") == true)
  }
}
