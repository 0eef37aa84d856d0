import BeadsKit
import BeadsModel
import BeadsStore
import BeadsSystem
import BeadsTesting
import Testing

/// A small store with everything in it, written to its file.
struct FsckWorld {
  let project: TestProject

  static let a = IssueID(unchecked: "t-a")
  static let b = IssueID(unchecked: "t-b")
  static let c = IssueID(unchecked: "t-c")
  static let d = IssueID(unchecked: "t-d")
  static let gone = IssueID(unchecked: "t-gone")

  init() throws {
    project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for name in ["a", "b", "c", "d", "gone", "wisp"] {
        var draft = IssueDraft(title: "Issue \(name)")
        draft.id = IssueID(unchecked: "t-\(name)")
        draft.labels = name == "a" ? ["red"] : []
        draft.isEphemeral = name == "wisp"
        _ = try transaction.create(draft)
      }
      try transaction.addDependency(Self.a, dependsOn: Self.b)
      try transaction.setParent(of: Self.c, to: Self.a)
      try transaction.addComment("hello", to: Self.a)
    }
    try store.write("finish") { transaction throws(BeadsError) in
      try transaction.close(Self.d, reason: "done")
      try transaction.delete([Self.gone], cascade: false, force: true)
      try transaction.setConfig("kv.color", "blue")
    }
    try store.close()
  }

  func fsck() throws -> FsckReport {
    let store = try project.openStore(access: .readOnly)
    defer { store.closeConnection() }
    return try store.fsck()
  }

  /// What a foreign program does to the database.
  func edit(_ sql: String) throws {
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.executeScript(sql)
    connection.close()
  }

  /// What a foreign program does to the file; `isNoticed` says whether it leaves a trace that the database sees.
  func editFile(isNoticed: Bool = false, _ change: (inout [String]) -> Void) throws {
    let path = project.location.jsonlPath
    var lines = try FileSystem.readText(path).split(separator: "\n").map(String.init)
    change(&lines)
    try FileSystem.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    if isNoticed { return }
    let stamp = try #require(try FileSystem.stamp(path))
    try edit("UPDATE metadata SET value = '\(stamp)|canonical' WHERE key = 'jsonl_state'")
  }
}

