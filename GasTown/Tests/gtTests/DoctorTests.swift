import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt doctor")
struct DoctorTests {
  private func town() throws -> TestTown {
    let town = try TestTown()
    // Without agents to look for, `headless` looks at nothing but files.
    town.environment.variables["GT_SESSIONS"] = "headless"
    return town
  }

  /// Scenario 1 of the contract's appendix D.
  @Test func aNewTownIsInOrder() throws {
    let town = try town()
    #expect(town.gt("crew", "add", "max").status == 0)
    let result = town.gt("doctor")
    #expect(result.status == 0)
    #expect(result.standardOutput.hasSuffix("checks: 0 errors, 0 warnings\n"), "\(result.standardOutput)")
    let before = try snapshot(town.root)
    #expect(town.gt("doctor", "--fix").status == 0)
    #expect(try snapshot(town.root) == before)
    let summary = try town.json("doctor")["summary"]
    #expect(summary?["errors"] == .number("0"))
    #expect(
      town.gt("doctor", "-v").standardOutput.contains("✓ bare-repo  every rig has its shared repository"))
  }

  @Test(
    "puts right what it can, and looks again",
    arguments: [
      "route", "redirect", "mayor", "exclude", "refspec", "config", "words", "gitdir", "file", "dangling",
    ])
  func repairs(damage: String) throws {
    let town = try town()
    let rig = try town.rig()
    let (check, severity) = try break_(damage, town, rig)
    let broken = town.gt("doctor")
    #expect(broken.standardOutput.contains(check), "\(broken.standardOutput)")
    #expect(broken.status == (severity == "error" ? 1 : 0))
    #expect(broken.standardOutput.contains("`gt doctor --fix` puts right what it can"))
    let fixed = town.gt("doctor", "--fix")
    #expect(fixed.status == 0, "\(fixed.standardOutput)")
    #expect(fixed.standardOutput.contains("put right: "))
    #expect(town.gt("doctor").standardOutput.hasSuffix("0 errors, 0 warnings\n"))
  }

  private func break_(_ damage: String, _ town: TestTown, _ rig: Rig) throws -> (String, String) {
    switch damage {
    case "route":
      try town.write(".beads/routes.jsonl", #"{"prefix":"hq-","path":"."}"# + "\n")
      return ("routes-config", "error")
    case "dangling":
      let routes = try town.text(".beads/routes.jsonl")
      try town.write(".beads/routes.jsonl", routes + #"{"prefix":"old-","path":"old"}"# + "\n")
      return ("routes-config", "warning")
    case "mayor":
      try FileSystem.remove(rig.path("mayor/rig/.beads/redirect"))
      return ("beads-redirect", "error")
    case "redirect":
      try town.write("app/refinery/rig/.beads/redirect", "../nowhere\n")
      return ("beads-redirect", "error")
    case "exclude":
      try town.write("app/.repo.git/info/exclude", "mine\n")
      return ("git-exclude", "warning")
    case "refspec":
      try town.git("app/.repo.git", "config", "--unset-all", "remote.origin.fetch")
      return ("bare-repo", "error")
    case "config":
      try FileSystem.remove(rig.path("config.json"))
      return ("rigs-registry", "error")
    case "words":
      let ledgers = town.ledgers()
      defer { ledgers.close() }
      try ledgers.hq().write("forget") { tx throws(BeadsError) in try tx.setConfig("types.custom", "mine") }
      return ("trackers", "error")
    case "gitdir":
      try FileSystem.rename(rig.path("refinery"), to: rig.path("moved"))
      try FileSystem.makeDirectory(rig.path("refinery"))
      try FileSystem.rename(rig.path("moved/rig"), to: rig.path("refinery/rig"))
      try town.write("app/.repo.git/worktrees/rig/gitdir", "/nowhere/.git\n")
      try town.write("app/refinery/rig/.git", "gitdir: /nowhere/worktrees/rig\n")
      return ("checkouts", "error")
    default:
      try FileSystem.remove(Path.join(town.root, "settings/escalation.json"))
      return ("town-files", "error")
    }
  }

  @Test func ownWordsOfTheTrackerStay() throws {
    let town = try town()
    _ = try break_("words", town, town.rig())
    #expect(town.gt("doctor", "--fix").status == 0)
    let vocabulary = try town.ledgers().hq().rules.vocabulary
    #expect(vocabulary.isKnown(IssueType(rawValue: "mine")))
    #expect(vocabulary.isKnown(.convoy))
  }

  @Test(
    "leaves files alone that it cannot understand",
    arguments: [
      "mayor/rigs.json", "settings/config.json", "mayor/daemon.json", "app/settings/config.json",
      "app/config.json",
    ])
  func corrupt(file: String) throws {
    let town = try town()
    try town.write(file, "{\"torn")
    let before = try snapshot(town.root)
    let result = town.gt("doctor", "--fix")
    #expect(result.status == 1)
    #expect((result.standardOutput + result.standardError).contains("\(town.root)/\(file)"))
    #expect(try snapshot(town.root) == before)
  }

  @Test func aRepairThatDoesNotHelpIsReported() throws {
    let town = try town()
    try FileSystem.remove(Path.join(town.root, "settings/escalation.json"))
    let result = withFailures("file.write#1+=ENOSPC") { town.gt("doctor", "--fix") }
    #expect(result.status == 1)
    #expect(result.standardOutput.contains("could not be put right: settings/escalation.json is missing"))
    #expect(result.standardOutput.contains("the disk is full"))
  }

  @Test func agentsAndIssuesThatDisagreeAreNamed() throws {
    let town = try town()
    let database = try town.database()
    var record = AgentRecord(.polecat(try RigName("app"), try AgentName("nux")))
    record.bead = try town.makeIssue("Open, not hooked")
    record.state = .working
    try database.save(record)
    let stray = try town.makeIssue("On nobody's hook")
    let ledgers = town.ledgers()
    let store = try ledgers.store(for: stray)
    try store.write("hook") { tx throws(BeadsError) in
      try tx.update(stray) { issue in
        issue.status = .hooked
        issue.assignee = "app/polecats/slit"
      }
    }
    ledgers.close()
    let text = town.gt("doctor").standardOutput
    #expect(text.contains("app/polecats/nux has \(record.bead!) on its hook, but that is open"))
    #expect(text.contains("\(stray) is on the hook of app/polecats/slit, who does not know of it"))
  }

  @Test func aRigWhoseFolderIsGoneDoesNotHideTheOthers() throws {
    let town = try town()
    try town.makeOrigin("web")
    #expect(town.gt("rig", "add", "web", town.originPath("web")).status == 0)
    try FileSystem.rename(Path.join(town.root, "app"), to: Path.join(town.root, "../gone"))
    try FileSystem.remove(Path.join(town.root, "web/config.json"))
    let text = town.gt("doctor").standardOutput
    #expect(text.contains("the folder of the rig app is gone"))
    #expect(text.contains("web/config.json is missing"))
    #expect(town.gt("doctor", "--rig", "nope").status == 1)
  }
}
