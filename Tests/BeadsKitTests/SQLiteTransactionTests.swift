import BeadsStore
import BeadsSystem
import Testing

@Suite struct SQLiteTransactionTests {
  private let connection: Connection

  init() throws {
    connection = try Connection(":memory:", .create)
    try connection.execute("CREATE TABLE t (x INTEGER)")
  }

  private func insert(_ value: Int) throws(BeadsError) {
    try connection.execute("INSERT INTO t VALUES (?)", value)
  }

  private var values: [Int] {
    get throws(BeadsError) { try connection.all("SELECT x FROM t ORDER BY x") { $0.int(0) } }
  }

  @Test func returnCommits() throws {
    let result = try connection.transaction { () throws(BeadsError) in
      #expect(connection.isInTransaction)
      try insert(1)
      return 5
    }
    #expect(result == 5)
    #expect(!connection.isInTransaction)
    #expect(try values == [1])
  }

  @Test(arguments: [Connection.TransactionKind.deferred, .immediate])
  func errorRollsBack(kind: Connection.TransactionKind) throws {
    let error = thrownError { () throws(BeadsError) in
      try connection.transaction(kind) { () throws(BeadsError) in
        try insert(1)
        throw BeadsError(.conflict, "no")
      }
    }
    #expect(error?.message == "no")
    #expect(!connection.isInTransaction)
    #expect(try values == [])
  }

  @Test func innerFailureUndoesOnlyTheInnerPart() throws {
    try connection.transaction { () throws(BeadsError) in
      try insert(1)
      for inner in [2, 3, 4] {
        _ = thrownError { () throws(BeadsError) in
          try connection.transaction { () throws(BeadsError) in
            try insert(inner)
            try connection.transaction { () throws(BeadsError) in try insert(inner * 10) }
            if inner != 3 { throw BeadsError(.conflict, "no") }
          }
        }
      }
    }
    #expect(try values == [1, 3, 30])
  }

  @Test func deferredConstraintFailingAtCommitRollsBack() throws {
    try connection.executeScript(
      """
      PRAGMA foreign_keys = on;
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE c (p INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED);
      """)
    let error = thrownError { () throws(BeadsError) in
      try connection.transaction { () throws(BeadsError) in try connection.execute("INSERT INTO c VALUES (1)")
      }
    }
    #expect(error?.message.contains("FOREIGN KEY") == true)
    #expect(!connection.isInTransaction)
    #expect(try connection.int64("SELECT count(*) FROM c") == 0)
  }
}
