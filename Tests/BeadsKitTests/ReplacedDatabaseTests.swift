import BeadsKit
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// A database that was set aside while somebody had it open: nobody writes there any more.
@Suite struct ReplacedDatabaseTests {
  private func create(_ title: String, in store: Store) throws -> IssueID {
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: title)).id
    }
  }

  @Test func writersFollow() throws {
    let project = try TestProject()
    let early = try project.makeStore()
    let old = try create("Old", in: early)
    let kept = try DatabaseFiles(project.location.databasePath).setAside("test", project.environment.clock)
    #expect(kept.hasSuffix(".beads/beads.db.test-20260302T090000Z"))
    let late = try project.makeStore()
    // Reading goes on where it was; writing, and all after it, is in the new one.
    #expect(try early.issue(old) != nil)
    let new = try create("New", in: early)
    #expect(try late.issue(new)?.title == "New")
    #expect(try early.issue(old) == nil)
    try early.flush()
    #expect(project.exportedText == (try late.issues(where: "1")).map { $0.jsonLine + "\n" }.joined())
    early.closeConnection()
    late.closeConnection()

    let aside = try Store.open(
      at: StoreLocation(
        directory: project.beadsDirectory, databasePath: kept, jsonlPath: project.location.jsonlPath),
      access: .readOnly, environment: project.environment)
    #expect(try aside.issues(where: "1").map(\.id) == [old])
  }

  /// What was committed before is in the old database; an export from there would overwrite what the new one wrote.
  @Test func exportersFollow() throws {
    let project = try TestProject()
    let early = try project.makeStore()
    _ = try create("Old", in: early)
    _ = try DatabaseFiles(project.location.databasePath).setAside("test", project.environment.clock)
    let late = try project.makeStore()
    _ = try create("New", in: late)
    try late.flush()
    let text = project.exportedText
    try early.flush()
    #expect(project.exportedText == text)
  }

  @Test func missingDatabaseRefusesWrites() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    _ = try DatabaseFiles(project.location.databasePath).setAside("test", project.environment.clock)
    let error = #expect(throws: BeadsError.self) { try create("A", in: store) }
    #expect(error?.code == .databaseReplaced)
    #expect(error?.code.isRetryable == true)
  }

  @Test func aTransactionDoesNotChangeItsDatabase() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let error = #expect(throws: BeadsError.self) {
      try store.read { () throws(BeadsError) in
        _ = try store.count()
        _ = try DatabaseFiles(project.location.databasePath).setAside("test", project.environment.clock)
        try project.makeStore().closeConnection()
        try store.write("config") { transaction throws(BeadsError) in try transaction.setConfig("a", "b") }
      }
    }
    #expect(error?.code == .databaseReplaced)
    #expect(try project.openStore().config("a") == nil)
  }

  @Test func namesAreNeverTaken() throws {
    let project = try TestProject()
    let files = DatabaseFiles(project.location.databasePath)
    try project.makeStore().closeConnection()
    let first = try files.setAside("test", { 0 })
    try project.makeStore().closeConnection()
    let second = try files.setAside("test", { 0 })
    #expect(first != second)
    #expect(FileSystem.exists(first) && FileSystem.exists(second))
    for ending in DatabaseFiles.companions { #expect(!FileSystem.exists(files.path + ending)) }
  }
}
