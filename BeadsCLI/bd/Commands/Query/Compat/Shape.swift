import BeadsFormats
import BeadsKit

/// What a client insists on in a JSON value; members that are not named may be there or not.
indirect enum Shape: Sendable {
  case text, whole, number, flag, moment
  case array(Shape)
  /// An object whose keys are data.
  case map(Shape)
  case object(Fields)

  struct Fields: Sendable {
    var required: [String: Shape] = [:]
    var optional: [String: Shape] = [:]
    var absent: [String] = []
  }

  static func object(
    _ required: [String: Shape], optional: [String: Shape] = [:], absent: [String] = []
  ) -> Shape {
    .object(Fields(required: required, optional: optional, absent: absent))
  }

  /// What is wrong with a value, or nothing.
  func complaints(about value: JSONValue, at path: String = "$") -> [String] {
    switch (self, value) {
    case (.text, .string), (.flag, .bool), (.number, .number): return []
    case (.whole, .number(let text)) where Int(text) != nil: return []
    case (.moment, .string(let text)) where Timestamp(text) != nil: return []
    case (.array(let element), .array(let items)):
      return items.enumerated().flatMap { element.complaints(about: $1, at: "\(path)[\($0)]") }
    case (.map(let element), .object(let members)):
      return members.filter { $0.key != "schema_version" }
        .flatMap { element.complaints(about: $0.value, at: "\(path).\($0.key)") }
    case (.object(let fields), .object(let members)):
      return members.flatMap { fields.complaints(about: $0, at: path) }
        + fields.required.keys.filter { value[$0] == nil }.map { "\(path).\($0) is missing" }
    default: return ["\(path) is \(value.compactText.prefix(60)), not \(self)".prefix(160).description]
    }
  }
}

extension Shape.Fields {
  fileprivate func complaints(about member: JSONValue.Member, at path: String) -> [String] {
    let place = "\(path).\(member.key)"
    if absent.contains(member.key) { return ["\(place) must not be there"] }
    guard let shape = required[member.key] ?? optional[member.key] else { return [] }
    return shape.complaints(about: member.value, at: place)
  }
}

// MARK: The shapes of contract 1.12, with the types that pydantic and Go insist on

extension Shape {
  /// Any issue: what every client requires, and the types of everything else (null is never printed).
  static func issue(
    _ more: [String: Shape] = [:], optional: [String: Shape] = [:], absent: [String] = []
  ) -> Shape {
    let required: [String: Shape] = [
      "id": .text, "title": .text, "status": .text, "priority": .whole, "issue_type": .text,
      "created_at": .moment, "updated_at": .moment,
    ]
    return .object(
      required.merging(more) { $1 }, optional: issueOptions.merging(optional) { $1 }, absent: absent)
  }

  private static let issueOptions: [String: Shape] = {
    var options: [String: Shape] = [
      "labels": .array(.text), "waiters": .array(.text), "estimated_minutes": .whole, "timeout": .whole,
      "compaction_level": .whole, "original_size": .whole, "quality_score": .number,
      "bonded_from": .array(.object(["source_id": .text, "bond_type": .text])),
    ]
    let texts = """
      description design acceptance_criteria notes spec_id assignee owner created_by close_reason closed_by_session \
      external_ref source_system compacted_at_commit deleted_by delete_reason original_type sender wisp_type \
      await_type await_id holder source_formula source_location hook_bead role_bead agent_state role_type rig \
      mol_type work_type event_kind actor target payload parent
      """
    for key in texts.split(separator: " ") { options[String(key)] = .text }
    for key in [
      "started_at", "closed_at", "due_at", "defer_until", "compacted_at", "deleted_at", "last_activity",
    ] {
      options[key] = .moment
    }
    for key in ["ephemeral", "no_history", "pinned", "is_template", "crystallizes"] { options[key] = .flag }
    return options
  }()

  private static let edgeKeys = ["dependencies", "dependents", "comments"]

  /// After a change: no edges, because beads-mcp reads them as issues.
  static let changed = issue(absent: edgeKeys)
  static let comment = object([
    "id": .text, "issue_id": .text, "author": .text, "text": .text, "created_at": .moment,
  ])
  static let edge = object(
    ["issue_id": .text, "depends_on_id": .text, "type": .text, "created_at": .moment],
    optional: ["created_by": .text, "metadata": .text, "thread_id": .text])
  static let link = issue(["dependency_type": .text], absent: edgeKeys)
  private static let counts: [String: Shape] = [
    "dependency_count": .whole, "dependent_count": .whole, "comment_count": .whole,
  ]
  static let counted = issue(
    counts, optional: ["dependencies": .array(edge)], absent: ["dependents", "comments"])
  static let details = issue(
    counts,
    optional: [
      "dependencies": .array(link), "dependents": .array(link), "comments": .array(comment),
      "epic_total_children": .whole, "epic_closed_children": .whole, "epic_closeable": .flag,
    ])
  static let blocked = issue(
    ["blocked_by_count": .whole, "blocked_by": .array(.text)], optional: ["dependencies": .array(edge)],
    absent: ["dependents"])
  static let epic = object([
    "epic": issue(), "total_children": .whole, "closed_children": .whole, "eligible_for_close": .flag,
  ])
  static let statistics: Shape = {
    var summary: [String: Shape] = ["average_lead_time_hours": .number]
    for name in ["total", "open", "in_progress", "closed", "blocked", "deferred", "ready", "pinned"] {
      summary["\(name)_issues"] = .whole
    }
    let activity = ["hours_tracked", "commit_count", "issues_created", "issues_closed", "total_changes"]
    return .object(
      ["summary": .object(summary)],
      optional: ["recent_activity": .object(Dictionary(uniqueKeysWithValues: activity.map { ($0, .whole) }))])
  }()
  static let error = object(
    ["error": .text, "schema_version": .whole], optional: ["hint": .text, "code": .text])
}
