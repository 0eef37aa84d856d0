public import BeadsKit

/// Hooks that `gt hooks install` can add: some that are built in, and those of `hooks/registry.toml` of the town.
public struct HookRegistry: Sendable {
  /// A hook that can be added.
  public struct Hook: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// What it does.
    public let summary: String
    /// When it is called.
    public let event: String
    /// The tool that is about to be used; empty for every one.
    public let matcher: String
    /// The line for the shell.
    public let command: String
    /// For which roles; empty for all.
    public let roles: [AgentRole]
    /// Where it is from: `built in`, or a path.
    public let source: String
  }

  /// The hooks, by name.
  public let hooks: [Hook]

  /// Reads the registry of a town.
  /// - Throws: `invalid` naming the place in the file.
  public init(_ town: Town) throws(BeadsError) {
    let path = town.path("hooks/registry.toml")
    var hooks = Self.builtIn
    if let bytes = try FileSystem.readIfPresent(path) {
      for hook in try Self.read(bytes, path) {
        hooks.removeAll { $0.name == hook.name }
        hooks.append(hook)
      }
    }
    self.hooks = hooks.sorted { $0.name < $1.name }
  }

  /// The hook of a name.
  /// - Throws: `not_found` naming those there are.
  public func hook(named name: String) throws(BeadsError) -> Hook {
    if let found = hooks.first(where: { $0.name == name }) { return found }
    throw BeadsError(
      .notFound, "the registry has no hook \(quoted(name))",
      hint: "it has \(hooks.map(\.name).joined(separator: ", "))")
  }

  private static let builtIn =
    CommandGuard.Kind.allCases.map { kind in
      Hook(
        name: kind.rawValue, summary: "keeps from \(kind.summary)", event: HookForm.Moment.command.rawValue,
        matcher: HookPlan.shell, command: "\(HookPlan.program) tap guard \(kind.rawValue)", roles: [],
        source: "built in")
    } + [
      Hook(
        name: "heartbeat", summary: "tells at each turn that the agent is at work",
        event: HookForm.Moment.turn.rawValue, matcher: "",
        command: "\(HookPlan.program) heartbeat --state working >/dev/null", roles: [.crew, .polecat],
        source: "built in")
    ]

  private static func read(_ bytes: [UInt8], _ path: String) throws(BeadsError) -> [Hook] {
    let document: TOMLDocument
    do throws(TOMLError) { document = try TOMLDocument(bytes) } catch {
      throw BeadsError(.invalid, "\(path), \(error)")
    }
    guard let entry = document.root.entry("hooks") else { return [] }
    guard case .table(let table) = entry.node.value else {
      throw BeadsError(.invalid, "\(path): hooks is no table", hint: "write [hooks.NAME]")
    }
    var hooks: [Hook] = []
    for entry in table.entries {
      if let hook = try hook(entry, path) { hooks.append(hook) }
    }
    return hooks
  }

  /// A hook of the file; nil when it is switched off.
  private static func hook(_ entry: TOMLTable.Entry, _ path: String) throws(BeadsError) -> Hook? {
    guard case .table(let table) = entry.node.value, case .string(let event)? = table["event"],
      case .string(let command)? = table["command"], !event.isEmpty, !command.isEmpty
    else {
      throw BeadsError(.invalid, "\(path): [hooks.\(entry.key)] needs an event and a command")
    }
    if case .boolean(false)? = table["enabled"] { return nil }
    func text(_ key: String) -> String { if case .string(let text)? = table[key] { text } else { "" } }
    func list(_ key: String) -> [String] {
      guard case .array(let items)? = table[key] else { return [] }
      return items.compactMap { if case .string(let text) = $0.value { text } else { nil } }
    }
    let roles = try list("roles").map { word throws(BeadsError) in try HookSettings.Target(word).role }
    return Hook(
      name: entry.key, summary: text("description"), event: event,
      matcher: list("matchers").first ?? text("matcher"), command: command, roles: roles, source: path)
  }
}
