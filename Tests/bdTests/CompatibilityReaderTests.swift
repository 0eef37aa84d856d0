import BeadsFormats
import BeadsKit
import BeadsTesting
import Foundation
import Testing

@testable import BdCommands

/// The SQL that other programs run on `beads.db`, through the stock shell where there is one (lessons 3.3).
@Suite struct CompatibilityReaderTests {
  private let world: CompatibilityWorld

  init() throws { world = try CompatibilityWorld() }

  /// The rows of a query, each an array of its columns.
  private func rows(_ query: String, _ columns: [String]) throws -> [[JSONValue]] {
    let sql = "SELECT json_array(\(columns.joined(separator: ","))) FROM (\(query))"
    return try lines(sql).map { try #require(JSONValue(parsing: $0)?.arrayValue) }
  }

  private func lines(_ sql: String) throws -> [String] {
    let path = world.project.location.databasePath
    if Self.hasShell {
      let result = try Subprocess(["sqlite3", "-bail", "file:\(path)?mode=ro", sql]).run()
      #expect(result.succeeded, "\(result.errorText)")
      return result.text.split(separator: "\n").map(String.init)
    }
    let connection = try Connection(path, .readOnly)
    defer { connection.close() }
    return try connection.all(sql) { $0.text(0) }
  }

  private static let hasShell = (try? Subprocess(["sqlite3", "--version"]).run())?.succeeded ?? false

  /// The queries that `bd compat` checks, with the stock shell where there is one and with our library.
  @Test(arguments: ReaderQuery.all.indices) func readersFindWhatTheyNeed(index: Int) {
    let query = ReaderQuery.all[index]
    for hasShell in Set([false, ReaderQuery.hasShell]) {
      let complaints = query.complaints(database: world.project.location.databasePath, hasShell: hasShell)
      #expect(complaints == [], "\(query.client): \(query.sql)")
    }
  }

  /// What `PRAGMA table_info` says, which is how beads_viewer decides what it can read.
  private func columns(of table: String) throws -> [String: String] {
    let rows = try rows("SELECT name, type FROM pragma_table_info('\(table)')", ["name", "type"])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0].stringValue ?? "", $0[1].stringValue ?? "") })
  }

  private static let moments = [
    "created_at", "updated_at", "closed_at", "due_at", "due_date", "defer_until", "started_at",
    "compacted_at",
    "deleted_at", "last_activity",
  ]

  /// Go's drivers make moments only of columns that are declared so; text they leave text, and scanning fails.
  @Test func momentsAreDeclaredAndParse() throws {
    let issues = try columns(of: "issues")
    for name in Self.moments { #expect(issues[name] == "DATETIME", "\(name)") }
    for table in ["dependencies", "comments", "events"] {
      #expect(try columns(of: table)["created_at"] == "DATETIME", "\(table)")
      for row in try rows("SELECT created_at FROM \(table)", ["created_at"]) { expectMoment(row[0], table) }
    }
    for row in try rows("SELECT * FROM issues", Self.moments) {
      for (name, value) in zip(Self.moments, row) where value != .null { expectMoment(value, name) }
    }
    #expect(try lines("SELECT count(*) FROM issues WHERE due_date IS NOT due_at") == ["0"])
    #expect(try lines("SELECT count(due_date) FROM issues") == ["1"])
    #expect(world.run("update t-one --due ''").status == 0)
    #expect(try lines("SELECT count(due_date) FROM issues") == ["0"])
  }

  private func expectMoment(_ value: JSONValue, _ name: String) {
    #expect(value.stringValue.flatMap { Timestamp($0) } != nil, "\(name): \(value.compactText)")
  }

  @Test func beadsViewerReadsEverything() throws {
    let wanted = """
      id title description status priority issue_type assignee estimated_minutes created_at updated_at due_date \
      closed_at external_ref compaction_level compacted_at compacted_at_commit original_size design \
      acceptance_criteria notes source_repo
      """.split(separator: " ").map(String.init)
    let present = try columns(of: "issues")
    #expect(wanted.filter { present[$0] == nil } == [])
    // A column `labels` or `tombstone` in issues would mean something else to it.
    #expect(present["labels"] == nil && present["tombstone"] == nil)
    let live = "LOWER(TRIM(COALESCE(i.status, ''))) <> 'tombstone'"
    let read = try rows(
      "SELECT \(wanted.map { "i." + $0 }.joined(separator: ", ")), i.defer_until FROM issues i WHERE \(live) "
        + "ORDER BY i.updated_at DESC, i.id ASC", wanted)
    #expect(
      Set(read.compactMap { $0[0].stringValue })
        == Set(
          world.ids("list --all --include-infra --include-gates --json") + ["t-wisp", "t-nohis"]))
    for row in read {
      for name in ["id", "title", "status", "issue_type", "created_at", "updated_at"] {
        #expect(row[wanted.firstIndex(of: name) ?? 0].stringValue?.isEmpty == false, "\(name)")
      }
      #expect(row[4].intValue.map { (0...4).contains($0) } == true)
    }
    let ids = "SELECT id FROM issues i WHERE \(live)"
    #expect(
      try rows(
        "SELECT issue_id, label FROM labels WHERE issue_id IN (\(ids)) ORDER BY issue_id ASC, label ASC",
        ["issue_id", "label"]
      ).contains([.string("t-one"), .string("backend")]))
    #expect(
      try rows(
        "SELECT issue_id, depends_on_id, COALESCE(type, '') AS t FROM dependencies WHERE issue_id IN (\(ids))",
        ["issue_id", "depends_on_id", "t"]
      ).contains([.string("t-two"), .string("t-one"), .string("tracks")]))
    #expect(try lines("SELECT 1 FROM sqlite_master WHERE type='table' AND name = 'comments'") == ["1"])
  }

  @Test func perlesReadsEverything() throws {
    let version = try #require(try lines("SELECT value FROM metadata WHERE key = 'bd_version'").first)
    let numbers = version.split(separator: ".").compactMap { Int($0) }
    #expect(numbers.count == 3 && !numbers.lexicographicallyPrecedes([0, 41, 0]), "\(version)")
    let wanted = """
      id title description design acceptance_criteria notes status priority issue_type assignee sender ephemeral \
      pinned is_template created_at created_by updated_at closed_at close_reason hook_bead role_bead agent_state \
      last_activity role_type rig mol_type deleted_at
      """.split(separator: " ").map(String.init)
    let select = "SELECT \(wanted.map { "i." + $0 }.joined(separator: ", ")) FROM issues i"
    let read = try rows(
      select + " WHERE i.status <> 'tombstone' AND i.deleted_at IS NULL AND i.ephemeral = 0", wanted)
    let agent = try #require(read.first { $0[0] == .string("t-nux") })
    #expect(
      agent[19] == .string("t-hook") && agent[23] == .string("polecat") && agent[21] == .string("working"))
    #expect(read.contains { $0[0] == .string("t-pin") && $0[12] == .number("1") })
    #expect(
      try rows(
        "SELECT id, author, text, created_at FROM comments WHERE issue_id = 't-one' ORDER BY created_at",
        ["author", "text"]) == [
          [.string("eve"), .string("hm")], [.string("alice"), .string("Second\nthought")],
        ])
    let ready = try rows(select + " WHERE i.id IN (SELECT id FROM ready_issues)", ["id"])
    #expect(Set(ready.compactMap { $0[0].stringValue }) == Set(world.ids("ready --json --limit 0")))
    let blocked = try rows(select + " WHERE i.id IN (SELECT issue_id FROM blocked_issues_cache)", ["id"])
    #expect(Set(blocked.compactMap { $0[0].stringValue }).isSuperset(of: world.ids("blocked --json")))
  }

  /// The view stays what `bd ready` says while work goes on.
  @Test(arguments: [
    "close t-one", "dep add t-rev t-epic", "update t-two --claim", "delete t-one --force", "defer t-cond",
    "update t-epic --ephemeral", "close t-epic.1", "reopen t-epic.2", "update t-later --defer ''",
    "create New --id t-new -d x --deps t-one", "dep remove t-ext external:other:cap", "undefer t-ice",
    "import again.jsonl",
  ])
  func readyIssuesIsWhatReadyLists(_ line: String) throws {
    let again =
      #"{"id":"t-two","title":"Second","status":"open","priority":2,"issue_type":"task","#
      + #""created_at":"2026-02-01T10:00:00Z","updated_at":"2026-04-01T10:00:00Z"}"#
    try Data((again + "\n").utf8).write(to: URL(fileURLWithPath: world.project.directory + "/again.jsonl"))
    let result = world.run(line)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try lines("SELECT id FROM ready_issues").sorted() == world.ids("ready --json --limit 0").sorted())
  }

  @Test func gasTownReadsTracksAndHooks() throws {
    #expect(
      try rows(
        "SELECT issue_id, depends_on_id FROM dependencies WHERE type='tracks'", ["issue_id", "depends_on_id"])
        == [[.string("t-two"), .string("t-one")]])
    #expect(
      try rows(
        "SELECT id, status, issue_type, hook_bead, last_activity FROM issues WHERE issue_type='agent'",
        ["id", "status", "hook_bead"]) == [[.string("t-nux"), .string("open"), .string("t-hook")]])
    for name in ["wisps", "wisp_labels", "wisp_comments", "wisp_events", "wisp_dependencies"] {
      #expect(try lines("SELECT count(*) > 0 FROM \(name)") == ["1"], "\(name)")
    }
  }
}