/// Something that bypasses the write path, and what `fsck` must say about it.
struct FsckDamage: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let kinds: [FsckFinding.Kind]
  let subjects: [String]
  let inflict: @Sendable (FsckWorld) throws -> Void

  private static func sql(_ sql: String, _ kinds: [FsckFinding.Kind], _ subjects: String...) -> FsckDamage {
    FsckDamage(testDescription: sql, kinds: kinds, subjects: subjects) { try $0.edit(sql) }
  }

  private static func file(
    _ name: String, _ kinds: [FsckFinding.Kind], _ subjects: String..., isNoticed: Bool = false,
    change: @escaping @Sendable (inout [String]) -> Void
  ) -> FsckDamage {
    FsckDamage(testDescription: name, kinds: kinds, subjects: subjects) {
      try $0.editFile(isNoticed: isNoticed, change)
    }
  }

  static let all = rows + derived + log + files

  private static let rows: [FsckDamage] = [
    sql("UPDATE issues SET title = 'x' WHERE id = 't-a'", [.fileDiffers, .logDiffers, .rowDerived], "t-a"),
    sql(
      "UPDATE issues SET assignee = 'x', content_hash = '' WHERE id = 't-wisp'", [.logDiffers, .rowDerived],
      "t-wisp"),
    sql("UPDATE issues SET updated_at = 'soon' WHERE id = 't-b'", [.rowUnreadable], "t-b"),
    sql("UPDATE comments SET created_at = 'x'", [.rowUnreadable], "t-a"),
    sql(
      "UPDATE issues SET closed_at = NULL WHERE id = 't-d'", [.fileDiffers, .logDiffers, .rowInvalid], "t-d"),
    sql(
      "UPDATE issues SET deleted_at = NULL WHERE id = 't-gone'", [.fileDiffers, .logDiffers, .rowInvalid],
      "t-gone"),
    sql("UPDATE issues SET due_date = '2030-01-01' WHERE id = 't-b'", [.rowDerived], "t-b"),
    sql("DELETE FROM labels", [.fileDiffers, .logDiffers], "t-a"),
    sql("DELETE FROM comments", [.fileDiffers, .logDiffers], "t-a"),
    sql(
      "DELETE FROM issues WHERE id = 't-a'", [.fileUnknown, .logLost, .strayRow, .blockedSet], "t-a", "t-c"),
    sql("DELETE FROM issues WHERE id = 't-d'", [.fileUnknown, .logLost], "t-d"),
    sql("DELETE FROM issues WHERE id = 't-wisp'", [.logLost], "t-wisp"),
    sql(
      "INSERT INTO issues (id, title, status, created_at, updated_at) SELECT 't-new', title, status, created_at, "
        + "updated_at FROM issues WHERE id = 't-b'", [.logLacks, .fileLacks, .rowDerived], "t-new"),
    sql("INSERT INTO labels VALUES ('t-none', 'l')", [.strayRow], "t-none"),
    sql(
      "INSERT INTO comments (issue_id, author, text, created_at) VALUES ('t-none', '', '', '')", [.strayRow],
      "t-none"),
    sql(
      "INSERT INTO dependencies (issue_id, depends_on_id, created_at) VALUES ('t-none', 't-a', '')",
      [.strayRow], "t-none"),
    sql("DROP INDEX idx_labels_label", [.schemaDiffers], "idx_labels_label"),
    sql("DROP VIEW ready_issues; CREATE VIEW ready_issues AS SELECT 1", [.schemaDiffers], "ready_issues"),
    sql("ALTER TABLE labels ADD COLUMN extra", [.schemaDiffers], "labels"),
  ]

  private static let derived: [FsckDamage] = [
    sql("DELETE FROM blocked_issues_cache WHERE issue_id = 't-c'", [.blockedSet], "t-c"),
    sql(
      "UPDATE search_signatures SET signatures = zeroblob(4032)", [.searchIndex], "t-a", "t-b", "t-c", "t-d",
      "t-gone", "t-wisp"),
    sql("INSERT INTO blocked_issues_cache VALUES ('t-b', 1)", [.blockedSet], "t-b"),
    sql("UPDATE blocked_issues_cache SET is_direct = 1", [.blockedSet], "t-c"),
    sql("UPDATE status_categories SET category = 'done' WHERE status = 'open'", [.blockedSet], "t-a", "t-c"),
    sql(
      "DELETE FROM dependencies WHERE type = 'blocks'", [.fileDiffers, .logDiffers, .blockedSet], "t-a", "t-c"
    ),
    sql("INSERT INTO dirty_issues VALUES ('t-none', '', 1, NULL)", [.dirtyMark], "t-none"),
    sql("INSERT INTO dirty_issues VALUES ('t-wisp', '', 999, NULL)", [.dirtyMark], "t-wisp"),
    sql("INSERT INTO dirty_issues VALUES ('t-a', '', 1, NULL)", [.dirtyMark], "t-a"),
    sql("INSERT INTO dirty_issues VALUES ('t-a', '', 1, '{\"id\":')", [.dirtyMark], "t-a"),
    sql(
      "INSERT INTO dirty_issues SELECT subject, '', 1, after FROM operation_changes WHERE subject = 't-d' "
        + "ORDER BY operation_id LIMIT 1", [.fileDiffers], "t-d"),
    sql(
      "INSERT INTO dirty_issues SELECT 't-wisp', '', 1, after FROM operation_changes WHERE subject = 't-wisp'",
      [.fileLacks], "t-wisp"),
    sql("UPDATE issues SET in_file = 0 WHERE id = 't-b'", [.fileFlag], "t-b"),
    sql("UPDATE issues SET in_file = 1 WHERE id = 't-wisp'", [.fileLacks], "t-wisp"),
  ]

  private static let log: [FsckDamage] = [
    sql("DELETE FROM operation_changes WHERE subject = 't-b'", [.logLacks], "t-b"),
    sql("DELETE FROM operation_changes WHERE subject = 't-d' AND before IS NOT NULL", [.logDiffers], "t-d"),
    sql("UPDATE operation_changes SET before = NULL WHERE subject = 't-d'", [.logGap], "t-d"),
    sql(
      "UPDATE operation_changes SET after = replace(after, 'Issue d', 'Issue e') WHERE subject = 't-d' AND before IS NULL",
      [.logGap], "t-d"),
    sql("UPDATE operation_changes SET after = '{' WHERE subject = 't-a'", [.logDiffers], "t-a"),
    sql("UPDATE config SET value = 'red' WHERE key = 'kv.color'", [.logDiffers], "config kv.color"),
    sql("DELETE FROM operations WHERE id = 1", [.strayRow], "operation 1"),
  ]

  private static let files: [FsckDamage] = [
    file("a line is gone", [.fileLacks], "t-a") { $0.removeFirst() },
    file("a line is changed", [.fileDiffers], "t-a") { $0[0] = $0[0].replacing("Issue a", with: "Issue z") },
    file("a line is torn", [.fileUnreadable, .fileLacks], "line 2", "t-b") {
      $0[1] = String($0[1].prefix(40))
    },
    file("a line is torn inside", [.fileUnreadable], "t-a") {
      $0[0] = $0[0].replacing("\"status\"", with: "status")
    },
    file("a line is no JSON", [.fileUnreadable], "line 1") { $0.insert("<<<<<<< HEAD", at: 0) },
    file("a line comes twice", [.fileDuplicate, .fileForm], "t-a", "issues.jsonl") {
      $0.insert($0[0], at: 0)
    },
    file("a line is new", [.fileUnknown], "t-zzz") { $0.append($0[0].replacing("t-a", with: "t-zzz")) },
    file("a line is spaced", [.fileForm], "issues.jsonl") { $0[0] = $0[0].replacing(",\"", with: ", \"") },
    file("the order is another", [.fileForm], "issues.jsonl") { $0.swapAt(0, 1) },
    file("an edit waits", [.fileNotImported], "issues.jsonl", isNoticed: true) {
      $0[0] = $0[0].replacing("Issue a", with: "Issue z")
    },
    file("a rewrite changes nothing", [], isNoticed: true) { $0.swapAt(0, 1) },
    FsckDamage(testDescription: "the file is gone", kinds: [.fileMissing], subjects: ["issues.jsonl"]) {
      _ = try FileSystem.remove($0.project.location.jsonlPath)
    },
  ]
}
