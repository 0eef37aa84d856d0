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
}
