public import BeadsKit

extension HookSync {
  /// A hook that is in a file of an agent.
  public struct Present: Sendable {
    /// The file.
    public let path: String
    /// The runtime.
    public let runtime: String
    /// Whose file it is.
    public let role: AgentRole
    /// When it is called, by the runtime's name.
    public let event: String
    /// Its commands, or all of it where those are not told.
    public let text: String
    /// Whether gt wrote it.
    public let isOurs: Bool
  }

  /// The hooks in the files of the town's agents; files that cannot be understood have none that could be told.
  public func present() throws(BeadsError) -> [Present] {
    var found: [Present] = []
    for target in try targets() {
      guard let old = target.old else { continue }
      func add(_ event: String, _ text: String, _ isOurs: Bool) {
        found.append(
          Present(
            path: target.path, runtime: target.runtime, role: target.role, event: event, text: text,
            isOurs: isOurs))
      }
      let value = JSONValue(parsing: String(decoding: old, as: UTF8.self))
      guard case .object(let events)? = value?["hooks"] else {
        if value == nil, target.problem == nil { add("plugin", Path.name(of: target.path), true) }
        continue
      }
      for event in events {
        for entry in event.value.arrayValue ?? [] {
          add(event.key, Self.commands(entry), HookFile.isOurs(entry))
        }
      }
    }
    return found
  }

  private static func commands(_ entry: JSONValue) -> String {
    let inner = entry["hooks"]?.arrayValue ?? [entry]
    let lines = inner.compactMap { $0["command"]?.stringValue ?? $0["bash"]?.stringValue }
    return lines.isEmpty ? entry.compactText : lines.joined(separator: " && ")
  }
}
