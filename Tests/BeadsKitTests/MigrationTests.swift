import BeadsKit
import BeadsModel
import BeadsStore
import BeadsSystem
import BeadsTesting
import Testing

/// Databases of other versions: read by all, written by those who know them, upgraded on request only.
@Suite struct MigrationTests {
  private func makeStore(version: Int) throws -> TestProject {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      _ = try transaction.create(IssueDraft(title: "One"))
    }
    try store.close()
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.setPragma("user_version", version)
    connection.close()
    return project
  }

  @Test(arguments: [0, 2, 99]) func otherVersionIsReadAndNotWritten(_ version: Int) throws {
    let project = try makeStore(version: version)
    let store = try project.openStore()
    #expect(try store.count() == 1)
    let before = project.exportedText
    let error = #expect(throws: BeadsError.self) {
      try store.write("create") { transaction throws(BeadsError) in
        _ = try transaction.create(IssueDraft(title: "Two"))
      }
    }
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains(version > 1 ? "newer bd" : "older bd") == true)
    #expect(try store.count() == 1)
    try store.close()
    #expect(project.exportedText == before)
  }

  private static let steps =
    Migration.all + [
      Migration(
        version: 2, name: "colours", summary: "colours of issues",
        statements: ["ALTER TABLE labels ADD COLUMN colour TEXT", "UPDATE labels SET colour = 'red'"]),
      Migration(
        version: 3, name: "shapes", summary: "shapes", statements: ["CREATE TABLE shapes (name TEXT)"]),
    ]

  @Test func stepsAreOneTransactionAfterACopy() throws {
    let project = try makeStore(version: 1)
    let planned = try Store.migrate(
      at: project.location, environment: project.environment, isDryRun: true, steps: Self.steps)
    #expect(planned.applied.map(\.name) == ["colours", "shapes"])
    #expect(planned.backup == nil)
    let report = try Store.migrate(at: project.location, environment: project.environment, steps: Self.steps)
    #expect((report.from, report.to) == (1, 3))
    let backup = try #require(report.backup)
    let old = try Connection(backup, .readOnly)
    #expect(try old.pragmaInt("user_version") == 1)
    #expect(try old.int64("SELECT COUNT(*) FROM issues") == 1)
    let new = try Connection(project.location.databasePath, .readOnly)
    #expect(try new.pragmaInt("user_version") == 3)
    #expect(try new.int64("SELECT COUNT(*) FROM shapes") == 0)
    new.close()
    let again = try Store.migrate(at: project.location, environment: project.environment, steps: Self.steps)
    #expect(again.applied.isEmpty && again.backup == nil)
  }

  @Test func failedStepChangesNothing() throws {
    let project = try makeStore(version: 1)
    let bad =
      Self.steps + [
        Migration(version: 4, name: "bad", summary: "", statements: ["INSERT INTO nowhere VALUES (1)"])
      ]
    #expect(throws: BeadsError.self) {
      try Store.migrate(at: project.location, environment: project.environment, steps: bad)
    }
    let connection = try Connection(project.location.databasePath, .readOnly)
    #expect(try connection.pragmaInt("user_version") == 1)
    #expect(try connection.int64("SELECT COUNT(*) FROM sqlite_master WHERE name = 'shapes'") == 0)
  }

  @Test func newerStoreIsNotMigrated() throws {
    let project = try makeStore(version: 9)
    let error = #expect(throws: BeadsError.self) {
      try Store.migrate(at: project.location, environment: project.environment)
    }
    #expect(error?.code == .unsupported)
  }
}
