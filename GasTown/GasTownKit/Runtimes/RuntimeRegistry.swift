public import BeadsKit

/// The agents that a town knows, and which of them plays which role.
///
/// A name is looked up in the rig's settings, then the town's, then the registries `settings/agents.json` of the rig
/// and of the town, then among the presets.
public struct RuntimeRegistry: Sendable {
  /// Every agent by name.
  public let runtimes: [String: Runtime]
  private let town: JSONValue
  private let rig: JSONValue
  private let environment: Environment

  /// Reads the settings of a town, and of one of its rigs.
  /// - Throws: `corrupt` naming the file that is no JSON, `invalid` for a description that makes no sense.
  public static func load(_ town: Town, _ rig: Rig? = nil) throws(BeadsError) -> RuntimeRegistry {
    let townSettings = try settings(town.path("settings/config.json"))
    let rigSettings = try rig.map { rig throws(BeadsError) in try settings(rig.path("settings/config.json")) }
    var found = Dictionary(Runtime.presets.map { ($0.name, $0) }) { $1 }
    // The weakest first: what comes later replaces it.
    var paths = [town.path("settings/agents.json")]
    if let rig { paths.append(rig.path("settings/agents.json")) }
    var sources: [(path: String, agents: JSONValue?)] = []
    for path in paths { sources.append((path, try settings(path)["agents"])) }
    sources.append((town.path("settings/config.json"), townSettings["agents"]))
    if let rig { sources.append((rig.path("settings/config.json"), rigSettings?["agents"])) }
    for source in sources { try add(source.agents, from: source.path, to: &found) }
    return RuntimeRegistry(
      runtimes: found, town: townSettings, rig: rigSettings ?? .object([]), environment: town.environment)
  }

  static func settings(_ path: String) throws(BeadsError) -> JSONValue {
    try JSONFile(path: path).read() ?? .object([])
  }

  private static func add(
    _ agents: JSONValue?, from path: String, to found: inout [String: Runtime]
  ) throws(BeadsError) {
    guard let agents, agents != .null else { return }
    guard case .object(let members) = agents else {
      throw BeadsError(.invalid, "\(path): agents is not an object")
    }
    for member in members {
      let base = try base(of: member, found)
      found[member.key] = try base.applying(member.value, origin: "\(path): the agent \(member.key)")
    }
  }

  /// What an agent inherits from: the one of its name, of its provider, or with its program.
  private static func base(
    of member: JSONValue.Member, _ found: [String: Runtime]
  ) throws(BeadsError) -> Runtime {
    let command = member.value["command"]?.stringValue
    if let known = found[member.key] { return known }
    let program = command.map(Path.name(of:))
    var base =
      member.value["provider"]?.stringValue.flatMap { found[$0] }
      ?? Runtime.presets.first { $0.command == program }
      ?? Runtime(name: member.key, command: command ?? "")
    if base.command.isEmpty {
      throw BeadsError(
        .invalid, "the agent \(quoted(member.key)) has no command",
        hint: "for example `gt config agent set \(member.key) \"claude --model opus\"`")
    }
    base.name = member.key
    return base
  }

  /// The agent of a name.
  /// - Throws: `not_found` naming those there are.
  public func runtime(named name: String) throws(BeadsError) -> Runtime {
    if let found = runtimes[name] { return found }
    throw BeadsError(
      .notFound, "there is no agent \(quoted(name))",
      hint: "there are \(runtimes.keys.sorted().joined(separator: ", ")); `gt config agent set` adds one")
  }
}

// MARK: - Who plays a role

extension RuntimeRegistry {
  /// Which agent plays a role, and why.
  public struct Resolution: Sendable, Equatable {
    /// The agent, with the arguments that belong to the choice.
    public var runtime: Runtime
    /// Where the choice was made, such as `--agent` or `default_agent of the town`.
    public var source: String
    /// What is not as the settings want it.
    public var warning: String?
  }

  /// The agent for a role.
  /// - Parameters:
  ///   - name: The name of a crew member or polecat.
  ///   - explicit: What the user asked for: a name, and more arguments behind blanks.
  /// - Throws: `not_found` for a name that no agent has.
  public func resolve(
    role: AgentRole, name: AgentName? = nil, explicit: String? = nil
  ) throws(BeadsError) -> Runtime { try resolution(role: role, name: name, explicit: explicit).runtime }

