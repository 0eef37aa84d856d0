import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Git brings an earlier file back (stash, reset, another branch): what was changed here since is not taken back.
@Suite struct StaleFileTests {
  private static let id = IssueID(unchecked: "t-a")

  private struct World {
    let project: TestProject

    init() throws {
      project = try TestProject()
      let store = try project.makeStore()
      try store.write("create") { tx throws(BeadsError) in
        try tx.insert(Issue(id: StaleFileTests.id, title: "A", createdAt: tx.now))
      }
      try store.close()
    }

    func change(_ body: (inout Transaction) throws(BeadsError) -> Void) throws {
      let store = try project.openStore()
      try store.importChanges()
      try store.write("update", body)
      try store.close()
    }

    func replaceFile(_ text: String) throws {
      try FileSystem.replace(project.location.jsonlPath, with: Array(text.utf8))
    }

    /// What the next command sees, and the file after the next change.
    func settled() throws -> BeadsKit.Issue {
      let store = try project.openStore()
      try store.importChanges()
      try store.flush(force: true)
      let issue = try #require(try store.issue(StaleFileTests.id))
      #expect(project.exportedText.contains(issue.jsonLine))
      store.closeConnection()
      return issue
    }
  }

  @Test func anEarlierFileTakesNothingBack() throws {
    let world = try World()
    let earlier = world.project.exportedText
    try world.change { tx throws(BeadsError) in try tx.addLabels(["x"], to: Self.id) }
    try world.change { tx throws(BeadsError) in try tx.update(Self.id) { $0.title = "B" } }
    try world.change { tx throws(BeadsError) in try tx.close(Self.id) }
    try world.replaceFile(earlier)
    let issue = try world.settled()
    #expect(issue.status == .closed)
    #expect(issue.title == "B")
    #expect(issue.labels == ["x"])
    #expect(issue.notes.isEmpty)
  }

  /// A branch on which the issue went on from the earlier state: both changes count.
  @Test func changesFromTheEarlierStateAreMerged() throws {
    let world = try World()
    var other = try #require(try world.project.openStore().issue(Self.id))
    try world.change { tx throws(BeadsError) in try tx.addLabels(["x"], to: Self.id) }
    try world.change { tx throws(BeadsError) in try tx.close(Self.id) }
    other.description = "Their text"
    other.labels = ["y"]
    other.updatedAt = other.updatedAt.adding(nanoseconds: 1)
    try world.replaceFile(other.jsonLine + "\n")
    let issue = try world.settled()
    #expect(issue.status == .closed)
    #expect(issue.description == "Their text")
    #expect(issue.labels == ["x", "y"])
  }

  /// An issue that vanished with its line and comes back with an earlier one.
  @Test func anEarlierLineThatComesBackTakesNothingBack() throws {
    let world = try World()
    let earlier = world.project.exportedText
    try world.change { tx throws(BeadsError) in try tx.close(Self.id) }
    try world.replaceFile("")
    let store = try world.project.openStore()
    try store.importChanges()
    store.closeConnection()
    try world.replaceFile(earlier)
    #expect(try world.settled().status == .closed)
  }

  /// What came from a file is taken back no more than what was changed here, also by a database made anew.
  @Test(arguments: [false, true]) func whatCameFromFilesStays(isMadeAnew: Bool) throws {
    let world = try World()
    let earlier = world.project.exportedText
    var other = try #require(try world.project.openStore().issue(Self.id))
    other.title = "Theirs"
    other.labels = ["x"]
    other.updatedAt = other.updatedAt.adding(seconds: 60)
    let later = other.jsonLine + "\n"
    try world.replaceFile(later)
    #expect(try world.settled().title == "Theirs")
    if isMadeAnew {
      try FileSystem.remove(world.project.location.databasePath)
      let (project, prefix) = (world.project, try Prefix("t"))
      _ = try DatabaseRecovery(at: project.location, prefix: prefix, environment: project.environment).run()
      #expect(try world.settled().title == "Theirs")
    }
    try world.replaceFile(earlier)
    #expect(try world.settled() == other)
    #expect(world.project.exportedText == later)
  }

  /// A deletion counts although it is older than a state that came from elsewhere.
  @Test func anEarlierDeletionCounts() throws {
    let world = try World()
    var other = try #require(try world.project.openStore().issue(Self.id))
    var deleted = other
    other.title = "Theirs"
    other.updatedAt = other.updatedAt.adding(seconds: 60)
    try world.replaceFile(other.jsonLine + "\n")
    #expect(try world.settled().title == "Theirs")
    deleted.status = .tombstone
    deleted.updatedAt = deleted.updatedAt.adding(seconds: 30)
    deleted.deletedAt = deleted.updatedAt
    try world.replaceFile(deleted.jsonLine + "\n")
    #expect(try world.settled().isTombstone)
  }
}
