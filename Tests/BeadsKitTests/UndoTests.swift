import BeadsKit
import BeadsTesting
import Testing

@Suite struct UndoTests {
  private func makeIssue(_ store: Store, _ title: String) throws -> IssueID {
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: title)).id
    }
  }

  @Test func undoRestoresEveryField() throws {
    let store = try TestProject().makeStore()
    let id = try makeIssue(store, "One")
    let before = try #require(try store.issue(id))
    try store.write("update") { transaction throws(BeadsError) in
      let now = transaction.now
      try transaction.update(id) { issue in
        issue.title = "Two"
        issue.labels = ["x"]
        issue.status = .closed
        issue.comments.append(Comment(issueID: id, author: "bob", text: "hm", createdAt: now))
      }
    }
    let report = try store.undo()
    #expect(report.restored == [id])
    var after = try #require(try store.issue(id))
    after.updatedAt = before.updatedAt
    #expect(after == before)
  }

  @Test func repeatedUndoStepsBackAndUndoOfUndoBringsBack() throws {
    let store = try TestProject().makeStore()
    let id = try makeIssue(store, "One")
    for title in ["Two", "Three"] {
      try store.write("update") { transaction throws(BeadsError) in
        try transaction.update(id) { $0.title = title }
      }
    }
    try store.undo()
    #expect(try store.issue(id)?.title == "Two")
    try store.undo()
    #expect(try store.issue(id)?.title == "One")
    let last = try #require(try store.operations().first)
    #expect(last.kind == "undo")
    try store.undo(last.id)
    #expect(try store.issue(id)?.title == "Two")
    try store.undo()
    #expect(try store.issue(id)?.isTombstone == true)
    #expect(throws: BeadsError.self) { try store.undo() }
  }

  @Test func laterChangeIsNotLost() throws {
    let store = try TestProject().makeStore()
    let id = try makeIssue(store, "One")
    try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(id) { $0.priority = 0 }
    }
    let first = try #require(try store.operations().last)
    let error = #expect(throws: BeadsError.self) { try store.undo(first.id) }
    #expect(error?.code == .conflict)
    #expect(try store.issue(id)?.priority == 0)
  }

  @Test func settingsAreRestored() throws {
    let store = try TestProject().makeStore()
    try store.write("config") { transaction throws(BeadsError) in try transaction.setConfig("a.b", "1") }
    try store.write("config") { transaction throws(BeadsError) in try transaction.setConfig("a.b", nil) }
    try store.undo()
    #expect(try store.config("a.b") == "1")
    try store.undo()
    #expect(try store.config("a.b") == nil)
  }
}

@Suite struct RawSQLTests {
  @Test func changeGoesThroughTheWritePath() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    try store.flush()
    let result = try store.sql("UPDATE issues SET assignee = 'bob' WHERE id = '\(id)'")
    #expect(result.affected == 1)
    #expect(try store.issue(id)?.assignee == "bob")
    try store.flush()
    #expect(project.exportedText.contains("\"assignee\":\"bob\""))
    try store.undo()
    #expect(try store.issue(id)?.assignee == "")
  }

  @Test func deletedRowBecomesTombstone() throws {
    let store = try TestProject().makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "One")).id
    }
    _ = try store.sql("DELETE FROM issues")
    #expect(try store.issue(id)?.isTombstone == true)
  }

  @Test(arguments: [
    "SELECT NOW()", "SELECT GROUP_CONCAT(id SEPARATOR ',') FROM issues",
    "SELECT COUNT(*) FROM issues WHERE created_at > DATE_SUB(NOW(), INTERVAL 3 HOUR)",
    "SELECT `id` FROM issues",
    "SELECT 1 FROM wisps LIMIT 1", "SELECT 1 FROM wisp_dependencies LIMIT 1", "SELECT id FROM ready_issues",
    "SELECT issue_id FROM blocked_issues_cache", "SELECT name FROM custom_types",
    "SELECT due_date FROM issues",
  ])
  func knownSpellingsRun(_ sql: String) throws {
    let store = try TestProject().makeStore()
    _ = try store.sql(sql)
  }

  @Test func mistakesChangeNothing() throws {
    let store = try TestProject().makeStore()
    for sql in ["SELEC 1", "DELETE FROM nothing", "DROP TABLE issues", "SELECT 1; SELECT 2", ""] {
      #expect(throws: BeadsError.self) { try store.sql(sql) }
    }
    #expect(try store.count() == 0)
  }
}
