public import BeadsKit

/// The events that agents and scripts may report, and what each has to tell (contract 8.2).
public enum Activity {
  /// The types with the members they need, and those they may have.
  public static let types: [(name: String, required: [String], optional: [String])] = [
    ("patrol_started", ["rig"], ["polecat_count", "message"]),
    ("patrol_complete", ["rig"], ["polecat_count", "message"]),
    ("polecat_checked", ["rig", "polecat"], ["status", "issue"]),
    ("polecat_nudged", ["rig", "polecat"], ["status", "issue", "reason"]),
    ("escalation_sent", ["target", "to"], ["rig", "reason"]),
    ("merge_started", ["mr"], ["worker", "branch"]), ("merged", ["mr"], ["worker", "branch"]),
    ("merge_failed", ["mr", "reason"], ["worker", "branch"]),
    ("merge_skipped", ["mr", "reason"], ["worker", "branch"]),
    ("sling", ["bead", "target"], []), ("hook", ["bead"], []), ("unhook", ["bead"], []),
    ("done", ["bead"], ["branch"]), ("nudge", ["target"], ["rig", "reason"]),
    ("session_death", ["session"], ["agent", "reason"]),
  ]

  /// Every member that some event has.
  public static var members: [String] {
    var seen: Set<String> = []
    return types.flatMap { $0.required + $0.optional }.filter { seen.insert($0).inserted }
  }

  /// Appends an event that somebody reports.
  /// - Throws: `invalid` for an unknown type, a missing member, or one that the type does not have.
  public static func emit(
    _ type: String, actor: String, _ payload: [(String, String)], to log: EventLog
  ) throws(BeadsError) {
    guard let known = types.first(where: { $0.name == type }) else {
      throw BeadsError(
        .invalid, "\(quoted(type)) is no event to report",
        hint: "use one of \(types.map(\.name).joined(separator: ", "))")
    }
    let given = payload.map(\.0)
    if let missing = known.required.first(where: { !given.contains($0) }) {
      throw BeadsError(.invalid, "\(type) needs --\(missing)")
    }
    if let surplus = given.first(where: { !known.required.contains($0) && !known.optional.contains($0) }) {
      throw BeadsError(
        .invalid, "\(type) has no --\(surplus)",
        hint: "it has \((known.required + known.optional).map { "--\($0)" }.joined(separator: ", "))")
    }
    log.append(type, actor: actor, payload.map { ($0.0, $0.1) })
  }
}
