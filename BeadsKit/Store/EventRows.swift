import BeadsFormats
import BeadsModel
import BeadsSystem

extension IssueRows {
  /// Appends the audit events that tell one image of an issue from the next (contract 1.7).
  func recordEvents(before: Issue?, after: Issue, actor: String, at now: Timestamp) throws(BeadsError) {
    func event(_ kind: String, old: String? = nil, new: String? = nil, comment: String? = nil)
      throws(BeadsError)
    {
      try connection.execute(
        """
        INSERT INTO events (issue_id, event_type, actor, old_value, new_value, comment, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """, after.id.rawValue, kind, actor, old, new, comment, now.sortableText)
    }
    guard let before else {
      try event("created", new: after.jsonLine)
      return
    }
    if let (kind, comment) = Self.statusEvent(before, after, actor) {
      try event(kind, old: before.status.rawValue, new: after.status.rawValue, comment: comment)
    }
    if after.compactionLevel > before.compactionLevel {
      try event("compacted", new: Self.compaction(before, after))
    }
    let changed = Self.reported.filter { !$0.isEqual(before, after) }
    if !changed.isEmpty {
      try event("updated", old: Self.members(changed, of: before), new: Self.members(changed, of: after))
    }
    for label in Set(after.labels).subtracting(before.labels).sorted() {
      try event("label_added", comment: "Added label: \(label)")
    }
    for label in Set(before.labels).subtracting(after.labels).sorted() {
      try event("label_removed", comment: "Removed label: \(label)")
    }
    let old = Set(before.dependencies.map(\.key))
    let new = Set(after.dependencies.map(\.key))
    for edge in after.dependencies where !old.contains(edge.key) {
      try event("dependency_added", comment: "Added dependency: \(after.id) \(edge.type) \(edge.dependsOnID)")
    }
    for edge in before.dependencies where !new.contains(edge.key) {
      try event(
        "dependency_removed", comment: "Removed dependency: \(after.id) \(edge.type) \(edge.dependsOnID)")
    }
    for comment in after.comments where !before.comments.contains(comment) {
      try event("commented", comment: comment.text)
    }
  }

  private static func statusEvent(_ before: Issue, _ after: Issue, _ actor: String) -> (String, String?)? {
    if before.status == after.status { return takeover(before, after, actor) }
    switch (before.status, after.status) {
    case (_, .closed): return ("closed", after.closeReason)
    case (_, .tombstone): return ("deleted", after.deleteReason)
    case (.closed, .open): return ("reopened", nil)
    case (_, .inProgress) where before.assignee != after.assignee && after.assignee == actor:
      return ("claimed", nil)
    default: return ("status_changed", nil)
    }
  }

  /// The event of a claim that ends another's lease.
  private static func takeover(_ before: Issue, _ after: Issue, _ actor: String) -> (String, String?)? {
    guard let lease = before.lease, after.assignee == actor, lease.holder != actor else { return nil }
    return ("claimed", "taken over from \(lease.holder), whose lease ended at \(lease.until)")
  }

  private static func compaction(_ before: Issue, _ after: Issue) -> String {
    let (old, new) = (before.textSize, after.textSize)
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("tier", after.compactionLevel)
      writer.member("original_size", old)
      writer.member("compressed_size", new)
      writer.key("reduction_pct")
      writer.double(old == 0 ? 0 : Double(old - new) * 100 / Double(old))
    }
    return writer.text
  }

  /// The fields whose change has no event of its own and does not merely follow another.
  private static let reported = IssueField.columns.filter { field in
    switch field.merge {
    case .status, .withClosing, .withDeletion, .identity: return false
    default: return !["updated_at", "started_at", "last_activity"].contains("\(field.key)")
    }
  }

  private static func members(_ fields: [IssueField], of issue: Issue) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      for field in fields { writer.field(field, of: issue) }
    }
    return writer.text
  }
}
