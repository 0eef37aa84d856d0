public import BeadsKit

/// Something that was done in a town: a line of `.events.jsonl`.
public struct TownEvent: Sendable, Equatable {
  /// When.
  public let time: Timestamp
  /// What kind of thing.
  public let type: String
  /// Who did it.
  public let actor: String
  /// More about it.
  public let payload: JSONValue
  /// Whether it is for people, or only for the record.
  public let isForPeople: Bool

  /// Reads a line; nil for what is torn or something else.
  init?(line: String) {
    guard let object = JSONValue(parsing: line), let type = object["type"]?.stringValue,
      let time = object["ts"]?.stringValue.flatMap({ Timestamp($0) })
    else { return nil }
    self.time = time
    self.type = type
    actor = object["actor"]?.stringValue ?? ""
    payload = object["payload"] ?? .object([])
    isForPeople = object["visibility"]?.stringValue != "audit"
  }

  /// A member of the payload as text.
  public func text(_ key: String) -> String? { payload[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }

  /// The rig it happened in, as far as the event tells.
  public var rig: String? {
    if let rig = text("rig") { return rig }
    for name in [actor, text("target") ?? "", text("to") ?? ""] {
      if let rig = AgentAddress(name)?.rig { return rig.rawValue }
    }
    return nil
  }

  /// What was done, as the end of a sentence that begins with the actor.
  public var summary: String {
    let bead = text("bead") ?? "", target = text("target") ?? "", mr = text("mr") ?? ""
    let reason = text("reason").map { ": \($0)" } ?? ""
    let title = text("title") ?? "", convoy = text("convoy") ?? ""
    switch type {
    case "sling": return "gave \(bead) to \(target)"
    case "hook": return "has \(bead) on the hook"
    case "unhook": return "took back \(bead)" + (text("from").map { " from \($0)" } ?? "")
    case "done": return "finished \(bead)" + (text("branch").map { " on \($0)" } ?? "")
    case "mail": return "wrote to \(text("to") ?? ""): \(text("subject") ?? "")"
    case "nudge": return "nudged \(target)"
    case "handoff": return "handed off" + (text("subject").map { ": \($0)" } ?? "")
    case "spawn": return "made \(text("polecat") ?? target)" + (text("rig").map { " in \($0)" } ?? "")
    case "kill": return "ended \(target)\(reason)"
    case "session_start": return "began a session" + (text("topic").map { " for \($0)" } ?? "")
    case "session_end": return "ended a session\(reason)"
    case "session_death":
      let agent = text("agent") ?? text("session") ?? ""
      return "lost \(agent == actor ? "its session" : "the session of \(agent)")\(reason)"
    case "install": return "made the town \(text("town") ?? "")"
    case "rig_add": return "added the rig \(text("rig") ?? "")"
    case "rig_remove": return "removed the rig \(text("rig") ?? "")"
    case "escalation_sent":
      return "raised \(text("id") ?? target) (\(text("severity") ?? "medium")): \(title)"
    case "escalation_acked": return "takes care of \(text("id") ?? target): \(title)"
    case "escalation_closed": return "settled \(text("id") ?? target)\(reason)"
    case "convoy_created": return "made convoy \(convoy): \(title)"
    case "convoy_added": return "added \(bead) to convoy \(convoy)"
    case "convoy_closed", "convoy_landed":
      return "\(type == "convoy_closed" ? "closed" : "landed") convoy \(convoy): \(title)"
    case "estop": return "stopped \(text("rig").map { "the rig \($0)" } ?? "the town")\(reason)"
    case "thaw": return "ended the emergency stop of \(text("rig").map { "the rig \($0)" } ?? "the town")"
    case "merge_submitted": return "submitted \(mr)" + (text("branch").map { " (\($0))" } ?? "")
    case "integration_created": return "made \(text("branch") ?? "a branch") for \(bead)"
    case "merge_started": return "merges \(mr)" + (text("branch").map { " (\($0))" } ?? "")
    case "merged": return "merged \(mr)" + (text("branch").map { " (\($0))" } ?? "")
    case "merge_failed": return "could not merge \(mr)\(reason)"
    case "merge_skipped": return "left out \(mr)\(reason)"
    case "secret_found": return "was kept from handing in a secret\(reason)"
    case "secret_allowed": return "handed in \(mr) with what is marked as no secret\(reason)"
    default: return plain
    }
  }

  /// Words for a type that is not known here: its name and what the payload holds.
  private var plain: String {
    let name = type.split(separator: "_").joined(separator: " ")
    guard case .object(let members) = payload else { return name }
    let values = members.compactMap { member in member.value.stringValue.map { "\(member.key) \($0)" } }
    return values.isEmpty ? name : "\(name): \(values.joined(separator: ", "))"
  }
}
