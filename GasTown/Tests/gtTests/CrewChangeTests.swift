import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt crew refresh, pristine, rename, restart; gt worktree")
struct CrewChangeTests {
  private func town() throws -> TestTown {
    let town = try TestTown()
    #expect(town.gt("crew", "add", "max").status == 0)
    return town
  }

  private func push(_ file: String, _ town: TestTown, from clone: String) throws {
    try town.write("\(clone)/\(file)", "new\n")
    try town.git(clone, "add", file)
    try town.git(clone, "commit", "-qm", "Add \(file)")
    try town.git(clone, "push", "-q")
  }

  @Test func pristineOnlyEverGoesForward() throws {
    let town = try town()
    #expect(town.gt("crew", "add", "joe", "ann").status == 0)
    #expect(town.gt("crew", "pristine", "max").standardOutput == "○ app/crew/max has everything\n")
    try push("new.txt", town, from: "app/crew/joe")
    try town.write("app/crew/ann/draft.txt", "mine\n")
    let result = town.gt("crew", "pristine")
    #expect(result.status == 1)
    #expect(result.standardOutput.contains("✓ app/crew/max has 1 more commits"))
    #expect(result.standardOutput.contains("! app/crew/ann is left alone: 1 files are not committed"))
    #expect(try town.text("app/crew/max/new.txt") == "new\n")
    #expect(!town.exists("app/crew/ann/new.txt"))
    // Commits of its own stay on top of what they were made on.
    try town.git("app/crew/max", "commit", "-q", "--allow-empty", "-m", "Mine")
    try push("more.txt", town, from: "app/crew/joe")
    let head = try town.git("app/crew/max", "rev-parse", "HEAD")
    let kept = town.gt("crew", "pristine", "max", "--json")
    #expect(JSONValue(parsing: kept.standardOutput)?.arrayValue?.first?["pulled"] == .bool(false))
    #expect(try town.git("app/crew/max", "rev-parse", "HEAD") == head)
    #expect(town.gt("crew", "pristine", "nobody").standardError.contains("has no crew member"))
  }

  @Test func renameMovesCloneAndMail() throws {
    let town = try town()
    try town.write("app/crew/max/draft.txt", "never lost\n")
    #expect(town.gt("mail", "send", "app/crew/max", "-s", "For you", "-m", "x").status == 0)
    let renamed = try town.json("crew", "rename", "max", "maxine")
    #expect(renamed["address"] == .string("app/crew/maxine"))
    #expect(!town.exists("app/crew/max"))
    #expect(try town.text("app/crew/maxine/draft.txt") == "never lost\n")
    #expect(try town.text("app/crew/maxine/.beads/redirect") == "../../.beads\n")
    #expect(try town.json("mail", "inbox", as: "app/crew/maxine")[0]?["subject"] == .string("For you"))
    #expect(try town.database().agents(role: .crew).map(\.address.text) == ["app/crew/maxine"])
    #expect(town.gt("crew", "rename", "max", "x").standardError.contains("has no crew member"))
  }

  @Test func aRenameThatWasKilledIsFinishedByTheNext() throws {
    let town = try town()
    try FileSystem.rename(Path.join(town.root, "app/crew/max"), to: Path.join(town.root, "app/crew/maxine"))
    #expect(town.gt("crew", "rename", "max", "maxine").status == 0)
    #expect(try town.database().agents(role: .crew).map(\.address.text) == ["app/crew/maxine"])
  }

