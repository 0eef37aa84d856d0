import BeadsKit
import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

/// Files in which a merge left several versions of issues.
@Suite struct ConflictResolutionTests {
  private let policy = MergePolicy(now: Timestamp(seconds: 1_772_500_000))

  private func line(_ id: String, _ title: String, _ minute: Int, _ more: String = "") -> String {
    #"{"id":"\#(id)","title":"\#(title)","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:0\#(minute):00Z"\#(more)}"#
  }

  private func resolve(_ text: String) -> ResolvedFile {
    IssueFileMerge.resolve(Array(text.utf8), policy: policy)
  }

  private func text(_ file: ResolvedFile) -> String { String(decoding: file.bytes, as: UTF8.self) }

  @Test func sidesMayStandInEitherOrder() {
    let base = line("t-a", "Base", 0, #","labels":["x","y"]"#)
    let left = line("t-a", "Left", 1, #","labels":["x","y"]"#)
    let right = line("t-a", "Base", 2, #","labels":["y","z"]"#)
    func file(_ a: String, _ b: String) -> String {
      "<<<<<<< HEAD\n\(a)\n||||||| base\n\(base)\n=======\n\(b)\n\(line("t-b", "New", 0))\n>>>>>>> other\n\(line("t-c", "C", 0))\n"
    }
    let one = resolve(file(left, right))
    #expect(text(one) == text(resolve(file(right, left))))
    #expect(one.conflictCount == 1)
    #expect(one.mergedIDs.map(\.rawValue) == ["t-a"])
    // With the ancestor known, each side's change counts: the title of one, the labels of the other.
    let merged = text(one).split(separator: "\n")
    #expect(merged.count == 3)
    #expect(merged[0].contains(#""title":"Left""#))
    #expect(merged[0].contains(#""labels":["y","z"]"#))
    #expect(text(resolve(text(one))) == text(one))
    #expect(!resolve(text(one)).hadSeveralVersions)
  }

  @Test func linesOfAUnionMerge() {
    let file = [line("t-a", "Old", 1), line("t-b", "B", 0), line("t-a", "New", 2), line("t-b", "B", 0)]
    let one = resolve(file.joined(separator: "\n"))
    #expect(one.repeatCount == 2)
    #expect(one.mergedIDs.map(\.rawValue) == ["t-a"])
    #expect(text(one).split(separator: "\n").count == 2)
    #expect(text(one).contains("New"))
    #expect(text(one) == text(resolve(file.reversed().joined(separator: "\n"))))
  }

  @Test func ownFileIsMergedAndWritten() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    try store.flush()
    var (left, right) = (try #require(try store.issue(id)), try #require(try store.issue(id)))
    left.title = "Left"
    left.updatedAt = left.updatedAt.adding(seconds: 1)
    right.priority = 0
    right.updatedAt = right.updatedAt.adding(seconds: 2)
    let base = project.exportedText
    let file =
      "<<<<<<< HEAD\n\(left.jsonLine)\n||||||| base\n\(base)=======\n\(right.jsonLine)\n>>>>>>> theirs\n{\"torn\n"
    try FileSystem.replace(project.location.jsonlPath, with: Array(file.utf8))
    let report = try #require(try store.importChanges())
    #expect(report.conflictCount == 1)
    #expect(report.mergedVersions == [id])
    #expect(report.badLines.map(\.number) == [8])
    let merged = try #require(try store.issue(id))
    #expect(merged.title == "Left")
    #expect(merged.priority == 0)
    try store.flush(force: true)
    #expect(project.exportedText == merged.jsonLine + "\n")
  }

  /// Without a known ancestor no side may be lost, and a side that is our own state is no ancestor.
  @Test func ourStateIsNotTakenForTheAncestor() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    try store.write("close") { transaction throws(BeadsError) in
      try transaction.update(id) { $0.labels = ["mine"] }
    }
    try store.flush()
    let mine = try #require(try store.issue(id))
    var theirs = mine
    theirs.labels = ["theirs"]
    theirs.updatedAt = mine.updatedAt.adding(seconds: -1)
    try FileSystem.replace(
      project.location.jsonlPath,
      with: Array("<<<<<<< a\n\(mine.jsonLine)\n=======\n\(theirs.jsonLine)\n>>>>>>> b\n".utf8))
    try store.importChanges()
    #expect(try store.issue(id)?.labels == ["mine", "theirs"])
  }

  @Test func otherFilesAreMergedBeforeTheyAreImported() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let file = "<<<<<<< a\n\(line("t-a", "Old", 1))\n=======\n\(line("t-a", "New", 2))\n>>>>>>> b\n"
    let report = try store.importIssues(from: Array(file.utf8))
    #expect(report.created.map(\.rawValue) == ["t-a"])
    #expect(try store.issue(IssueID(unchecked: "t-a"))?.title == "New")
    #expect(report.warnings.count == 1)
    #expect(throws: BeadsError.self) { try store.importIssues(from: Array((file + "junk\n").utf8)) }
  }
}
