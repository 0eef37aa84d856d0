import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt crew")
struct CrewTests {
  @Test func addMakesAFullClone() throws {
    let town = try TestTown()
    #expect(
      town.gt("crew", "add", "max").standardOutput == """
        ✓ Added app/crew/max
          Clone: \(town.root)/app/crew/max

        """)
    #expect(try town.git("app/crew/max", "status", "--porcelain", "--branch") == "## main...origin/main")
    #expect(try town.git("app/crew/max", "config", "remote.origin.url") == town.originPath("app"))
    #expect(try town.text("app/crew/max/.beads/redirect") == "../../.beads\n")
    let own = try town.json("crew", "add", "joe", "--branch", "--rig", "app")
    #expect(own.arrayValue?.first?["branch"] == .string("crew/joe"))
    #expect(try town.git("app/crew/joe", "branch", "--show-current") == "crew/joe")
    #expect(try town.database().agents(rig: try RigName("app"), role: .crew).count == 2)
    let names = try town.json("crew", "list").arrayValue?.compactMap { $0["name"]?.stringValue }
    #expect(names == ["joe", "max"])
    #expect(town.gt("crew", "list").standardOutput.contains("max   app  main      clean"))
  }

  @Test func aCloneSeesWhatWasPushedMeanwhile() throws {
    let town = try TestTown()
    #expect(town.gt("crew", "add", "max").status == 0)
    try town.write("app/crew/max/new.txt", "new\n")
    try town.git("app/crew/max", "add", "new.txt")
    try town.git("app/crew/max", "commit", "-qm", "Third")
    try town.git("app/crew/max", "push", "-q")
    #expect(town.gt("crew", "add", "joe").status == 0)
    #expect(try town.git("app/crew/joe", "log", "--format=%s", "-1") == "Third")
  }

  @Test(
    "refuses names",
    arguments: ["", "../x", "a b", "-x", "a/b", "a.b", "witness", "refinery", "polecats", "a\u{1B}[0m", "ä"])
  func names(name: String) throws {
    let town = try TestTown()
    let before = try snapshot(town.root)
    let result = town.gt(["crew", "add", "--rig", "app", "--", name])
    #expect(result.status != 0)
    #expect(try snapshot(town.root) == before)
  }

  @Test func addRefusesWhatIsThereAndLeavesNothingWhenItFails() throws {
    let town = try TestTown()
    #expect(town.gt("crew", "add", "max").status == 0)
    #expect(town.gt("crew", "add", "max").standardError.contains("exists already"))
    for count in [1, 2, 4] {
      let result = withFailures("file.write#\(count)+=ENOSPC") { town.gt("crew", "add", "joe") }
      #expect(result.status == 1, "\(count)")
      #expect(!town.exists("app/crew/joe"))
    }
    #expect(town.gt("crew", "add", "joe").status == 0)
  }

  @Test func removeKeepsWhatNobodyElseHas() throws {
    let town = try TestTown()
    #expect(town.gt("crew", "add", "max").status == 0)
    try town.write("app/crew/max/draft.txt", "never lost\n")
    try town.git("app/crew/max", "commit", "-q", "--allow-empty", "-m", "Not pushed")
    try town.git("app/crew/max", "branch", "side")
    let refused = town.gt("crew", "remove", "max")
    #expect(refused.status == 2)
    #expect(refused.standardError.contains("files that are not committed: draft.txt"))
    #expect(refused.standardError.contains("commits that were not pushed: 1"))
    #expect(town.exists("app/crew/max/draft.txt"))

    let removed = try town.json("crew", "remove", "max", "--force")
    let reference = try #require(removed.arrayValue?.first?["saved"]?.arrayValue?.first?.stringValue)
    #expect(!town.exists("app/crew/max"))
    #expect(try town.git("app/.repo.git", "show", "\(reference):draft.txt") == "never lost")
    #expect(try town.git("app/.repo.git", "log", "--format=%s", "-1", "\(reference)^") == "Not pushed")
    #expect(try town.json("crew", "list") == .array([]))
  }

  @Test func aCleanCloneGoesWithoutForce() throws {
    let town = try TestTown()
    #expect(town.gt("crew", "add", "max").status == 0)
    #expect(
      town.gt(["crew", "remove", "max"], in: "app/crew/max").standardError.contains("this shell is in"))
    #expect(town.gt("crew", "remove", "max").standardOutput == "✓ Removed app/crew/max\n")
    #expect(town.gt("crew", "remove", "max").standardError.contains("has no crew member"))
  }

  @Test func sessionsOfTheCrew() throws {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    #expect(town.gt("crew", "add", "max").status == 0)
    #expect(town.gt("crew", "start", "max", "--agent", "nosuch").status == 1)
    #expect(town.gt("rig", "park", "app").status == 0)
    #expect(town.gt("crew", "start", "max", "--agent", "scripted").standardError.contains("is parked"))
    #expect(town.gt("rig", "unpark", "app").status == 0)

    let started = town.gt("crew", "start", "max", "--agent", "scripted")
    defer { town.gt("crew", "stop", "max") }
    #expect(started.standardOutput == "✓ app/crew/max started\n", "\(started.standardError)")
    #expect(town.gt("crew", "start", "--all").standardOutput == "✓ app/crew/max already running\n")
    #expect(try town.json("crew", "list").arrayValue?.first?["has_session"] == .bool(true))
    #expect(town.gt("status").standardOutput.contains("● crew max  running"))
    #expect(town.gt("rig", "remove", "app").standardError.contains("app/crew/max"))
    #expect(town.gt("crew", "stop", "max").standardOutput == "✓ app/crew/max stopped\n")
    #expect(town.gt("crew", "stop", "max").standardOutput == "✓ app/crew/max not running\n")
    #expect(town.gt("status").standardOutput.contains("0 running · 0 problems"))
    #expect(town.gt("rig", "stop", "app").standardOutput.hasPrefix("✓ app is parked\n"))
    #expect(town.gt("rig", "start", "app").standardOutput.hasPrefix("✓ app is operational\n"))
  }
}
