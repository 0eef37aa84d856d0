import BeadsModel
import BeadsSystem

/// The statements that change rows.
///
/// Only `Transaction` calls them, inside the one write path.
struct IssueRows {
  let connection: Connection

  // MARK: issues

  private static let insertSQL: String = {
    let columns = IssueRow.writtenColumns + ["in_file"]
    let marks = (1...columns.count).map { "?\($0)" }
    return "INSERT INTO issues (\(columns.joined(separator: ","))) VALUES (\(marks.joined(separator: ",")))"
  }()

  private static let updateSQL: String = {
    let assignments = IssueRow.writtenColumns.enumerated().map { "\($1) = ?\($0 + 1)" }
    return "UPDATE issues SET \(assignments.joined(separator: ",")) WHERE id = ?1"
  }()

  func insert(_ issue: Issue, isInFile: Bool) throws(BeadsError) {
    try connection.withStatement(Self.insertSQL) { statement throws(BeadsError) in
      IssueRow.bind(issue, to: statement)
      statement.bind(isInFile ? 1 : 0 as Int64, at: Int32(IssueRow.writtenColumns.count + 1))
      try statement.run()
    }
  }

  func update(_ issue: Issue, replacing before: Issue) throws(BeadsError) {
    if Self.hasEqualColumns(issue, before) { return }
    try connection.withStatement(Self.updateSQL) { statement throws(BeadsError) in
      IssueRow.bind(issue, to: statement)
      try statement.run()
    }
  }

  /// Removes the rows of an issue, not what the audit trail and the operation log know of it.
  func remove(_ id: IssueID) throws(BeadsError) {
    try connection.execute("DELETE FROM issues WHERE id = ?1", id.rawValue)
    for table in ["labels", "dependencies", "comments"] {
      try connection.execute("DELETE FROM \(table) WHERE issue_id = ?1", id.rawValue)
    }
  }

  private static func hasEqualColumns(_ a: Issue, _ b: Issue) -> Bool {
    withUnsafePointer(to: a) { a in
      withUnsafePointer(to: b) { b in
        a.pointee.unknownMembers == b.pointee.unknownMembers
          && IssueField.columns.allSatisfy { $0.isEqual(a, b) }
      }
    }
  }

  // MARK: lists

  func replaceLists(of issue: Issue, replacing before: Issue?) throws(BeadsError) {
    let id = issue.id.rawValue
    let oldLabels = Set(before?.labels ?? [])
    for label in oldLabels.subtracting(issue.labels) {
      try connection.execute("DELETE FROM labels WHERE issue_id = ?1 AND label = ?2", id, label)
    }
    for label in issue.labels where !oldLabels.contains(label) {
      try connection.execute("INSERT OR IGNORE INTO labels (issue_id, label) VALUES (?1, ?2)", id, label)
    }
    try replaceEdges(of: issue, replacing: before)
    try replaceComments(of: issue, replacing: before)
  }

  /// Whether new rows can simply follow those that stay: the order of the rows is the order of the issue's line.
  private static func keepsOrder<Element: Hashable>(_ old: [Element], _ new: [Element]) -> Bool {
    if old.isEmpty || old == new { return true }
    let wanted = Set(new)
    let kept = old.filter(wanted.contains)
    return new.prefix(kept.count).elementsEqual(kept)
  }

  private func replaceEdges(of issue: Issue, replacing before: Issue?) throws(BeadsError) {
    let id = issue.id.rawValue
    let previous = before?.dependencies ?? []
    if previous.isEmpty, issue.dependencies.isEmpty { return }
    var old = Set(previous)
    if !Self.keepsOrder(previous, issue.dependencies) {
      try connection.execute("DELETE FROM dependencies WHERE issue_id = ?1", id)
      old = []
    }
    for edge in old.subtracting(issue.dependencies) {
      try connection.execute(
        "DELETE FROM dependencies WHERE issue_id = ?1 AND depends_on_id = ?2 AND type = ?3", id,
        edge.dependsOnID.rawValue, edge.type.rawValue)
    }
    for edge in issue.dependencies where !old.contains(edge) {
      try connection.execute(
        """
        INSERT OR REPLACE INTO dependencies
          (issue_id, depends_on_id, type, created_at, created_by, metadata, thread_id, created_offset)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """, id, edge.dependsOnID.rawValue, edge.type.rawValue, edge.createdAt.sortableText, edge.createdBy,
        edge.metadata, edge.threadID, Int64(edge.createdAt.offsetMinutes))
    }
  }

