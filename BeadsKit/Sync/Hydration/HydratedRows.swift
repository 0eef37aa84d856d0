import BeadsModel
import BeadsSystem

/// Rows of issues that belong to other projects: a copy to look at, and what has been changed in it.
extension IssueRows {
  /// Whether an issue belongs to another project's file.
  func isHydrated(_ id: IssueID) throws(BeadsError) -> Bool {
    try connection.text("SELECT source_repo FROM issues WHERE id = ?1", id.rawValue).map { $0 != "." }
      ?? false
  }

  /// Keeps what the other file has of an issue that is changed here, unless an earlier change did.
  func markForWriteBack(_ base: Issue) throws(BeadsError) {
    try connection.execute(
      "INSERT OR IGNORE INTO hydrated_changes (issue_id, base) VALUES (?1, ?2)", base.id.rawValue,
      base.jsonLine)
  }

  func setBase(_ id: IssueID, _ base: Issue?) throws(BeadsError) {
    if let base {
      try connection.execute(
        "INSERT OR REPLACE INTO hydrated_changes (issue_id, base) VALUES (?1, ?2)", id.rawValue, base.jsonLine
      )
    } else {
      try connection.execute("DELETE FROM hydrated_changes WHERE issue_id = ?1", id.rawValue)
    }
  }

  func setSource(_ id: IssueID, _ repo: String) throws(BeadsError) {
    try connection.execute("UPDATE issues SET source_repo = ?2 WHERE id = ?1", id.rawValue, repo)
  }

  /// Removes the copy of an issue and everything that was noted about it here.
  func forget(_ id: IssueID) throws(BeadsError) {
    for (table, column) in [
      ("issues", "id"), ("labels", "issue_id"), ("dependencies", "issue_id"), ("comments", "issue_id"),
      ("events", "issue_id"), ("blocked_issues_cache", "issue_id"), ("hydrated_changes", "issue_id"),
      ("operation_changes", "subject"),
    ] {
      try connection.execute("DELETE FROM \(table) WHERE \(column) = ?1", id.rawValue)
    }
  }
}
