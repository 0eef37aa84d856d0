import BeadsModel
import BeadsSystem

/// The part of `fsck` that looks at the database alone, table by table.
struct FsckTables {
  let connection: Connection

  func checkPages(_ report: inout FsckReport) {
    report.proved.pages = ((try? connection.pragmaInt("page_count")) ?? nil) ?? 0
    do throws(BeadsError) {
      for problem in try connection.integrityCheck() {
        report.add(.databaseDamaged, "database", "the database is damaged: \(problem)")
      }
    } catch { report.add(.databaseDamaged, "database", error.message) }
  }

  /// Every table with its columns, and every index and view, must be what this version makes.
  ///
  /// What others added besides is theirs.
  func checkSchema(_ report: inout FsckReport) {
    do throws(BeadsError) {
      let model = try Connection(":memory:", .create)
      try model.executeScript(Schema.creation)
      let (expected, actual) = (try SchemaShape(model), try SchemaShape(connection))
      // An older database gets its search index with the next change.
      let later = SearchIndex.names.allSatisfy { actual.objects[$0] == nil } ? SearchIndex.names : []
      for (name, shape) in expected.objects.sorted(by: { $0.key < $1.key })
      where actual.objects[name] != shape && !later.contains(name) {
        let problem = actual.objects[name] == nil ? "is missing" : "is not the one this version makes"
        report.add(.schemaDiffers, name, "\(shape.kind) \(name) \(problem)")
      }
    } catch { report.add(.schemaDiffers, "schema", error.message) }
  }

  func checkRows(_ report: inout FsckReport) {
    do throws(BeadsError) {
      report.proved.edges = try count("dependencies")
      report.proved.comments = try count("comments")
      report.proved.blocked = try count("blocked_issues_cache")
      report.proved.operations = try count("operations")
      report.proved.waiting = try count("dirty_issues")
      for (table, noun) in [("labels", "label"), ("dependencies", "dependency"), ("comments", "comment")] {
        try connection.query(
          """
          SELECT issue_id, COUNT(*) FROM \(table) WHERE issue_id NOT IN (SELECT id FROM issues)
          GROUP BY issue_id
          """
        ) { row throws(BeadsError) in
          let id = row.text(0)
          report.add(.strayRow, id, "a \(noun) belongs to \(id), which does not exist")
        }
      }
      try connection.query(
        "SELECT operation_id FROM operation_changes EXCEPT SELECT id FROM operations ORDER BY 1"
      ) { row throws(BeadsError) in
        let id = row.int64(0)
        report.add(
          .strayRow, "operation \(id)", "the log has changes of operation \(id), which does not exist")
      }
      try checkBlocked(&report)
      for id in try SearchIndex(connection: connection).hiddenIssues() {
        report.add(.searchIndex, id, "searches may miss \(id), because the index does not have its text")
      }
    } catch { report.add(.rowUnreadable, "database", error.message) }
  }

  private func checkBlocked(_ report: inout FsckReport) throws(BeadsError) {
    let kept = try blocked("SELECT issue_id, is_direct FROM blocked_issues_cache")
    let computed = try blocked(BlockedSet.computation)
    for id in Set(kept.keys).union(computed.keys).sorted() where kept[id] != computed[id] {
      let problem =
        switch (kept[id], computed[id]) {
        case (nil, _): "\(id) is blocked, and the blocked set does not have it"
        case (_, nil): "\(id) is in the blocked set, and nothing blocks it"
        default: "the blocked set is wrong about whether \(id) itself or its parent has to wait"
        }
      report.add(.blockedSet, id, problem)
    }
  }

  private func blocked(_ sql: String) throws(BeadsError) -> [String: Bool] {
    var rows: [String: Bool] = [:]
    try connection.query(sql) { row throws(BeadsError) in rows[row.text(0)] = row.bool(1) }
    return rows
  }

  private func count(_ table: String) throws(BeadsError) -> Int {
    Int(try connection.int64("SELECT COUNT(*) FROM \(table)") ?? 0)
  }
}

/// The tables, indexes, views and triggers of a database in a form that can be compared.
private struct SchemaShape {
  struct Object: Equatable {
    let kind: String
    let text: String
  }

  private(set) var objects: [String: Object] = [:]

  init(_ connection: Connection) throws(BeadsError) {
    try connection.query(
      "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ) {
      row throws(BeadsError) in
      let (kind, name, sql) = (row.text(0), row.text(1), row.text(2))
      // A table that grew by migration has another text than one made anew: its columns count.
      let text = kind == "table" ? try Self.columns(of: name, connection) : Self.normalized(sql)
      objects[name] = Object(kind: kind, text: text)
    }
  }

  private static func columns(of table: String, _ connection: Connection) throws(BeadsError) -> String {
    try connection.all(
      "SELECT name, type, \"notnull\", coalesce(dflt_value, ''), pk FROM pragma_table_info(?1) ORDER BY name",
      table
    ) { row in (0..<5).map { row.text(Int32($0)) }.joined(separator: " ") }.joined(separator: "\n")
  }

  private static func normalized(_ sql: String) -> String {
    sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
