import BeadsStore
import BeadsSystem
import Foundation
import Testing

@Suite struct SQLiteFileTests {
  @Test func missingFilesAreNotCreated() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "db")
      for mode in [Connection.Mode.readOnly, .readWrite, .immutable] {
        let error = thrownError { () throws(BeadsError) in try Connection(path, mode) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "cannot open \(path): no such file or directory")
      }
      #expect(thrownError { () throws(BeadsError) in try Connection(directory, .create) }?.code == .io)
      #expect(try FileSystem.list(directory) == [])
    }
  }

  @Test(arguments: [Connection.Mode.readOnly, .immutable])
  func readOnlyModesRefuseWrites(mode: Connection.Mode) throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "a?b#c%20.db")
      try Connection(path, .create).executeScript("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
      let connection = try Connection(path, mode)
      #expect(try connection.int64("SELECT x FROM t") == 1)
      let error = thrownError { () throws(BeadsError) in try connection.execute("DELETE FROM t") }
      #expect(error?.code == .readOnly)
      #expect(error?.message.contains(path) == true)
    }
  }

  @Test func filesThatAreNoDatabaseAreCorrupt() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "db")
      try FileSystem.replace(path, with: Array(String(repeating: "no database ", count: 100).utf8))
      let connection = try Connection(path, .readWrite)
      #expect(thrownError { () throws(BeadsError) in try connection.quickCheck() }?.code == .corrupt)
    }
  }

  @Test func quickCheckFindsDamage() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "db")
      do {
        let connection = try Connection(path, .create)
        try connection.executeScript("CREATE TABLE t (x UNIQUE)")
        try connection.transaction { () throws(BeadsError) in
          for value in 0..<2000 { try connection.execute("INSERT INTO t VALUES (?)", value) }
        }
        #expect(try connection.quickCheck() == [])
      }
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seek(toOffset: 4096 * 3)
      try handle.write(contentsOf: Data(repeating: 0xAA, count: 4096))
      #expect(try !Connection(path, .readOnly).quickCheck().isEmpty)
    }
  }

  @Test func lockedDatabasesSaySo() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "db")
      let holder = try Connection(path, .create)
      try holder.execute("BEGIN IMMEDIATE")
      let other = try Connection(path, .readWrite, busyTimeout: .milliseconds(3))
      let error = thrownError { () throws(BeadsError) in try other.transaction {} }
      #expect(error?.code == .locked)
      #expect(error?.message.contains(path) == true)
      try holder.execute("COMMIT")
      try other.transaction { () throws(BeadsError) in try other.execute("CREATE TABLE t (x)") }
    }
  }

  @Test func fullDiskIsNamed() throws {
    try withScratchDirectory { directory throws in
      let connection = try Connection(Path.join(directory, "db"), .create)
      try connection.execute("CREATE TABLE t (x)")
      try connection.setPragma("max_page_count", 3)
      let error = thrownError { () throws(BeadsError) in
        try connection.transaction { () throws(BeadsError) in
          for _ in 0..<100 { try connection.execute("INSERT INTO t VALUES (zeroblob(1000))") }
        }
      }
      #expect(error?.code == .io)
      #expect(error?.message.hasSuffix("the disk is full") == true)
      #expect(!connection.isInTransaction)
      #expect(try connection.int64("SELECT count(*) FROM t") == 0)
    }
  }

  @Test func walIsCheckpointedAndPragmasAreRead() throws {
    try withScratchDirectory { directory throws in
      let connection = try Connection(Path.join(directory, "db"), .create)
      #expect(try connection.setPragma("journal_mode", "wal") == "wal")
      #expect(try connection.journalMode == "wal")
      try connection.setPragma("wal_autocheckpoint", 0)
      try connection.setPragma("user_version", 42)
      #expect(try connection.pragmaInt("user_version") == 42)
      let result = try connection.checkpoint(.truncate)
      #expect(result.logged == result.moved)
      #expect(try FileSystem.stamp(Path.join(directory, "db-wal"))?.size == 0)
      for name in ["", "x; DROP TABLE t", "a b", "x'"] {
        #expect(thrownError { () throws(BeadsError) in try connection.pragma(name) }?.code == .invalid)
        #expect(
          thrownError { () throws(BeadsError) in try connection.setPragma("x", name) }?.code == .invalid)
      }
    }
  }

  @Test func backupIsComplete() throws {
    try withScratchDirectory { directory throws in
      let connection = try Connection(Path.join(directory, "db"), .create)
      try connection.executeScript("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
      let target = Path.join(directory, "copy")
      for expected in [1, 2] as [Int64] {
        try connection.backup(to: target)
        #expect(try Connection(target, .readOnly).int64("SELECT count(*) FROM t") == expected)
        try connection.execute("INSERT INTO t VALUES (2)")
      }
      let error = thrownError { () throws(BeadsError) in try connection.backup(to: "/nonexistent/db") }
      #expect(error?.code == .io)
    }
  }
}
