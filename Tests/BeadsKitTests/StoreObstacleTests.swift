import BeadsKit
import BeadsStore
import BeadsSystem
import BeadsTesting
import Foundation
import Testing

/// Stores that cannot be written: what is in them is still read, and the refusal says why.
@Suite struct StoreObstacleTests {
  /// Readers of a write-ahead log share a file; a directory in its place stands for every reason it cannot be made.
  private func makeUnshareable(_ project: TestProject) throws {
    _ = try FileSystem.remove(project.location.databasePath + "-shm")
    try FileManager.default.createDirectory(
      atPath: project.location.databasePath + "-shm", withIntermediateDirectories: false)
  }

  @Test func unwritableStoreIsRead() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let made = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "A"))
    }
    try store.close()
    try makeUnshareable(project)
    for access in [Store.Access.readOnly, .readWrite] {
      let store = try project.openStore(access: access)
      #expect(try store.issue(made.id) == made)
      #expect(throws: BeadsError.self) {
        try store.write("update") { transaction throws(BeadsError) in
          _ = try transaction.create(IssueDraft(title: "B"))
        }
      }
      #expect(try store.issues(matching: IssueFilter()).count == 1)
      store.closeConnection()
    }
  }

  @Test func lockTimeoutHoldsForForeignPrograms() throws {
    let project = try TestProject()
    let store = try project.makeStore(options: StoreOptions(lockTimeout: .milliseconds(20)))
    let other = try Connection(project.location.databasePath, .readWrite)
    try other.execute("BEGIN IMMEDIATE")
    let start = ContinuousClock.now
    let error = #expect(throws: BeadsError.self) {
      try store.write("create") { transaction throws(BeadsError) in
        _ = try transaction.create(IssueDraft(title: "A"))
      }
    }
    #expect(error?.code == .locked)
    #expect(ContinuousClock.now - start < .seconds(10))
    try other.execute("ROLLBACK")
    #expect(try store.issues(matching: IssueFilter()).isEmpty)
  }
}
