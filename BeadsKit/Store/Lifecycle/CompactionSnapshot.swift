package import BeadsModel
package import BeadsSystem

/// An issue as it was before its texts were shortened.
package struct CompactionSnapshot: Sendable {
  /// The whole issue.
  package let issue: Issue
  /// When the texts were shortened: what `compactedAt` of the shortened issue says.
  package let compactedAt: Timestamp
  /// What took the place of the description.
  package let summary: String
}

extension Store {
  /// The snapshots of an issue, oldest first.
  package func snapshots(of id: IssueID) throws(BeadsError) -> [CompactionSnapshot] {
    guard try hasSnapshots() else { return [] }
    return try connection.all(
      """
      SELECT compacted_at, summary, snapshot_json FROM compaction_snapshots
      WHERE issue_id = ?1 ORDER BY compacted_at
      """, id.rawValue
    ) { row throws(BeadsError) in
      guard let time = Timestamp(row.text(0)), let issue = try? IssueDecoder().decodeIssue(row.text(2)) else {
        throw BeadsError(.corrupt, "the snapshot of \(id) from \(row.text(0)) cannot be read")
      }
      return CompactionSnapshot(issue: issue, compactedAt: time, summary: row.text(1))
    }
  }

  /// Whether this database has a place for snapshots.
  func hasSnapshots() throws(BeadsError) -> Bool {
    try connection.int64("SELECT 1 FROM sqlite_master WHERE name = 'compaction_snapshots'") != nil
  }

  /// Throws unless snapshots outlive this process.
  package func requireSnapshots() throws(BeadsError) {
    if medium == .database { return }
    throw BeadsError(
      .unsupported, "compaction keeps the full texts in the database, and this project works without one",
      hint: "take no-db out of the settings")
  }
}

extension Transaction {
  /// Keeps an issue as it is, for when its texts are wanted back.
  package func keepSnapshot(
    of issue: Issue, compactedAt: Timestamp, summary: String
  ) throws(BeadsError) {
    try store.connection.executeScript(Schema.compaction)
    try store.connection.execute(
      """
      INSERT INTO compaction_snapshots (issue_id, compacted_at, compaction_level, summary, snapshot_json)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """, issue.id.rawValue, compactedAt.sortableText, Int64(issue.compactionLevel), summary, issue.jsonLine)
  }
}
