import BeadsKit
import BeadsTesting
import Foundation
import Synchronization
import Testing

/// Clocks that are wrong, go backwards or stand still: later changes look later, and nothing is written for nothing.
@Suite struct FaultClockTests {
  private static let id = IssueID(unchecked: "t-a")

  private func makeProject() throws -> TestProject {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { tx throws(BeadsError) in
      try tx.insert(Issue(id: Self.id, title: "A", createdAt: tx.now))
    }
    try store.close()
    return project
  }

  /// Lets the clock of the project say this many seconds since 1970.
  private func set(_ project: TestProject, _ seconds: Int64) {
    project.environment.clock = { seconds * 1_000_000_000 }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func laterChangesLookLater(_ seed: UInt64) throws {
    let project = try makeProject()
    var random = SeededRandom(seed: seed)
    var last = try #require(try project.openStore().issue(Self.id)).updatedAt
    var time: Int64 = 1_772_442_000
    for step in 1...30 {
      // A day ahead, a day behind, standing still.
      if random.chance(70) { time += Int64(random.within(-86_400...86_400)) }
      set(project, time)
      let store = try project.openStore(actor: "agent-\(random.below(3))")
      try store.importChanges()
      let issue = try store.write("update") { tx throws(BeadsError) in
        switch step % 6 {
        case 0: try tx.addComment("Remark \(step)", to: Self.id)
        case 1: try tx.addLabels(["l\(step)"], to: Self.id)
        case 2: try tx.update(Self.id) { $0.title = "Title \(step)" }
        case 3: try tx.close(Self.id)
        case 4: try tx.reopen(Self.id)
        default: try tx.delete([Self.id])
        }
        return try store.issue(Self.id)
      }
      let updated = try #require(issue).updatedAt
      #expect(updated > last, "step \(step)")
      last = updated
      if step % 6 == 5 {
        try store.undo()
        last = try #require(try store.issue(Self.id)).updatedAt
        #expect(last > updated)
      }
      try store.close()
    }
    let store = try project.openStore()
    #expect(try store.importChanges() == nil)
    #expect(project.exportedText == "\(try #require(try store.issue(Self.id)).jsonLine)\n")
    store.closeConnection()
  }

  /// Changes of one transaction are of one moment.
  @Test func oneTransactionIsOneMoment() throws {
    let project = try makeProject()
    set(project, 1_900_000_000)
    let store = try project.openStore()
    let now = try store.write("update") { tx throws(BeadsError) in
      try tx.update(Self.id) { $0.title = "B" }
      try tx.addLabels(["x"], to: Self.id)
      return tx.now
    }
    #expect(try store.issue(Self.id)?.updatedAt == now)
    store.closeConnection()
  }

  /// A deletion that was taken back stays taken back, though the clock says that it came first.
  @Test func undoneDeletionSurvivesAMerge() throws {
    let project = try makeProject()
    let store = try project.openStore()
    try store.write("delete") { tx throws(BeadsError) in try tx.delete([Self.id]) }
    try store.flush()
    let deleted = project.exportedText
    set(project, 1_700_000_000)
    let behind = try project.openStore()
    try behind.undo()
    try behind.close()
    let merged = IssueFileMerge.merge(
      base: Array(deleted.utf8), ours: Array(deleted.utf8), theirs: Array(project.exportedText.utf8),
      policy: MergePolicy(now: behind.now))
    #expect(merged.bytes == Array(project.exportedText.utf8))
    store.closeConnection()
  }

  @Test(arguments: [
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59Z", "1677-01-01T00:00:00Z",
    "2262-04-12T00:00:00+14:00",
  ])
  func strangeYearsAreKept(_ time: String) throws {
    let project = try TestProject()
    let line =
      #"{"id":"t-a","title":"A","status":"open","priority":1,"issue_type":"task","created_at":"\#(time)","updated_at":"\#(time)"}"#
      + "\n"
    let store = try project.makeStore()
    try FileSystem.replace(project.location.jsonlPath, with: Array(line.utf8))
    try store.importChanges()
    // What is there is not written again.
    #expect(try store.importChanges() == nil)
    #expect(try store.flush() == false)
    #expect(project.exportedText == line)
    let before = try #require(try store.issue(Self.id))
    try store.write("update") { tx throws(BeadsError) in try tx.update(Self.id) { $0.title = "B" } }
    try store.close()
    let again = try project.openStore()
    #expect(try again.importChanges() == nil)
    let after = try #require(try again.issue(Self.id))
    #expect(after.title == "B")
    #expect(after.updatedAt >= before.updatedAt)
    #expect(project.exportedText == after.jsonLine + "\n")
    again.closeConnection()
  }
}
