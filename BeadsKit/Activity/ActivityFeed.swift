public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// Something that happened to an issue, as a feed shows it (contract 6.3).
public struct Activity: Sendable {
  /// What kind of thing.
  public enum Kind: String, Sendable, CaseIterable {
    case create, update, status, comment, delete
  }

  /// The entry of the audit trail.
  public let event: AuditEvent
  /// What kind of thing.
  public let kind: Kind
  /// The title of the issue as it is now.
  public let title: String
  /// The issue it is part of.
  public let parentID: IssueID?

  /// One character for people.
  public var symbol: String {
    switch kind {
    case .create: "+"
    case .update: "~"
    case .comment: "»"
    case .delete: "⊘"
    case .status:
      switch event.kind {
      case "closed": "✓"
      case "claimed": "→"
      case "reopened": "↻"
      default: event.newValue == "in_progress" ? "→" : "•"
      }
    }
  }

  /// What the status was and is, where that changed.
  public var statuses: (old: String, new: String)? {
    guard kind == .status, let old = event.oldValue, let new = event.newValue else { return nil }
    return (old, new)
  }

  fileprivate static func kind(ofEvent word: String) -> Kind {
    switch word {
    case "created": .create
    case "deleted": .delete
    case "commented": .comment
    case "closed", "reopened", "claimed", "status_changed": .status
    default: .update
    }
  }
}

/// Which activity is asked for.
public struct ActivityQuery: Sendable {
  /// Only of this issue and what is below it.
  public var root: IssueID?
  /// Only since then.
  public var since: Timestamp?
  /// Only this kind.
  public var kind: Activity.Kind?
  /// Only entries after that number.
  public var after: Int64 = 0
  /// At most so many, the latest; nil for all.
  public var limit: Int? = 100

  /// Asks for the last hundred.
  public init() {}
}

extension Store {
  /// What happened, oldest first; read from the audit trail, which only a database keeps.
  ///
  /// One query; with a limit and without other terms the cost does not depend on the length of the trail.
  /// - Throws: `invalid` when the limit is negative.
  public func activity(_ query: ActivityQuery = ActivityQuery()) throws(BeadsError) -> [Activity] {
    if let limit = query.limit, limit < 0 {
      throw BeadsError(.invalid, "limit \(limit) is negative", hint: "use 0 for all")
    }
    let words = query.kind.map { kind in
      "AND e.event_type \(kind == .update ? "NOT IN" : "IN") (\(Self.words(kind)))"
    }
    let below = """
      AND e.issue_id IN (WITH RECURSIVE below (id) AS (
          SELECT ?3
          UNION
          SELECT p.issue_id FROM below b JOIN dependencies p
            ON p.depends_on_id = b.id AND p.type = 'parent-child')
        SELECT id FROM below)
      """
    let found = try connection.all(
      """
      SELECT e.id, e.issue_id, e.event_type, e.actor,
        e.old_value, CASE WHEN e.event_type <> 'created' THEN e.new_value END,
        e.comment, e.created_at, coalesce(i.title, ''),
        (SELECT p.depends_on_id FROM dependencies p WHERE p.issue_id = e.issue_id AND p.type = 'parent-child' LIMIT 1)
      FROM events e LEFT JOIN issues i ON i.id = e.issue_id
      WHERE e.id > ?1 AND e.created_at >= ?2 \(query.root == nil ? "AND ?3 IS NULL" : below) \(words ?? "")
      ORDER BY e.id DESC LIMIT ?4
      """, query.after, query.since?.sortableText ?? "", query.root?.rawValue, query.limit ?? -1
    ) { row in
      let event = AuditEvent(
        number: row.int64(0), issueID: IssueID(unchecked: row.text(1)), kind: row.text(2), actor: row.text(3),
        oldValue: row.optionalText(4), newValue: row.optionalText(5), comment: row.optionalText(6),
        createdAt: Timestamp(row.text(7)) ?? Timestamp(seconds: 0))
      return Activity(
        event: event, kind: Activity.kind(ofEvent: event.kind), title: row.text(8),
        parentID: row.optionalText(9).map(IssueID.init(unchecked:)))
    }
    return found.reversed()
  }

  private static func words(_ kind: Activity.Kind) -> String {
    switch kind {
    case .create: "'created'"
    case .delete: "'deleted'"
    case .comment: "'commented'"
    case .status: "'closed', 'reopened', 'claimed', 'status_changed'"
    case .update: "'created', 'deleted', 'commented', 'closed', 'reopened', 'claimed', 'status_changed'"
    }
  }
}
