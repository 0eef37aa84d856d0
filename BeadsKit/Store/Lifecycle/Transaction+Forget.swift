public import BeadsModel
public import BeadsSystem

extension Store {
  /// The records of deletions that may be forgotten, oldest first; one query.
  ///
  /// Those that an issue still depends on stay, and so do old names of renamed issues, which lead to the new ones.
  /// - Parameter moment: The latest time of deletion; nil for any.
  public func forgettableTombstones(deletedUntil moment: Timestamp?) throws(BeadsError) -> [IssueID] {
    try ids(
      """
      SELECT i.id FROM issues i
      WHERE i.status = 'tombstone' AND i.source_repo = '.' AND i.delete_reason NOT LIKE 'renamed to %'
        AND (?1 = '' OR coalesce(i.deleted_at, i.updated_at) <= ?1)
        AND NOT EXISTS (SELECT 1 FROM dependencies d WHERE d.depends_on_id = i.id)
      ORDER BY coalesce(i.deleted_at, i.updated_at), i.id
      """, moment?.sortableText ?? "")
  }
}

extension Transaction {
  /// Forgets deletions: their records leave the database and the file.
  ///
  /// A clone that has not seen the deletion yet would bring the issue back, so the records have to be old; see
  /// `Store.forgettableTombstones`. `undo` brings the records back. The audit trail stays.
  /// - Throws: `conflict` when one is no record of a deletion.
  public mutating func forget(_ ids: [IssueID]) throws(BeadsError) {
    for tombstone in try store.issues(ids) {
      guard tombstone.isTombstone else {
        throw BeadsError(.conflict, "\(tombstone.id) is not deleted, it is \(tombstone.status)")
      }
      try store.rows.recordForgetting(tombstone, operation: operationID)
      try store.rows.markDirty(tombstone.id, base: tombstone, version: operationID, at: now)
      try store.rows.remove(tombstone.id)
      changeCount += 1
    }
  }
}

extension IssueRows {
  func recordForgetting(_ tombstone: Issue, operation: Int64) throws(BeadsError) {
    try connection.execute(
      """
      INSERT INTO operation_changes (operation_id, subject, before, after) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (operation_id, subject) DO UPDATE SET after = excluded.after
      """, operation, tombstone.id.rawValue, tombstone.jsonLine, OperationChange.forgotten)
  }
}
