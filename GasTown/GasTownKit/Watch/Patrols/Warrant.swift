public import BeadsKit

/// An order to end the session of an agent, which the daemon carries out: `warrants/ID.warrant.json`.
///
/// Its work and its worktree stay; a session that shall run is started anew.
public struct Warrant: Sendable, Equatable {
  /// Its name, which tells the agent.
  public let id: String
  /// Whose session is to end.
  public let target: AgentAddress
  /// Why.
  public let reason: String
  /// Who wants it.
  public let filedBy: String
  /// Since when.
  public let filedAt: String
  /// When it was carried out; nil while it waits.
  public internal(set) var executedAt: String?

  private static func folder(_ town: Town) -> String { town.path("warrants") }
  private static func file(_ id: String, _ town: Town) -> JSONFile {
    JSONFile(path: Path.join(folder(town), "\(id).warrant.json"))
  }

  // MARK: Filing

  /// Orders that a session be ended; one that waits already is left as it is.
  /// - Throws: `invalid` for an agent without sessions.
  public static func file(
    _ target: AgentAddress, reason: String, by caller: AgentAddress, in town: Town
  ) throws(BeadsError) -> (warrant: Warrant, isNew: Bool) {
    guard target.role.hasSession else {
      throw BeadsError(.invalid, "\(target) has no session that could be ended")
    }
    if let waiting = try list(in: town).first(where: { $0.target == target && $0.executedAt == nil }) {
      return (waiting, false)
    }
    let name = target.text.split(separator: "/").joined(separator: "-")
    let warrant = Warrant(
      id: "\(name)-\(town.environment.clock() / 1_000_000)", target: target, reason: reason,
      filedBy: caller.text, filedAt: town.now.description)
    try file(warrant.id, town).write(warrant.json)
    return (warrant, true)
  }

  private var json: JSONValue {
    .members([
      ("id", .string(id)), ("target", .string(target.text)), ("reason", .string(reason)),
      ("filed_by", .string(filedBy)), ("filed_at", .string(filedAt)), ("executed", .bool(executedAt != nil)),
      ("executed_at", executedAt.map { .string($0) }),
    ])
  }

  // MARK: Finding

  /// The warrants of a town, the oldest first; a file that cannot be understood is no order.
  public static func list(in town: Town) throws(BeadsError) -> [Warrant] {
    guard FileSystem.isDirectory(folder(town)) else { return [] }
    let suffix = ".warrant.json"
    let ids = try FileSystem.list(folder(town)).filter { $0.hasSuffix(suffix) }.map {
      $0.dropLast(suffix.count)
    }
    return ids.compactMap { id in
      guard let value = try? file(String(id), town).read() else { return nil }
      return Warrant(String(id), value)
    }.sorted { ($0.filedAt, $0.id) < ($1.filedAt, $1.id) }
  }

  private init?(_ id: String, _ value: JSONValue) {
    guard let target = value["target"]?.stringValue.flatMap({ AgentAddress($0) }) else { return nil }
    self.init(
      id: id, target: target, reason: value["reason"]?.stringValue ?? "",
      filedBy: value["filed_by"]?.stringValue ?? "", filedAt: value["filed_at"]?.stringValue ?? "",
      executedAt: value["executed"] == .bool(true) ? value["executed_at"]?.stringValue ?? "" : nil)
  }

  private init(
    id: String, target: AgentAddress, reason: String, filedBy: String, filedAt: String,
    executedAt: String? = nil
  ) {
    self.id = id
    self.target = target
    self.reason = reason
    self.filedBy = filedBy
    self.filedAt = filedAt
    self.executedAt = executedAt
  }

  // MARK: Carrying out

  /// Ends the session.
  /// - Returns: Whether there was one.
  @discardableResult
  public mutating func execute(_ launcher: AgentLauncher) throws(BeadsError) -> Bool {
    let ran = try launcher.stop(target, reason: "warrant: \(reason)")
    executedAt = launcher.town.now.description
    try Self.file(id, launcher.town).write(json)
    EventLog(launcher.town).append(
      "kill", actor: filedBy, [("target", target.text), ("reason", reason.isEmpty ? "warrant" : reason)])
    return ran
  }
}
