import BeadsKit

/// SQL that another program runs on `beads.db` (lessons 3.3), and a line that its answer holds.
struct ReaderQuery: Sendable {
  let client: String
  let sql: String
  let line: String

  static let all: [ReaderQuery] = [
    ReaderQuery(
      client: "beads_viewer",
      sql: """
        SELECT i.id, i.title, i.description, i.status, i.priority, i.issue_type, i.assignee, i.estimated_minutes, \
        i.created_at, i.updated_at, i.due_date, i.closed_at, i.external_ref, i.compaction_level, i.compacted_at, \
        i.compacted_at_commit, i.original_size, i.design, i.acceptance_criteria, i.notes, i.source_repo, \
        i.defer_until FROM issues i WHERE LOWER(TRIM(COALESCE(i.status, ''))) <> 'tombstone' AND i.id = 't-hold'
        """,
      line:
        "t-hold|Marked blocked||blocked|2|task|||2026-02-01T10:00:00.000000000Z|2026-02-01T10:00:00.000000000Z|"
        + "|||0|||0||||.|"),
    ReaderQuery(
      client: "beads_viewer", sql: "SELECT issue_id, label FROM labels ORDER BY issue_id, label",
      line: "t-one|backend"),
    ReaderQuery(
      client: "beads_viewer",
      sql: "SELECT issue_id, depends_on_id, COALESCE(type, '') FROM dependencies WHERE issue_id = 't-two'",
      line: "t-two|t-one|tracks"),
    ReaderQuery(
      client: "beads_viewer",
      sql:
        "SELECT count(*) FROM pragma_table_info('issues') WHERE name IN ('due_date', 'source_repo', 'defer_until')",
      line: "3"),
    ReaderQuery(
      client: "perles",
      sql: "SELECT count(*) FROM metadata WHERE key = 'bd_version' AND value GLOB '[0-9]*.[0-9]*.[0-9]*'",
      line: "1"
    ),
    ReaderQuery(
      client: "perles",
      sql: """
        SELECT i.id, i.sender, i.ephemeral, i.pinned, i.is_template, i.created_by, i.close_reason, i.hook_bead, \
        i.role_bead, i.agent_state, i.role_type, i.rig, i.mol_type FROM issues i WHERE i.status <> 'tombstone' \
        AND i.deleted_at IS NULL AND i.id = 't-nux'
        """, line: "t-nux||0|0|0|||t-hook|hq-role|working|polecat|rig|"),
    ReaderQuery(
      client: "perles",
      sql:
        "SELECT author, text, created_at IS NOT NULL FROM comments WHERE issue_id = 't-one' ORDER BY created_at",
      line: "eve|hm|1"),
    ReaderQuery(
      client: "perles", sql: "SELECT i.id FROM issues i WHERE i.id IN (SELECT id FROM ready_issues)",
      line: "t-one"),
    ReaderQuery(
      client: "perles",
      sql: "SELECT i.id FROM issues i WHERE i.id IN (SELECT issue_id FROM blocked_issues_cache)",
      line: "t-two"),
    ReaderQuery(
      client: "gt", sql: "SELECT issue_id, depends_on_id FROM dependencies WHERE type='tracks'",
      line: "t-two|t-one"),
    ReaderQuery(
      client: "gt", sql: "SELECT id, status, issue_type, hook_bead FROM issues WHERE issue_type='agent'",
      line: "t-nux|open|agent|t-hook"),
    ReaderQuery(
      client: "gt", sql: "SELECT id FROM wisps UNION SELECT issue_id FROM wisp_comments ORDER BY 1",
      line: "t-wisp"),
  ]

  /// Why the program could not use what its query finds; nothing when it can.
  /// - Parameter hasShell: Whether the stock `sqlite3` is there; else our own library runs the query.
  func complaints(database path: String, hasShell: Bool) -> [String] {
    do throws(BeadsError) {
      let lines = hasShell ? try linesOfShell(path) : try linesOfLibrary(path)
      if lines.contains(line) { return [] }
      return ["no row is \(line)"] + lines.prefix(5).map { "a row: \($0)" }
    } catch {
      return ["\(error)"]
    }
  }

  private func linesOfShell(_ path: String) throws(BeadsError) -> [String] {
    let result = try Subprocess(["sqlite3", "-bail", "-list", "file:\(path)?mode=ro", sql]).run()
    guard result.succeeded else { throw BeadsError(.database, result.errorText) }
    return result.text.split(separator: "\n").map(String.init)
  }

  private func linesOfLibrary(_ path: String) throws(BeadsError) -> [String] {
    let connection = try Connection(path, .readOnly)
    defer { connection.close() }
    return try connection.withStatement(sql) { statement throws(BeadsError) in
      var lines: [String] = []
      while try statement.step() {
        lines.append(
          (0..<Int32(statement.row.columnCount)).map { statement.row.text($0) }.joined(separator: "|"))
      }
      return lines
    }
  }

  /// Whether the stock shell can be run.
  static var hasShell: Bool {
    let result = try? Subprocess(["sqlite3", "--version"]).run()
    return result?.succeeded ?? false
  }
}
