public import BeadsKit

/// Whether a watcher rests: the deacon, or the witness or the refinery of a rig.
///
/// All are loops of the daemon. The deacon feeds convoys and runs maintenance jobs, a witness looks after the sessions
/// of a rig's polecats, a refinery merges what they finished. A pause is a file `{paused, reason, paused_at, paused_by}`
/// that holds until somebody ends it.
public struct PatrolPause: Sendable, Equatable {
  /// A watcher that can rest.
  public enum Patrol: Sendable, Hashable {
    /// Feeds convoys and runs maintenance jobs.
    case deacon
    /// Looks after the sessions of a rig's polecats.
    case witness(RigName)
    /// Merges what the polecats of a rig finished.
    case refinery(RigName)

    fileprivate var file: String {
      switch self {
      case .deacon: ".runtime/deacon/paused.json"
      case .witness(let rig): "\(rig)/witness/paused.json"
      case .refinery(let rig): "\(rig)/refinery/paused.json"
      }
    }

    /// The key of its switch in `mayor/daemon.json`.
    fileprivate var key: String { agent.role.rawValue }

    /// Its address.
    public var agent: AgentAddress {
      switch self {
      case .deacon: .deacon
      case .witness(let rig): .witness(rig)
      case .refinery(let rig): .refinery(rig)
      }
    }
  }

  /// Why; empty when nobody said.
  public let reason: String
  /// Since when.
  public let at: String
  /// By whom.
  public let by: String

  /// Why and by whom, in a few words.
  public var summary: String {
    let words = reason.isEmpty ? "no reason was given" : reason
    return by.isEmpty ? words : "\(words) (by \(by))"
  }

  /// The pause of a watcher; nil while it works.
  ///
  /// One that is switched off in `mayor/daemon.json` or by `disabled_patrols` rests too. A file that cannot be
  /// understood is a pause: it says that somebody wanted one.
  public static func of(_ patrol: Patrol, in town: Town) -> PatrolPause? {
    let file = JSONFile(path: town.path(patrol.file))
    do throws(BeadsError) {
      if let found = try file.read(), found["paused"] != .bool(false) {
        return PatrolPause(
          reason: found["reason"]?.stringValue ?? "", at: found["paused_at"]?.stringValue ?? "",
          by: found["paused_by"]?.stringValue ?? "")
      }
      let settings = try JSONFile(path: town.path("mayor/daemon.json")).read()
      if settings?[path: ["patrols", patrol.key, "enabled"]] == .bool(false) {
        return PatrolPause(reason: "switched off in mayor/daemon.json", at: "", by: "")
      }
      if try TownSettings.load(town).list("disabled_patrols").contains(patrol.key) {
        return PatrolPause(reason: "switched off by the setting disabled_patrols", at: "", by: "")
      }
      return nil
    } catch { return PatrolPause(reason: error.message, at: "", by: "") }
  }

  /// Has a watcher rest.
  /// - Returns: Whether it worked until now.
  @discardableResult
  public static func begin(
    _ patrol: Patrol, reason: String, by caller: AgentAddress, in town: Town
  ) throws(BeadsError) -> Bool {
    let file = JSONFile(path: town.path(patrol.file))
    if let found = try file.read(), found["paused"] == .bool(true) { return false }
    try file.write(
      .members([
        ("paused", .bool(true)), ("reason", .string(reason)), ("paused_at", .string(town.now.description)),
        ("paused_by", .string(caller.text)),
      ]))
    EventLog(town).append(
      "patrol_paused", actor: caller.text,
      [("target", patrol.agent.text), ("reason", reason.isEmpty ? nil : reason)])
    return true
  }

  /// Lets a watcher work again.
  /// - Returns: Whether it rested.
  @discardableResult
  public static func end(_ patrol: Patrol, by caller: AgentAddress, in town: Town) throws(BeadsError) -> Bool
  {
    guard try FileSystem.remove(town.path(patrol.file)) else { return false }
    EventLog(town).append("patrol_resumed", actor: caller.text, [("target", patrol.agent.text)])
    return true
  }
}
