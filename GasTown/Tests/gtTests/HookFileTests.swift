import BeadsKit
import GasTownKit
import Testing

@Suite("Hooks of runtimes")
struct HookFileTests {
  private func town(_ agent: String) throws -> TestTown {
    let town = try TestTown(rig: true)
    try town.write("bin/\(agent)", "#!/bin/sh\n")
    try FileSystem.setMode(Path.join(town.root, "bin", agent), 0o755)
    town.environment.variables["PATH"] = Path.join(town.root, "bin") + ":" + (town.environment["PATH"] ?? "")
    #expect(town.gt("config", "default-agent", agent).status == 0)
    return town
  }

  @Test func areWrittenOutsideOfProjects() throws {
    let town = try town("claude")
    #expect(town.gt("hooks", "diff").status == 1)
    #expect(town.gt("hooks", "sync").status == 0)
    #expect(town.gt("hooks", "diff").status == 0)
    let states = try town.json("hooks", "list").arrayValue ?? []
    #expect(states.map { $0["role"]?.stringValue } == ["mayor", "crew", "polecat"])
    #expect(states.allSatisfy { $0["state"] == .string("current") })
    let text = try town.text("app/polecats/.claude/settings.json")
    let hooks = try #require(JSONValue(parsing: text)?["hooks"])
    let command = hooks["SessionStart"]?.arrayValue?.first?["hooks"]?.arrayValue?.first?["command"]?
      .stringValue
    #expect(
      command?.hasSuffix("gt' mail check --inject") == true && command?.contains(" prime --hook && ") == true)
    #expect(hooks["PreCompact"] != nil && hooks["UserPromptSubmit"] != nil)
    #expect(try town.text("app/crew/.claude/settings.json").contains("handoff --cycle"))
  }

  @Test func whatSomebodyElseWroteStays() throws {
    let town = try town("claude")
    let mine =
      #"{"model": "opus", "hooks": {"Stop": [{"hooks": []}], "SessionStart": [{"matcher": "mine"}]}}"#
    try town.write("mayor/.claude/settings.json", mine)
    try town.write("app/crew/.claude/settings.json", "{ torn")
    let result = town.gt("hooks", "sync")
    #expect(result.status == 1 && result.standardError.contains("app/crew/.claude/settings.json"))
    #expect(try town.text("app/crew/.claude/settings.json") == "{ torn")
    let settings = try #require(JSONValue(parsing: try town.text("mayor/.claude/settings.json")))
    #expect(settings["model"] == .string("opus"))
    #expect(settings["hooks"]?["Stop"]?.arrayValue?.count == 2)
    #expect(settings["hooks"]?["SessionStart"]?.arrayValue?.count == 2)
    let before = try town.text("mayor/.claude/settings.json")
    #expect(town.gt("hooks", "sync").status == 1)
    #expect(try town.text("mayor/.claude/settings.json") == before)
  }

  private func commands(_ file: String, _ event: String, _ town: TestTown) throws -> [String] {
    let entries = JSONValue(parsing: try town.text(file))?["hooks"]?[event]?.arrayValue ?? []
    return entries.flatMap { entry in
      (entry["hooks"]?.arrayValue ?? [entry]).compactMap { ($0["command"] ?? $0["bash"])?.stringValue }
    }
  }

  /// What a runtime drops is not told there: it would be lost.
  @Test(
    "the events of each runtime",
    arguments: [
      (
        "gemini", ".gemini/settings.json",
        ["AfterAgent", "BeforeAgent", "BeforeTool", "PreCompress", "SessionStart"]
      ),
      ("cursor", ".cursor/hooks.json", ["beforeShellExecution", "preCompact", "sessionStart", "stop"]),
      ("copilot", ".github/hooks/gastown.json", ["agentStop", "preToolUse", "sessionStart"]),
    ])
  func runtimes(agent: String, file: String, events: [String]) throws {
    let town = try town(agent)
    if agent == "cursor" { try town.write("bin/cursor-agent", "#!/bin/sh\n") }
    if agent == "cursor" { try FileSystem.setMode(Path.join(town.root, "bin/cursor-agent"), 0o755) }
    #expect(town.gt("crew", "add", "max").status == 0)
    #expect(town.gt("hooks", "sync").status == 0)
    let path = "app/crew/max/\(file)"
    guard case .object(let members)? = JSONValue(parsing: try town.text(path))?["hooks"] else {
      Issue.record("no hooks")
      return
    }
    #expect(members.map(\.key).sorted() == events)
    // Nothing of it is the project's.
    #expect(try town.git("app/crew/max", "status", "--porcelain").isEmpty)
    #expect(town.gt("hooks", "diff").status == 0)
    // What a person leaves as it is built in has the form of each runtime.
    #expect(town.gt("hooks", "init").status == 0)
    #expect(town.gt("hooks", "diff").status == 0)
  }

  @Test func answersAreInTheFormOfTheRuntime() throws {
    let gemini = try HookForm.named("gemini")
    #expect(
      gemini.telling("Hello\n", at: "SessionStart")
        == #"{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"Hello\n"}}"# + "\n")
    #expect(gemini.telling(" \n", at: "SessionStart") == "{}\n")
    #expect(gemini.answer(toStopping: "work") == #"{"decision":"deny","reason":"work"}"# + "\n")
    #expect(gemini.refusal("no") == nil)
    #expect(try HookForm.named(nil).telling("Hello\n", at: "") == "Hello\n")
    #expect(try HookForm.named(nil).answer(toStopping: nil) == #"{"decision":"approve"}"# + "\n")
    let copilot = try HookForm.named("copilot")
    #expect(
      copilot.refusal("no") == #"{"permissionDecision":"deny","permissionDecisionReason":"no"}"# + "\n")
    #expect(try HookForm.named("codex").answer(toStopping: nil) == "{}\n")
    #expect(try HookForm.named("cursor").answer(toStopping: "work") == #"{"followup_message":"work"}"# + "\n")
    #expect(throws: BeadsError.self) { try HookForm.named("nosuch") }
  }

  @Test func baseAndOverridesAreOnTopOfEachOther() throws {
    let town = try town("claude")
    let home = town.environment.homeDirectory
    #expect(
      try town.json("hooks", "base")["Stop"]?[0]?["hooks"]?[0]?["command"]
        == .string("{{GT_BIN}} signal stop"))
    #expect(town.gt("hooks", "init").status == 0)
    #expect(town.gt("hooks", "init").standardError.contains("exists already"))
    try town.write(
      "\(home)/.gt/hooks-base.json",
      #"{"Stop": [{"matcher": "", "add": true, "hooks": [{"command": "say done"}]}], "Notification": [{"hooks": [{"command": "beep"}]}]}"#
    )
    try town.write(
      "\(home)/.gt/hooks-overrides/app__crew.json",
      #"{"UserPromptSubmit": [{"matcher": "", "hooks": []}], "PreToolUse": [{"matcher": "Write", "hooks": [{"command": "check"}]}]}"#
    )
    #expect(town.gt("hooks", "sync").status == 0)
    let crew = "app/crew/.claude/settings.json"
    #expect(try commands(crew, "UserPromptSubmit", town) == [])
    #expect(try commands(crew, "PreToolUse", town).last == "GT_HOOK=1; check")
    #expect(try commands(crew, "PreToolUse", town).count == 2)
    #expect(try commands(crew, "Stop", town).count == 2)
    #expect(try commands(crew, "Notification", town) == ["GT_HOOK=1; beep"])
    // The role's own takes the place of the base, as it is built in.
    #expect(try commands("app/polecats/.claude/settings.json", "Stop", town).count == 1)
    #expect(try commands("mayor/.claude/settings.json", "UserPromptSubmit", town).count == 1)
    // What is taken out of the settings goes out of the files.
    #expect(town.gt("hooks", "override", "app/crew", "--remove").status == 0)
    #expect(town.gt("hooks", "base", "--remove").standardOutput.contains("is gone"))
    #expect(town.gt("hooks", "sync").status == 0)
    #expect(try commands(crew, "Notification", town) == [])
    #expect(try commands(crew, "UserPromptSubmit", town).count == 1)
  }

  @Test func whatCannotBeUnderstoodChangesNothing() throws {
    let town = try town("claude")
    #expect(town.gt("hooks", "sync").status == 0)
    let before = try town.text("mayor/.claude/settings.json")
    let base = "\(town.environment.homeDirectory)/.gt/hooks-base.json"
    for text in ["{ torn", #"{"Stop": {}}"#, #"{"Stop": [{"hooks": [{"type": "command"}]}]}"#, "[]"] {
      try town.write(base, text)
      let result = town.gt("hooks", "sync")
      #expect(result.status == 1 && result.standardError.contains("hooks-base.json"), "\(result)")
      #expect(try town.text("mayor/.claude/settings.json") == before)
    }
    #expect(town.gt("hooks", "override", "witness").standardError.contains("hooks cannot be for"))
    #expect(town.gt("hooks", "override", "nosuch/crew").standardError.contains("there is no rig"))
  }

  @Test func hooksOfTheRegistryJoinWhatIsThere() throws {
    let town = try town("claude")
    try town.write(
      "hooks/registry.toml",
      """
      [hooks.lint]
      description = "looks at the code"
      event = "Stop"
      command = "make lint"
      roles = ["polecat"]
      [hooks.off]
      event = "Stop"
      command = "x"
      enabled = false
      """)
    let names = try town.json("hooks", "registry").arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    #expect(names.contains("lint") && names.contains("dangerous-command") && !names.contains("off"))
    #expect(town.gt("hooks", "install", "nosuch").standardError.contains("the registry has no hook"))
    #expect(town.gt("hooks", "install", "lint").status == 0)
    #expect(town.gt("hooks", "install", "lint").status == 0)
    #expect(town.gt("hooks", "sync").status == 0)
    let lines = try commands("app/polecats/.claude/settings.json", "Stop", town)
    #expect(lines.count == 2 && lines.first?.hasSuffix("tap polecat-stop-check") == true)
    #expect(lines.last == "GT_HOOK=1; make lint")
    let scanned = try town.json("hooks", "scan").arrayValue ?? []
    #expect(
      scanned.contains { $0["hook"]?.stringValue?.contains("make lint") == true && $0["ours"] == .bool(true) }
    )
    try town.write("hooks/registry.toml", "[hooks.lint]\nevent = 1\n")
    #expect(town.gt("hooks", "registry").standardError.contains("needs an event and a command"))
  }
}
