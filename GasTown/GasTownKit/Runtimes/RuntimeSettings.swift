public import BeadsKit

/// The custom agents of a town, `settings/agents.json`.
public enum RuntimeSettings {
  private static func file(_ town: Town) -> JSONFile { JSONFile(path: town.path("settings/agents.json")) }

  private static func lock(_ town: Town, _ command: String) throws(BeadsError) -> FileLock {
    try FileSystem.makeDirectory(town.path(".runtime/locks"))
    return FileLock(path: town.path(".runtime/locks/agents.lock"), command: command)
  }

  /// Adds or changes a custom agent.
  /// - Parameters:
  ///   - line: The program and its arguments; quotes keep words together.
  ///   - provider: The agent whose other properties it has; nil for the one with the same program.
  ///   - variables: Variables of its own. A key or a token is given as `$NAME`, never as it is.
  /// - Throws: `invalid` for an empty line, a name that is none, or a secret.
  public static func set(
    _ name: String, line: String, provider: String? = nil, variables: [(String, String)] = [], in town: Town,
    command: String
  ) throws(BeadsError) {
    let name = try AgentName(name).rawValue
    let split = ShellWords(line)
    if split.unfinished != nil {
      throw BeadsError(.invalid, "the command of the agent \(name) has an open quote: \(quoted(line))")
    }
    let words = split.words
    guard let program = words.first, !program.isEmpty else {
      throw BeadsError(
        .invalid, "the agent \(name) needs a command",
        hint: "for example `gt config agent set \(name) \"claude --model opus\"`")
    }
    let registry = try RuntimeRegistry.load(town)
    if let provider { _ = try registry.runtime(named: provider) }
    for (key, value) in variables where !value.hasPrefix("$") && isSecret(key) {
      throw BeadsError(
        .invalid, "\(key) looks like a secret, which is not written into settings",
        hint: "set the variable in your environment and give its name: --env '\(key)=$\(key)'")
    }
    try file(town).edit(lock(town, command)) { (settings: inout JSONValue) throws(BeadsError) in
      if settings["version"] == nil { settings["version"] = .int(1) }
      var agent = settings["agents"]?[name] ?? .object([])
      agent["command"] = .string(program)
      agent["args"] = .array(words.dropFirst().map { .string($0) })
      if let provider { agent["provider"] = .string(provider) }
      for (key, value) in variables { agent.set(["env", key], .string(value)) }
      settings.set(["agents", name], agent)
    }
  }

  /// Whether a variable of that name holds what nobody is to read.
  public static func isSecret(_ name: String) -> Bool {
    let upper = name.uppercased()
    return ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"].contains { upper.contains($0) }
  }

  /// Removes a custom agent; a preset it replaced is as it was.
  /// - Throws: `not_found`, `conflict` for the default agent, `invalid` for one that is built in or described
  ///   elsewhere.
  public static func remove(_ name: String, in town: Town, command: String) throws(BeadsError) {
    let runtime = try RuntimeRegistry.load(town).runtime(named: name)
    guard runtime.isCustom else { throw BeadsError(.invalid, "the agent \(name) is built in and stays") }
    let isPreset = Runtime.presets.contains { $0.name == name }
    if !isPreset, try TownSettings.load(town).defaultAgent == name {
      throw BeadsError(
        .conflict, "\(name) is the default agent",
        hint: "choose another first: `gt config default-agent claude`")
    }
    guard try file(town).read()?["agents"]?[name] != nil else {
      throw BeadsError(.invalid, "the agent \(name) is described in settings/config.json; edit that file")
    }
    try file(town).edit(lock(town, command)) { (settings: inout JSONValue) throws(BeadsError) in
      settings.set(["agents", name], nil)
    }
  }
}

extension RuntimeRegistry {
  /// Every agent: the presets in their order, then the custom ones by name.
  public var all: [Runtime] {
    let presets = Runtime.presets.compactMap { runtimes[$0.name] }
    let known = Set(presets.map(\.name))
    return presets + runtimes.values.filter { !known.contains($0.name) }.sorted { $0.name < $1.name }
  }
}