  private func replaceComments(of issue: Issue, replacing before: Issue?) throws(BeadsError) {
    let previous = before?.comments ?? []
    if previous.isEmpty, issue.comments.isEmpty { return }
    let id = issue.id.rawValue
    var old = Set(previous)
    if !Self.keepsOrder(previous, issue.comments) {
      try connection.execute("DELETE FROM comments WHERE issue_id = ?1", id)
      old = []
    }
    for comment in old.subtracting(issue.comments) {
      try connection.execute(
        "DELETE FROM comments WHERE issue_id = ?1 AND author = ?2 AND text = ?3 AND created_at = ?4", id,
        comment.author, comment.text, comment.createdAt.sortableText)
    }
    for comment in issue.comments where !old.contains(comment) {
      try connection.execute(
        """
        INSERT INTO comments (issue_id, author, text, created_at, created_offset, file_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """, id, comment.author, comment.text, comment.createdAt.sortableText,
        Int64(comment.createdAt.offsetMinutes), comment.id)
    }
  }

  // MARK: what the file does not have yet

  /// Marks an issue as changed since the file was written; the first mark keeps what the file has as merge base.
  func markDirty(_ id: IssueID, base: Issue?, version: Int64, at now: Timestamp) throws(BeadsError) {
    if let base, try isHydrated(id) { return try markForWriteBack(base) }
    try connection.execute(
      """
      INSERT INTO dirty_issues (issue_id, marked_at, version, base)
      VALUES (?1, ?2, ?3, CASE WHEN (SELECT in_file FROM issues WHERE id = ?1) THEN ?4 END)
      ON CONFLICT (issue_id) DO UPDATE SET version = excluded.version
      """, id.rawValue, now.sortableText, version, base?.jsonLine)
  }

  // MARK: the operation log

  func hasChange(of id: IssueID, in operation: Int64) throws(BeadsError) -> Bool {
    try connection.int64(
      "SELECT 1 FROM operation_changes WHERE operation_id = ?1 AND subject = ?2", operation, id.rawValue)
      != nil
  }

  func recordChange(
    operation: Int64, before: Issue?, after: Issue, isBrief: Bool
  ) throws(BeadsError) {
    try connection.execute(
      """
      INSERT INTO operation_changes (operation_id, subject, before, after) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (operation_id, subject) DO UPDATE SET after = excluded.after
      """, operation, after.id.rawValue, before?.jsonLine, isBrief ? nil : after.jsonLine)
  }

  func recordSetting(operation: Int64, key: String, before: String?, after: String?) throws(BeadsError) {
    try connection.execute(
      """
      INSERT INTO operation_changes (operation_id, subject, before, after) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (operation_id, subject) DO UPDATE SET after = excluded.after
      """, operation, "config " + key, before, after)
  }

  // MARK: settings and look-ups

  func setConfig(_ key: String, _ value: String?) throws(BeadsError) {
    if let value {
      try connection.execute("INSERT OR REPLACE INTO config (key, value) VALUES (?1, ?2)", key, value)
    } else {
      try connection.execute("DELETE FROM config WHERE key = ?1", key)
    }
  }

  func setMetadata(_ key: String, _ value: String) throws(BeadsError) {
    try connection.execute("INSERT OR REPLACE INTO metadata (key, value) VALUES (?1, ?2)", key, value)
  }

  func holder(ofReference reference: String, except id: IssueID) throws(BeadsError) -> String? {
    try connection.text(
      "SELECT id FROM issues WHERE external_ref = ?1 AND id <> ?2 AND status <> 'tombstone' LIMIT 1",
      reference,
      id.rawValue)
  }
}