  /// The agent for a role and the reason for it; see `resolve`.
  public func resolution(
    role: AgentRole, name: AgentName? = nil, explicit: String? = nil
  ) throws(BeadsError) -> Resolution {
    if let explicit {
      let words = explicit.split(separator: " ").map(String.init)
      var runtime = try runtime(named: words.first ?? "")
      runtime.arguments += words.dropFirst()
      return Resolution(runtime: runtime, source: "--agent")
    }
    if role == .crew, let name {
      let choices = [
        (rig["worker_agents"], "worker_agents of the rig"), (town["crew_agents"], "crew_agents of the town"),
      ]
      for (table, source) in choices {
        if let chosen = table?[name.rawValue]?.stringValue { return try installed(chosen, source) }
      }
    }
    return adjusted(try configured(role), role)
  }

  private func configured(_ role: AgentRole) throws(BeadsError) -> Resolution {
    let choices: [(JSONValue?, String)] = [
      (rig["role_agents"]?[role.rawValue], "role_agents of the rig"),
      (town["role_agents"]?[role.rawValue], "role_agents of the town"),
      (rig["runtime"]?["provider"], "runtime of the rig"), (rig["agent"], "agent of the rig"),
      (town["default_agent"], "default_agent of the town"),
    ]
    for (value, source) in choices {
      guard let chosen = value?.stringValue, !chosen.isEmpty else { continue }
      var found = try installed(chosen, source)
      if source == "runtime of the rig", found.warning == nil, let legacy = rig["runtime"] {
        found.runtime = try found.runtime.applying(legacy, origin: "the runtime of the rig")
      }
      return found
    }
    return Resolution(runtime: try runtime(named: "claude"), source: "built in")
  }

  /// A configured agent whose program is missing gives way to the default, with a warning.
  private func installed(_ name: String, _ source: String) throws(BeadsError) -> Resolution {
    let chosen = try runtime(named: name)
    if isInstalled(chosen) { return Resolution(runtime: chosen, source: source) }
    let other = try runtime(named: town["default_agent"]?.stringValue ?? "claude")
    if other.name == chosen.name { return Resolution(runtime: chosen, source: source) }
    return Resolution(
      runtime: other, source: "default",
      warning: "\(name), which \(source) asks for, is not installed; \(other.name) is used")
  }

  /// Whether its program can be found.
  public func isInstalled(_ runtime: Runtime) -> Bool { program(of: runtime) != nil }

  /// The file of an agent's program; nil when it is not installed.
  public func program(of runtime: Runtime) -> String? {
    if runtime.command == Runtime.programPlaceholder { return runtime.command }
    let lookup = HostProgram(
      [runtime.command], directory: environment.currentDirectory, variables: environment.variables,
      timeout: .zero)
    return lookup.path
  }

  /// How much the town may cost: GT_COST_TIER, else the setting; nil when nobody said.
  public var costTier: CostTier? {
    (environment["GT_COST_TIER"] ?? town["cost_tier"]?.stringValue).flatMap(CostTier.init)
  }

  /// A cheaper model where the cost tier, or the role, asks for one and the agent has it.
  private func adjusted(_ found: Resolution, _ role: AgentRole) -> Resolution {
    guard let model = role == .dog ? "haiku" : costTier?.model(of: role),
      let arguments = found.runtime.models[model]
    else { return found }
    var result = found
    result.runtime.arguments += arguments
    result.source = role == .dog ? "role dog" : "cost_tier"
    return result
  }

  /// How hard an agent of this role is to think.
  public func effort(of role: AgentRole) -> String {
    return costTier?.effort(of: role) ?? rig["role_effort"]?[role.rawValue]?.stringValue
      ?? town["role_effort"]?[role.rawValue]?.stringValue ?? "high"
  }

  /// What stands between the variables and the program: a sandbox, for example.
  public var wrapper: [String] {
    let list = rig["exec_wrapper"] ?? rig["runtime"]?["exec_wrapper"] ?? town["exec_wrapper"]
    return list?.arrayValue?.compactMap(\.stringValue) ?? []
  }
}
