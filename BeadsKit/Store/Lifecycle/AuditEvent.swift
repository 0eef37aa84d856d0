public import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// One entry of an issue's audit trail (contract 1.7).
public struct AuditEvent: Sendable, Equatable {
  /// The number of the entry; later ones are higher.
  public let number: Int64
  /// The issue.
  public let issueID: IssueID
  /// What happened: created, updated, status_changed, closed, label_added ...
  public let kind: String
  /// Who did it.
  public let actor: String
  /// What was before: a status, or a JSON object of the fields that changed.
  public let oldValue: String?
  /// What is after; of `created` the whole issue as JSON.
  public let newValue: String?
  /// Words: the reason, the label, the comment.
  public let comment: String?
  /// When it happened.
  public let createdAt: Timestamp

  package init(
    number: Int64, issueID: IssueID, kind: String, actor: String, oldValue: String?, newValue: String?,
    comment: String?, createdAt: Timestamp
  ) {
    (self.number, self.issueID, self.kind, self.actor) = (number, issueID, kind, actor)
    (self.oldValue, self.newValue, self.comment, self.createdAt) = (oldValue, newValue, comment, createdAt)
  }
}

extension Store {
  /// The audit trails of issues, each oldest first; one query.
  public func events(of ids: [IssueID]) throws(BeadsError) -> [IssueID: [AuditEvent]] {
    let all = try connection.all(
      """
      SELECT id, issue_id, event_type, actor, old_value, new_value, comment, created_at FROM events
      WHERE issue_id IN (SELECT value FROM json_each(?1)) ORDER BY id
      """, Self.jsonList(ids)
    ) { row throws(BeadsError) in
      AuditEvent(
        number: row.int64(0), issueID: IssueID(unchecked: row.text(1)), kind: row.text(2), actor: row.text(3),
        oldValue: row.optionalText(4), newValue: row.optionalText(5), comment: row.optionalText(6),
        createdAt: Timestamp(row.text(7)) ?? Timestamp(seconds: 0))
    }
    return Dictionary(grouping: all, by: \.issueID)
  }
}

extension JSONWriter {
  /// Writes an entry of an audit trail as an object.
  public mutating func auditEvent(_ event: AuditEvent) {
    object { writer in
      writer.member("id", Int(event.number))
      writer.member("issue_id", event.issueID.rawValue)
      writer.member("event_type", event.kind)
      writer.member("actor", event.actor)
      if let value = event.oldValue { writer.member("old_value", value) }
      if let value = event.newValue { writer.member("new_value", value) }
      if let comment = event.comment { writer.member("comment", comment) }
      writer.member("created_at", event.createdAt)
    }
  }
}
