import BeadsKit
import GasTownKit
import Testing

/// Scenario 29 of the contract's appendix D.
@Suite("Runtimes")
struct RuntimeTests {
  /// A town whose PATH has these programs and no others.
  private func town(_ programs: [String], rig: Bool = false) throws -> TestTown {
    let town = try TestTown(rig: rig)
    for program in programs {
      try town.write("bin/\(program)", "#!/bin/sh\n")
      try FileSystem.setMode(Path.join(town.root, "bin", program), 0o755)
    }
    town.environment.variables["PATH"] = Path.join(town.root, "bin")
    return town
  }

  /// One row for each line of the order, with everything weaker set as well.
  @Test(
    "are resolved in their order",
    arguments: [
      (9, AgentRole.polecat, "claude", "built in"), (8, .polecat, "gemini", "default_agent of the town"),
      (7, .polecat, "amp", "agent of the rig"), (6, .polecat, "cursor", "role_agents of the town"),
      (5, .polecat, "auggie", "role_agents of the rig"), (2, .crew, "copilot", "worker_agents of the rig"),
      (1, .crew, "codex", "--agent"),
    ])
  func order(step: Int, role: AgentRole, name: String, source: String) throws {
    let all = ["claude", "gemini", "amp", "cursor-agent", "auggie", "copilot", "codex", "opencode"]
    let town = try town(all, rig: false)
    let rig = Rig(
      name: try RigName("app"), root: Path.join(town.root, "app"), gitURL: "",
      defaultBranch: try BranchName("main"),
      prefix: try Prefix("app"))
    var townSettings: [String] = []
    var rigSettings: [String] = []
    if step <= 8 { townSettings.append(#""default_agent": "gemini""#) }
    if step <= 7 { rigSettings.append(#""agent": "amp""#) }
    if step <= 6 { townSettings.append(#""role_agents": {"polecat": "cursor", "crew": "cursor"}"#) }
    if step <= 5 { rigSettings.append(#""role_agents": {"polecat": "auggie", "crew": "auggie"}"#) }
    if step <= 2 {
      townSettings.append(#""crew_agents": {"max": "opencode"}"#)
      rigSettings.append(#""worker_agents": {"max": "copilot"}"#)
    }
    try town.write("settings/config.json", "{\(townSettings.joined(separator: ","))}")
    try town.write("app/settings/config.json", "{\(rigSettings.joined(separator: ","))}")
    let found = try RuntimeRegistry.load(town.town, rig).resolution(
      role: role, name: try AgentName("max"), explicit: step == 1 ? "codex --model o5" : nil)
    #expect(found.runtime.name == name && found.source == source && found.warning == nil)
    if step == 1 { #expect(found.runtime.arguments.suffix(2) == ["--model", "o5"]) }
  }

  @Test func aTierBeatsClaudeAndNothingElse() throws {
    let town = try town(["claude", "codex"])
    town.environment.variables["GT_COST_TIER"] = "budget"
    func resolve(_ role: AgentRole) throws -> Runtime {
      try RuntimeRegistry.load(town.town).resolve(role: role)
    }
    #expect(try resolve(.polecat).arguments.suffix(2) == ["--model", "sonnet[1m]"])
    #expect(try resolve(.dog).arguments.suffix(2) == ["--model", "haiku"])
    #expect(try RuntimeRegistry.load(town.town).effort(of: .polecat) == "medium")
    try town.write("settings/config.json", #"{"default_agent": "codex"}"#)
    #expect(try resolve(.polecat) == Runtime.presets.first { $0.name == "codex" })
    #expect(try resolve(.dog).name == "codex")
  }

  @Test func whatIsNotInstalledGivesWayToTheDefault() throws {
    let town = try town(["claude"])
    try town.write("settings/config.json", #"{"role_agents": {"mayor": "amp"}}"#)
    let registry = try RuntimeRegistry.load(town.town)
    let found = try registry.resolution(role: .mayor)
    #expect(found.runtime.name == "claude")
    #expect(found.warning?.contains("amp") == true)
    let unknown = #expect(throws: BeadsError.self) { try registry.resolve(role: .mayor, explicit: "nobody") }
    #expect(unknown?.code == .notFound)
  }

  @Test func customAgentsInherit() throws {
    let town = try town([])
    try town.write(
      "settings/agents.json",
      """
      {"version": 1, "agents": {
        "claude": {"args": ["--safe"]},
        "opus": {"command": "claude", "args": ["--model", "opus"]},
        "local": {"command": "/opt/bin/my-agent", "env": {"MY_KEY": "$REAL_KEY"}, "prompt_mode": "none"},
        "fast": {"provider": "codex", "ready_delay_ms": 10, "future_key": [1]},
        "old": {"command": "pi", "tmux": {"process_names": ["pi", "node"], "ready_prompt_prefix": "$ "},
          "instructions": {"file": "PI.md"}}
      }}
      """)
    let registry = try RuntimeRegistry.load(town.town)
    let claude = try registry.runtime(named: "claude")
    #expect(claude.command == "claude" && claude.arguments == ["--safe"] && claude.isCustom)
    #expect(claude.hooks?.provider == "claude" && claude.processNames == ["node", "claude"])
    let opus = try registry.runtime(named: "opus")
    #expect(opus.arguments == ["--model", "opus"] && opus.processNames == ["node", "claude"])
    #expect(
      opus.readyPrompt == "❯ " && opus.commandLine(prompt: "-go") == ["claude", "--model", "opus", " -go"])
    let local = try registry.runtime(named: "local")
    #expect(local.processNames == ["my-agent"] && local.commandLine(prompt: "go") == ["/opt/bin/my-agent"])
    #expect(local.variables == ["MY_KEY": "$REAL_KEY"])
    #expect(throws: BeadsError.self) { try local.expandedVariables(town.environment) }
    var environment = town.environment
    environment.variables["REAL_KEY"] = "secret"
    #expect(try local.expandedVariables(environment) == ["MY_KEY": "secret"])
    let fast = try registry.runtime(named: "fast")
    #expect(fast.command == "codex" && fast.readyDelay == 10 && fast.promptMode == .none)
    let old = try registry.runtime(named: "old")
    #expect(old.processNames == ["pi", "node"] && old.readyPrompt == "$ " && old.instructionsFile == "PI.md")
  }

  @Test(
    "descriptions that make no sense are named",
    arguments: [
      "{", "[]", #"{"agents": []}"#, #"{"agents": {"x": {}}}"#, #"{"agents": {"x": 1}}"#,
      #"{"agents": {"x": {"command": "c", "args": "a"}}}"#, #"{"agents": {"x": {"command": 1}}}"#,
      #"{"agents": {"x": {"command": "c", "prompt_mode": "shout"}}}"#,
      #"{"agents": {"x": {"command": "c", "hooks_provider": "nobody"}}}"#,
    ])
  func nonsense(text: String) throws {
    let town = try TestTown(rig: false)
    try town.write("settings/agents.json", text)
    #expect(throws: BeadsError.self) { try RuntimeRegistry.load(town.town) }
    #expect(town.gt("config", "agent", "set", "y", "claude").status == 1)
    #expect(try town.text("settings/agents.json") == text)
  }

  @Test func areConfiguredByCommands() throws {
    let town = try town(["claude"])
    #expect(town.gt("config", "agent", "set", "opus", "claude --append \"two words\"").status == 0)
    let listed = try town.json("config", "agent", "list").arrayValue ?? []
    #expect(listed.count == Runtime.presets.count + 1)
    #expect(listed.last?["args"]?.arrayValue == [.string("--append"), .string("two words")])
    #expect(listed.last?["is_custom"] == .bool(true))
    let secret = town.gt("config", "agent", "set", "groq", "claude", "--env", "API_KEY=sk-123")
    #expect(secret.status == 1 && !secret.standardError.contains("sk-123"))
    #expect(town.gt("config", "agent", "set", "groq", "claude", "--env", "API_KEY=$GROQ_KEY").status == 0)
    #expect(try town.text("settings/agents.json").contains("$GROQ_KEY"))
    #expect(town.gt("config", "default-agent", "opus").standardOutput == "opus\n")
    #expect(town.gt("config", "default-agent", "nobody").status == 1)
    #expect(town.gt("config", "agent", "remove", "opus").status == 1)
    #expect(town.gt("config", "agent", "remove", "groq").status == 0)
    #expect(town.gt("config", "agent", "remove", "claude").status == 1)
    #expect(town.gt("config", "default-agent").standardOutput == "opus\n")
  }

  /// With the server that Codex shares, one agent's commands would run in the environment of another.
  @Test func codexRunsByItselfWhereItIsTrusted() throws {
    let codex = try #require(Runtime.presets.first { $0.name == "codex" })
    #expect(
      codex.arguments(in: "/town/a \"b\"") == [
        "--no-daemon", "-c", #"projects={"/town/a \"b\""={trust_level="trusted"}}"#,
      ])
    #expect(Runtime.presets.allSatisfy { $0.name == "codex" || $0.placeArguments.isEmpty })
  }

  @Test func presetsAreComplete() {
    #expect(
      Runtime.presets.map(\.name) == [
        "claude", "gemini", "codex", "cursor", "auggie", "amp", "opencode", "copilot", "scripted",
      ])
    for runtime in Runtime.presets { #expect(!runtime.processNames.isEmpty && !runtime.command.isEmpty) }
  }
}
