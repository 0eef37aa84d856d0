import BeadsKit
import BeadsTesting
import Testing

@Suite struct StoreBasicsTests {
  @Test func createdIssueIsReadBackAndExported() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let made = try store.write("create") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: "Fix <b> & auth")
      draft.priority = 0
      draft.labels = ["b", "a"]
      return try transaction.create(draft)
    }
    #expect(try store.issue(made.id) == made)
    #expect(made.labels == ["a", "b"])
    try store.close()
    #expect(project.exportedText == made.jsonLine + "\n")
  }

  @Test func childGetsNumberEdgeAndLabels() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let ids = try store.write("create") { transaction throws(BeadsError) in
      var epic = IssueDraft(title: "Epic")
      epic.type = .epic
      epic.labels = ["x"]
      let parent = try transaction.create(epic)
      var child = IssueDraft(title: "Child")
      child.parent = parent.id
      let first = try transaction.create(child)
      let second = try transaction.create(child)
      return [parent.id, first.id, second.id]
    }
    #expect(ids[1].rawValue == ids[0].rawValue + ".1")
    #expect(ids[2].rawValue == ids[0].rawValue + ".2")
    let child = try #require(try store.issue(ids[1]))
    #expect(child.parentID == ids[0])
    #expect(child.labels == ["x"])
  }

  @Test func failedChangeLeavesNoTrace() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    try store.flush()
    let before = project.exportedText
    #expect(throws: BeadsError.self) {
      try store.write("update") { transaction throws(BeadsError) in
        try transaction.update(id) { $0.title = "Two" }
        try transaction.update(id) { $0.priority = 9 }
      }
    }
    #expect(try store.issue(id)?.title == "One")
    try store.flush(force: true)
    #expect(project.exportedText == before)
  }

  @Test func splicedFileEqualsWholeFile() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var ids: [IssueID] = []
    for number in 0..<60 {
      ids.append(
        try store.write("create") { transaction throws(BeadsError) in
          var draft = IssueDraft(title: "Issue \(number)")
          draft.description = String(repeating: "words & more ", count: number * 7 % 50)
          return try transaction.create(draft).id
        })
      try store.flush()
    }
    for id in ids.reversed() {
      try store.write("update") { transaction throws(BeadsError) in
        try transaction.update(id) { $0.notes = "seen \(id)" }
      }
      try store.flush()
    }
    let lines = try store.issues(ids.sorted()).map { $0.jsonLine + "\n" }.joined()
    #expect(project.exportedText == lines)
  }

  @Test func changedFileIsTakenOver() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    try store.close()
    var theirs = try #require(try project.openStore().issue(id))
    theirs.title = "Theirs"
    theirs.updatedAt = theirs.updatedAt.adding(seconds: 60)
    var other = theirs
    other.id = try IssueID("t-zzz")
    try FileSystem.replace(
      project.location.jsonlPath, with: Array((theirs.jsonLine + "\n" + other.jsonLine + "\n").utf8))
    let again = try project.openStore()
    let report = try #require(try again.importChanges())
    #expect(report.created == [other.id])
    #expect(report.updated == [id])
    #expect(try again.issue(id) == theirs)
    #expect(try again.importChanges() == nil)
    #expect(try again.flush(force: true) == false)
  }
}
