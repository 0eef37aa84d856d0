import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Scenario 28 of the contract's appendix D: overlays that replace steps, add to them and leave them out.
@Suite("gt formula overlay and create")
struct OverlayTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }
  private let formula = "mol-polecat-work"
  private let rigFile = "app/formula-overlays/mol-polecat-work.toml"
  private let townFile = "formula-overlays/mol-polecat-work.toml"

  init() throws { quiet = try QuietTown() }

  private func edit(_ words: String...) -> GtResult {
    town.gt(["formula", "overlay", "edit", formula] + words)
  }

  private func prime(_ agent: String) -> String { town.gt(["prime"], as: agent).standardOutput }

  @Test func leaveOutAStepThatIsInherited() throws {
    let tdd = "mol-polecat-work-tdd"
    let skip = ["formula", "overlay", "edit", tdd, "--rig", "app", "--step", "self-review", "--mode", "skip"]
    #expect(town.gt(skip).status == 0)
    let rig = try RigName("app")
    let plan = try town.ledgers().formulas(of: rig).cooked(tdd, values: ["issue": "app-1", "feature": "x"])
    let ids = plan.steps.map(\.id)
    #expect(!ids.contains("self-review") && ids.contains("commit-changes"))
    #expect(Set(ids).count == ids.count)
  }

  @Test func changeWhatAPolecatIsTold() throws {
    #expect(
      edit("--step", "implement", "--mode", "append", "--text", "Mention {{issue}} in CHANGES.").status == 0)
    #expect(
      edit("--rig", "app", "--step", "load-context", "--mode", "replace", "--text", "Read it twice.").status
        == 0)
    #expect(edit("--rig", "app", "--step", "self-review", "--mode", "skip").status == 0)
    let id = try town.makeIssue("Greeting")
    #expect(town.gt("sling", id.rawValue, "app").status == 0)
    let agent = try #require(try town.database().agent(on: id)).address.text
    // The rig's file takes the place of the town's.
    var text = prime(agent)
    #expect(!text.contains("in CHANGES."))
    #expect(text.contains("Read it twice."))
    #expect(!text.contains("(`self-review`)"))
    let nodes = try #require(try town.json("mol", "dag", as: agent)["nodes"]?.arrayValue)
    #expect(!nodes.contains { $0["id"]?.stringValue == "self-review" })
    // Who needed the step that is left out needs what that needed.
    let next = nodes.first { $0["id"]?.stringValue == "build-check" }
    #expect(next?["needs"]?.strings == ["commit-changes"])
    // Without it the town's holds, for work that has begun too.
    try FileSystem.remove(Path.join(town.root, rigFile))
    text = prime(agent)
    #expect(text.contains("Mention \(id) in CHANGES."))
    #expect(text.contains("(`self-review`)"))
    #expect(edit("--step", "implement", "--remove").standardOutput.contains("as it was written"))
    #expect(!town.exists(townFile))
    #expect(!prime(agent).contains("in CHANGES."))
  }

  @Test func keepWhatPeopleWroteAroundTheirChanges() throws {
    let text = """
      # Why: see issue 7.
      [[step-overrides]]
      step_id = "implement"  # the long one
      mode = "append"
      description = \"""
      Two
      lines.
      \"""

      # Nobody needs it.
      [[step-overrides]]
      step_id = "self-review"
      mode = "skip"

      """
    try town.write(rigFile, text)
    #expect(
      edit("--rig", "app", "--step", "build-check", "--mode", "append", "-m", "Say \"so\".\nTwice.").status
        == 0)
    #expect(try town.text(rigFile).hasPrefix(text))
    let shown = try town.json("formula", "overlay", "show", formula, "--rig", "app")
    #expect(
      shown["overrides"]?.arrayValue?.compactMap { $0["description"]?.stringValue }
        == ["Two\nlines.\n", "Say \"so\".\nTwice."])
    #expect(edit("--rig", "app", "--step", "build-check", "--remove").status == 0)
    #expect(try town.text(rigFile).split(separator: "\n") == text.split(separator: "\n"))
    #expect(
      edit("--rig", "app", "--step", "self-review", "--mode", "replace", "-m", "Look again.").status == 0)
    #expect(
      try town.text(rigFile).hasPrefix(
        "# Why: see issue 7.\n[[step-overrides]]\nstep_id = \"implement\"  # the"))
    let list = try town.json("formula", "overlay", "list")
    #expect(list[0]?["overrides"]?.arrayValue?.map { $0["mode"]?.stringValue } == ["append", "replace"])
    #expect(list[0]?["rig"]?.stringValue == "app")
    #expect(try town.json("formula", "overlay", "list", "--town") == .array([]))
  }

  @Test func refuseWhatCannotHold() throws {
    for words in [
      ["--step", "nope", "--mode", "skip"], ["--step", "implement", "--mode", "append"],
      ["--step", "implement", "--mode", "skip", "-m", "why"], ["--step", "implement"], ["--mode", "skip"],
      ["--step", "implement", "--remove"], ["--rig", "nowhere", "--step", "implement", "--mode", "skip"],
      ["--rig", "app", "--town", "--step", "implement", "--mode", "skip"],
      ["--step", "implement", "--mode", "replace", "-m", ""],
    ] {
      let result = town.gt(["formula", "overlay", "edit", formula] + words)
      #expect(result.status != 0, "\(words)")
      #expect(result.standardError.split(separator: "\n").count <= 3, "\(result.standardError)")
    }
    #expect(town.gt("formula", "overlay", "edit", "no-such", "--step", "a", "--mode", "skip").status == 1)
    #expect(town.gt("formula", "overlay", "edit", "../x", "--step", "a", "--mode", "skip").status == 1)
    #expect(
      town.gt("formula", "overlay", "edit", "code-review", "--step", "a", "--mode", "skip").standardError
        .contains("legs"))
    #expect(!town.exists("formula-overlays"))
    // A file that was broken by hand is named, and is left as it is.
    try town.write(townFile, "[[step-overrides]]\nstep_id = 3\n")
    #expect(town.gt("formula", "overlay", "list").standardError.contains(townFile))
    #expect(edit("--step", "implement", "--mode", "skip").status == 1)
    #expect(try town.text(townFile) == "[[step-overrides]]\nstep_id = 3\n")
  }

  @Test func tellWhichStepsAreGone() throws {
    try town.write(townFile, "[[step-overrides]]\nstep_id = \"old\"\nmode = \"skip\"\n")
    #expect(try town.json("formula", "overlay", "list")[0]?["stale_steps"]?.strings == ["old"])
    #expect(edit("--step", "implement", "--mode", "skip").status == 0)
    let doctor = town.gt("doctor")
    #expect(doctor.standardOutput.contains("overlay-health"), "\(doctor.standardOutput)")
    #expect(doctor.status == 0)
  }

  @Test func areEditedInTheEditor() throws {
    let editor = Path.join(town.root, "editor")
    try town.write("editor", "#!/bin/sh\ncat \(town.root)/draft > \"$1\"\n")
    try FileSystem.setMode(editor, 0o755)
    town.environment.variables["EDITOR"] = editor
    town.environment.variables["VISUAL"] = nil
    try town.write("draft", "[[step-overrides]]\nstep_id = \"implement\"\nmode = \"skip\"\n")
    #expect(edit("--rig", "app").status == 0)
    #expect(try town.text(rigFile) == town.text("draft"))
    try town.write("draft", "[[step-overrides]]\nmode = \"skip\"\n")
    let refused = edit("--rig", "app")
    #expect(refused.status == 1)
    #expect(refused.standardError.contains("your text is kept in "))
    #expect(try FileSystem.list(Path.join(town.root, ".runtime/drafts")).count == 1)
    #expect(try town.text(rigFile).contains("implement"))
    town.environment.variables["EDITOR"] = nil
    #expect(edit("--rig", "app").standardError.contains("no editor is set"))
  }

  @Test("formulas are begun", arguments: NewFormula.Template.allCases)
  func create(template: NewFormula.Template) throws {
    let made = try town.json("formula", "create", "ours", "--type", template.rawValue, "--rig", "app")
    #expect(made["path"]?.stringValue?.hasSuffix(".beads/formulas/ours.formula.toml") == true)
    #expect(made["steps"]?.strings?.count == (template == .task ? 1 : 3))
    #expect(try town.json("formula", "show", "ours", "--rig", "app")["name"]?.stringValue == "ours")
    #expect(town.gt("formula", "show", "ours").status == 1)
    #expect(town.gt("formula", "create", "ours", "--rig", "app").status == 1)
    #expect(town.gt("formula", "create", formula).standardError.contains("there is a formula"))
    for name in ["", "a b", "../x", "a\"b", ".x"] { #expect(town.gt("formula", "create", name).status != 0) }
    let id = try town.makeIssue("Greeting")
    #expect(town.gt("sling", "ours", "--on", id.rawValue, "app").status == 0)
    let agent = try #require(try town.database().agent(on: id)).address.text
    #expect(prime(agent).contains("Checklist: ours"))
  }
}
