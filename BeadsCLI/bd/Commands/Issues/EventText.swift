import BeadsKit
import CommandKit

/// How an entry of an audit trail looks: `2026-03-02 09:00 UTC  alice  priority 2 → 0`.
enum EventText {
  static func line(_ event: AuditEvent, _ clock: ClockText) -> TerminalText {
    let actor = event.actor.isEmpty ? "" : "\(event.actor)  "
    return "  \(clock.minute(event.createdAt), .gray)  \(actor)\(words(event))"
  }

  /// What happened, in a few words.
  static func words(_ event: AuditEvent) -> String {
    switch event.kind {
    case "updated": return changes(event)
    case "status_changed": return "status \(event.oldValue ?? "") → \(event.newValue ?? "")"
    case "closed", "deleted", "claimed":
      let words = event.comment ?? ""
      return words.isEmpty ? event.kind : "\(event.kind): \(words)"
    case "label_added", "label_removed", "renamed":
      return event.comment.map { $0.prefix(1).lowercased() + $0.dropFirst() } ?? event.kind
    case "dependency_added": return "now depends on \(target(event))"
    case "dependency_removed": return "no longer depends on \(target(event))"
    default: return event.kind
    }
  }

  /// The trail says `Added dependency: A blocks B`, which reads as if A blocked B; it is the other way round.
  private static func target(_ event: AuditEvent) -> String {
    let words = (event.comment ?? "").split(separator: " ").suffix(2)
    guard let type = words.first, let id = words.last, words.count == 2 else { return "" }
    return "\(id) (\(type))"
  }

  /// `priority 2 → 0, description`: values while they are short.
  private static func changes(_ event: AuditEvent) -> String {
    let old = members(event.oldValue)
    let new = members(event.newValue)
    let keys = old.map(\.key) + new.map(\.key).filter { key in !old.contains { $0.key == key } }
    let parts = keys.map { key -> String in
      let before = text(old, key)
      let after = text(new, key)
      let isShort = before.count + after.count <= 60 && !(before + after).contains(where: \.isNewline)
      return isShort ? "\(key) \(before) → \(after)" : key
    }
    return parts.isEmpty ? "updated" : parts.joined(separator: ", ")
  }

  private static func members(_ json: String?) -> [JSONValue.Member] {
    guard case .object(let members)? = json.flatMap({ JSONValue(parsing: $0) }) else { return [] }
    return members
  }

  private static func text(_ members: [JSONValue.Member], _ key: String) -> String {
    guard let value = members.last(where: { $0.key == key })?.value else { return "(none)" }
    return value.stringValue ?? value.compactText
  }
}
