import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// The disk of the database fails at every call in turn: what was acknowledged is there, what was refused is there
/// wholly or not at all, and the store goes on working when the disk does.
@Suite struct FaultDiskTests {
  /// A project whose database SQLite reaches through a layer that fails.
  private struct World {
    let project: TestProject
    let disk: DiskScript

    init() throws {
      project = try TestProject()
      let store = try project.makeStore()
      try store.write("create") { tx throws(BeadsError) in
        for name in ["t-a", "t-b", "t-c"] {
          try tx.insert(Issue(id: try IssueID(name), title: name, createdAt: tx.now))
        }
      }
      try store.close()
      disk = FaultVFS.watch(project.beadsDirectory)
    }

    /// What a process does with one command: both changes or none.
    func change(_ number: Int) throws(BeadsError) {
      let store = try project.openStore()
      defer { store.closeConnection() }
      try store.importChanges()
      try store.write("update") { tx throws(BeadsError) in
        try tx.update(try IssueID("t-a")) { $0.title = "Title \(number)" }
        try tx.addComment("Remark \(number)", to: try IssueID("t-b"))
        var draft = IssueDraft(title: "New \(number)")
        draft.description = String(repeating: "x", count: 9000)
        _ = try tx.create(draft)
      }
      _ = try? store.flush()
    }

    /// The numbers of the changes that have happened; each must have happened wholly.
    func happened() throws -> Set<String> {
      let connection = try Connection(project.location.databasePath, .readWrite)
      #expect(try connection.all("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
      connection.close()
      let store = try project.openStore()
      try store.importChanges()
      try store.flush(force: true)
      let issues = try store.issues(where: "1")
      try store.close()
      #expect(project.exportedText.split(separator: "\n").map(String.init) == issues.map(\.jsonLine))
      func numbers(_ texts: [String], _ word: String) -> Set<String> {
        Set(texts.filter { $0.hasPrefix(word) }.map { String($0.dropFirst(word.count)) })
      }
      let titles = issues.map(\.title)
      let made = numbers(titles, "New ")
      #expect(made == numbers(issues.flatMap { $0.comments.map(\.text) }, "Remark "))
      #expect(numbers(titles, "Title ").isSubset(of: made))
      #expect(issues.count == 3 + made.count)
      return made
    }
  }

  @Test(arguments: [DiskScript.Fault.full, .error, .unreadable], [false, true])
  func everyCallFails(_ fault: DiskScript.Fault, lasting: Bool) throws {
    let world = try World()
    var acknowledged: Set<String> = []
    var failures = 0
    // There are many reads, of which a sample will do.
    for number in stride(from: 1, to: 1000, by: fault == .unreadable ? 5 : 1) {
      world.disk.fail(at: number, fault, lasting: lasting)
      var refusal: BeadsError?
      do { try world.change(number) } catch { refusal = error }
      let hasFailed = world.disk.heal()
      if refusal == nil { acknowledged.insert("\(number)") } else { failures += 1 }
      if let refusal {
        #expect(refusal.message.contains(world.project.beadsDirectory), "\(refusal)")
        #expect(!refusal.message.contains("\n"))
      }
      let happened = try world.happened()
      #expect(happened.isSuperset(of: acknowledged), "call \(number)")
      if !hasFailed { return #expect(failures > 3) }
    }
    Issue.record("the end of the change was never reached")
  }
}
