import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

/// Two clones that change their stores and exchange `issues.jsonl` through a merge, as git would.
@Suite struct SyncTests {
  @Test(arguments: 1...8) func clonesConverge(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let clones = [try Clone(start: 1_772_442_000), try Clone(start: 1_772_442_007)]
    var base: [UInt8] = []
    for _ in 0..<6 {
      for clone in clones { try clone.change(times: Int.random(in: 0...6, using: &random), &random) }
      let merged = IssueFileMerge.merge(
        base: base, ours: clones[0].file, theirs: clones[1].file,
        policy: MergePolicy(now: Timestamp(seconds: 1_772_500_000)))
      #expect(merged.rejected.isEmpty)
      for clone in clones { try clone.receive(merged.bytes) }
      #expect(clones[0].file == clones[1].file)
      #expect(clones[0].file == merged.bytes)
      base = merged.bytes
    }
    let (a, b) = (try clones[0].issues(), try clones[1].issues())
    #expect(a == b)
    #expect(a.count == Set(clones.flatMap(\.created)).count)
  }

  /// Changes made here after the file was written and changes that came in the file are both there.
  @Test func importMergesWithUnwrittenChanges() throws {
    let project = try TestProject()
    let keeping = StoreOptions(exportsFile: false)
    let store = try project.makeStore(options: StoreOptions())
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    try store.close()
    var theirs = try #require(try project.openStore().issue(id))
    theirs.priority = 0
    theirs.labels = ["theirs"]
    theirs.updatedAt = theirs.updatedAt.adding(seconds: 5)

    let offline = try project.openStore(options: keeping)
    project.advance(seconds: 3)
    try offline.write("update") { transaction throws(BeadsError) in
      try transaction.update(id) { issue in
        issue.assignee = "bob"
        issue.labels = ["ours"]
      }
    }
    offline.closeConnection()
    try FileSystem.replace(project.location.jsonlPath, with: Array((theirs.jsonLine + "\n").utf8))

    let again = try project.openStore()
    try again.importChanges()
    let merged = try #require(try again.issue(id))
    #expect(merged.priority == 0)
    #expect(merged.assignee == "bob")
    #expect(merged.labels == ["ours", "theirs"])
    try again.close()
    #expect(project.exportedText == merged.jsonLine + "\n")
  }

  @Test func lostLineIsWrittenBack() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    for title in ["One", "Two"] {
      try store.write("create") { transaction throws(BeadsError) in
        try transaction.create(IssueDraft(title: title))
      }
    }
    try store.flush()
    let whole = project.exportedText
    let rest = whole.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
    try FileSystem.replace(project.location.jsonlPath, with: Array(rest.utf8))
    try store.importChanges()
    try store.flush()
    #expect(project.exportedText == whole)
    try FileSystem.remove(project.location.jsonlPath)
    try store.flush(force: true)
    #expect(project.exportedText == whole)
  }

  @Test func importOfUnchangedFileWritesNothing() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One"))
    }
    try store.close()
    let before = try FileSystem.stamp(project.location.databasePath)
    let again = try project.openStore()
    #expect(try again.importChanges() == nil)
    try again.close()
    #expect(try FileSystem.stamp(project.location.databasePath) == before)
  }
}

/// A store, its file, and the IDs that were made in it.
private final class Clone {
  let project: TestProject
  let store: Store
  var created: [IssueID] = []

  init(start: Int64) throws {
    project = try TestProject(start: start)
    store = try project.makeStore()
  }

  var file: [UInt8] { Array(project.exportedText.utf8) }

  func issues() throws -> [IssueID: BeadsModel.Issue] {
    var issues: [IssueID: BeadsModel.Issue] = [:]
    try store.exportIssues { issues[$0.id] = $0 }
    return issues
  }

  func receive(_ bytes: [UInt8]) throws {
    try FileSystem.replace(project.location.jsonlPath, with: bytes)
    try store.importChanges()
    try store.flush()
  }

  func change(times: Int, _ random: inout TestRandom) throws {
    for number in 0..<times {
      project.advance(seconds: Int64.random(in: 1...20, using: &random))
      let known = Array(try issues().values).filter { !$0.isTombstone }.sorted { $0.id < $1.id }
      let pick = known.randomElement(using: &random)
      let choice = Int.random(in: 0..<7, using: &random)
      let text = "text \(UInt64.random(in: 0..<1000, using: &random))"
      try store.write("change") { transaction throws(BeadsError) in
        guard choice > 1, let issue = pick else {
          created.append(try transaction.create(IssueDraft(title: "Issue \(number) \(text)")).id)
          return
        }
        let now = transaction.now
        try transaction.update(issue.id) { issue in
          switch choice {
          case 2: issue.description = text
          case 3: issue.labels.append(text)
          case 4: issue.labels = Array(issue.labels.dropFirst())
          case 5: issue.comments.append(Comment(issueID: issue.id, author: "a", text: text, createdAt: now))
          default: issue.status = issue.status == .closed ? .open : .closed
          }
        }
      }
    }
    try store.flush()
  }
}