  @Test func renameRefusesWhatWouldLoseSomething() throws {
    let town = try town()
    #expect(town.gt("crew", "add", "joe").status == 0)
    #expect(town.gt("crew", "rename", "max", "joe").standardError.contains("has a crew member joe already"))
    #expect(town.gt("crew", "rename", "max", "witness").standardError.contains("reserved"))
    #expect(town.gt("crew", "rename", "max", "../x").status == 1)
    #expect(
      town.gt(["crew", "rename", "max", "m2"], in: "app/crew/max").standardError.contains("this shell is in"))
    let id = try town.makeIssue("Work")
    #expect(town.gt("hook", id.rawValue, "app/crew/max").status == 0)
    #expect(town.gt("crew", "rename", "max", "m2").standardError.contains("on its hook"))
    #expect(town.exists("app/crew/max/.git") && !town.exists("app/crew/m2"))
  }

  @Test func sessionsAreReplacedInTheSameClone() throws {
    let town = try town()
    town.environment.variables["GT_SESSIONS"] = "headless"
    #expect(town.gt("crew", "start", "max", "--agent", "scripted").status == 0)
    defer { town.gt("crew", "stop", "max") }
    let max = AgentAddress.crew(try RigName("app"), try AgentName("max"))
    let first = try #require(try town.database().openSession(of: max))
    // Somebody who could not be started again is not ended.
    #expect(town.gt("crew", "restart", "max", "--agent", "nosuch").status == 1)
    #expect(try town.database().openSession(of: first.address)?.id == first.id)
    #expect(
      town.gt("crew", "restart", "max", "--dry-run").standardOutput == "✓ app/crew/max would be restarted\n")
    #expect(town.gt("crew", "restart", "max").standardOutput == "✓ app/crew/max restarted\n")
    let second = try #require(try town.database().openSession(of: first.address))
    #expect(second.id != first.id)
    let refreshed = try town.json("crew", "refresh", "max", "-m", "half done")
    #expect(refreshed["session"] == .string(second.name))
    #expect(try town.database().openSession(of: first.address)?.id != second.id)
    #expect(try town.database().lastHandoff(of: first.address)?.message?.contains("half done") == true)
    let debug = town.gt("crew", "at", "max", "--debug", "--detached")
    #expect(debug.standardError.contains("runtime scripted"), "\(debug.standardError)")
    #expect(debug.standardOutput == "✓ app/crew/max already running\n")
    #expect(town.gt("rig", "park", "app").status == 0)
    #expect(town.gt("crew", "at", "max", "--reset", "-d").standardError.contains("is parked"))
    #expect(try town.database().openSession(of: first.address) != nil)
  }

  @Test func aWorktreeInAnotherRigKeepsTheIdentity() throws {
    let town = try town()
    try town.makeOrigin("web")
    #expect(town.gt("rig", "add", "web", town.originPath("web")).status == 0)
    #expect(town.gt("worktree", "web").standardError.contains("is no crew member"))
    #expect(
      town.gt(["worktree", "app"], in: "app/crew/max").standardError.contains("has a clone of app already"))
    let path = Path.join(town.root, "web/crew/app-max")
    #expect(town.gt(["worktree", "web", "--no-cd"], in: "app/crew/max").standardOutput == path + "\n")
    #expect(town.gt(["worktree", "web"], in: "app/crew/max").standardOutput.hasPrefix("○ "))
    #expect(try town.git("web/crew/app-max", "branch", "--show-current") == "crew/app-max")
    #expect(try town.git("web/crew/app-max", "status", "--porcelain").isEmpty)
    #expect(town.gt(["whoami"], in: "web/crew/app-max").standardOutput.contains("app/crew/max"))
    #expect(try town.json("crew", "list", "web") == .array([]))
    #expect(try town.json("worktree", "list")[0]?["crew"] == .string("app/crew/max"))
    #expect(town.gt("mail", "send", "web/crew/app-max", "-s", "x", "-m", "y").status != 0)
    #expect(town.gt("crew", "rename", "max", "m2").standardError.contains("web/crew/app-max is a worktree"))

    try town.write("web/crew/app-max/draft.txt", "never lost\n")
    let refused = town.gt(["worktree", "remove", "web"], in: "app/crew/max")
    #expect(refused.status == 2 && refused.standardError.contains("draft.txt"))
    #expect(town.gt(["worktree", "remove", "web", "--force"], in: "web/crew/app-max").status == 2)
    let removed = town.gt(["worktree", "remove", "web", "--force", "--json"], in: "app/crew/max")
    let reference = try #require(JSONValue(parsing: removed.standardOutput)?["saved"]?[0]?.stringValue)
    #expect(try town.git("web/.repo.git", "show", "\(reference):draft.txt") == "never lost")
    #expect(!town.exists("web/crew/app-max"))
    #expect(
      town.gt(["worktree", "remove", "web"], in: "app/crew/max").standardError.contains("has no worktree"))
    #expect(try town.git("web/.repo.git", "worktree", "list").contains("app-max") == false)
  }

  @Test func aRigIsReset() throws {
    let town = try town()
    town.environment.variables["GT_SESSIONS"] = "headless"
    #expect(town.gt("mail", "send", "app/crew/max", "-s", "Old", "-m", "x").status == 0)
    #expect(town.gt("mail", "send", "app/crew/max", "-s", "New", "-m", "x").status == 0)
    let first = try #require(
      try town.json("mail", "inbox", as: "app/crew/max").arrayValue?.first {
        $0["subject"] == .string("Old")
      }?["id"]?.stringValue)
    #expect(town.gt(["mail", "read", first], as: "app/crew/max").status == 0)
    let id = try town.makeIssue("Work")
    #expect(town.gt("hook", id.rawValue, "app/crew/max").status == 0)
    town.advance(seconds: 600)
    let before = try snapshot(Path.join(town.root, "app/crew/max"))
    let would = try town.json("rig", "reset", "app", "--dry-run")
    #expect(would["stale"]?.strings == [id.rawValue])
    #expect(would["mail"]?.strings == [first])
    #expect(try town.ledgers().store(for: id).issue(id)?.status == .hooked)
    #expect(try town.json("rig", "reset", "app", "--role", "polecat")["stale"] == .array([]))
    #expect(try town.json("rig", "reset", "app")["stale"]?.strings == [id.rawValue])
    #expect(try town.ledgers().store(for: id).issue(id)?.status == .open)
    #expect(try town.json("mail", "inbox", as: "app/crew/max").arrayValue?.count == 1)
    #expect(town.gt("rig", "reset", "app").standardOutput == "There is nothing to clear in app\n")
    #expect(town.gt("rig", "reset", "nosuch").status == 1)
    #expect(try snapshot(Path.join(town.root, "app/crew/max")) == before)
  }
}
