import BeadsKit
import GasTownKit
import Testing

@Suite("Molecules of agents")
struct MolTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws { quiet = try QuietTown() }

  private func sling(_ flags: String...) throws -> (id: IssueID, me: String) {
    let id = try town.makeIssue("Greeting")
    let result = town.gt(["sling", id.rawValue, "app"] + flags)
    try #require(result.status == 0, "\(result.standardError)")
    return (id, try #require(try town.database().agent(on: id)).address.text)
  }

  @Test func areTakenOffAndPutOnAgain() throws {
    let (id, me) = try sling()
    let before = try town.json("mol", "attachment", as: me)
    #expect(before["attached_formula"] == .string("mol-polecat-work"))
    #expect(town.gt(["mol", "attach", "shiny"], as: me).status == 1)
    let detached = try town.json("mol", "detach", as: me)
    #expect(detached["detached"] == before["attached_molecule"])
    #expect(town.gt(["mol", "status"], as: me).status == 1)
    #expect(town.gt(["mol", "attach", "shiny", "--var", "feature=Hello"], as: me).status == 0)
    #expect(try Attachment(quiet.issue(id)).formula == "shiny")
    #expect(town.gt(["mol", "attach", "no-such-formula", "--force"], as: me).status == 1)
    #expect(try Attachment(quiet.issue(id)).formula == "shiny")
  }

  @Test func stepsHaveTiers() throws {
    let (_, me) = try sling()
    let dag = try town.json("mol", "dag", as: me)
    let tiers = try #require(dag["tiers"]?.arrayValue)
    #expect(tiers.first == .array([.string("load-context")]))
    #expect(tiers.count == dag["nodes"]?.arrayValue?.count)
    #expect(town.gt(["mol", "dag", "--tree"], as: me).standardOutput.contains("← load-context"))
  }

  @Test("end with a digest or without", arguments: [true, false])
  func end(keepsDigest: Bool) throws {
    let (id, me) = try sling()
    town.gt(["mol", "step", "done"], as: me)
    let words = keepsDigest ? ["mol", "squash", "--summary", "went well"] : ["mol", "burn"]
    let result = town.gt(words + ["--json"], as: me)
    #expect(result.status == 0, "\(result.standardError)")
    let digest = JSONValue(parsing: result.standardOutput)?["digest"]?.stringValue
    #expect((digest != nil) == keepsDigest)
    if let digest {
      let issue = try quiet.issue(IssueID(digest))
      #expect(issue.status == .closed)
      #expect(issue.description.contains("went well"))
      #expect(issue.description.contains("1 of 8 steps"))
    }
    #expect(try quiet.everything(rig: "app").allSatisfy { !$0.isEphemeral })
    #expect(try Attachment(quiet.issue(id)).molecule == nil)
    #expect(try quiet.issue(id).assignee == me)
  }

  @Test func formulasAreListedAndShownAsTheirOverlaysChangeThem() throws {
    try town.write(
      "app/formula-overlays/shiny.toml",
      "[[step-overrides]]\nstep_id = \"implement\"\nmode = \"replace\"\ndescription = \"Our way.\"\n")
    let all = try #require(try town.json("formula", "list").arrayValue)
    #expect(all.contains { $0["name"] == .string("mol-polecat-work") && $0["steps"] == .number("8") })
    let shown = try town.json("formula", "show", "shiny", "--rig", "app")
    #expect(shown["overlay"]?.stringValue?.hasSuffix("app/formula-overlays/shiny.toml") == true)
    #expect(shown["steps"]?.arrayValue?.contains { $0["description"] == .string("Our way.") } == true)
    #expect(try town.json("formula", "show", "shiny")["overlay"] == nil)
    #expect(town.gt("formula", "show", "shinny").standardError.contains("shiny"))
  }

  @Test func issuesOfAnyRigAreShownAssignedAndClosed() throws {
    try FileSystem.makeDirectory(town.rig().crewClone(AgentName("max")))
    let hq = try town.makeIssue("In the town", rig: nil)
    let made = try town.json("assign", "app/crew/max", "Look", "at", "it", "-d", "soon", "-p", "1")
    let id = try IssueID(try #require(made["id"]?.stringValue))
    #expect(made["title"] == .string("Look at it"))
    #expect(made["assignee"] == .string("app/crew/max"))
    #expect(town.gt("assign", "crew/max", "More").status == 1)
    let shown = try town.json("show", hq.rawValue, id.rawValue).arrayValue
    #expect(shown?.compactMap { $0["id"]?.stringValue } == [hq.rawValue, id.rawValue])
    #expect(town.gt("close", id.rawValue, hq.rawValue, "-r", "done").status == 0)
    #expect(try quiet.issue(id).closeReason == "done")
    #expect(try quiet.issue(hq).status == .closed)
    #expect(town.gt("show", "zz-1").status == 1)
  }
}
