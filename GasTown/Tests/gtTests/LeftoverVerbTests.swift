import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt compact, orphans kill, commit, agents fix")
struct LeftoverVerbTests {
  @Test func wispsPastTheirTimeGoOrStay() throws {
    let town = try TestTown()
    let beat = try town.storeIssue("Beat", { $0.wispType = "heartbeat" }, closed: true)
    let stuck = try town.storeIssue("Stuck")
    let fresh = try town.storeIssue("Error", { $0.wispType = "error" }, closed: true)
    #expect(try town.json("compact")["skipped"] == .number("3"))
    town.advance(seconds: 25 * 3600)
    let plan = try town.json("compact", "--dry-run")
    #expect(plan["deleted"]?.strings == [beat.rawValue])
    #expect(try town.storedIssue(beat) != nil)
    let done = try town.json("compact", "--rig", "app")
    #expect(done["deleted"]?.strings == [beat.rawValue])
    #expect(done["promoted"]?[0]?["id"] == .string(stuck.rawValue))
    #expect(done["promoted"]?[0]?["reason"] == .string("it is not finished"))
    #expect(try town.storedIssue(beat) == nil && town.storedIssue(fresh) != nil)
    #expect(try town.storedIssue(stuck)?.isEphemeral == false)
    let report = try town.json("compact", "report")
    #expect(report["runs"] == .number("1"))
    #expect(report["rigs"]?[0]?["deleted"] == .number("1"))
    #expect(report["rigs"]?[0]?["promoted"] == .number("1"))
    town.advance(seconds: 86_400)
    #expect(try town.json("compact", "report")["runs"] == .number("0"))
    #expect(try town.json("compact", "report", "--weekly")["runs"] == .number("1"))
  }

  @Test func aCommitThatIsGivenUpIsInABundle() throws {
    let town = try TestTown()
    let tree = try town.git("app/.repo.git", "rev-parse", "refs/remotes/origin/main^{tree}")
    let commit = try town.git("app/.repo.git", "commit-tree", tree, "-m", "Nobody's")
    #expect(try town.json("orphans", "--all")[0]?["commit"] == .string(commit))
    // Nobody can be asked here.
    #expect(town.gt("orphans", "kill", "--all").status == 2)
    #expect(try town.json("orphans", "kill", "--dry-run", commit)[0]?["commit"] == .string(commit))
    #expect(!town.exists("app/.runtime/bundles"))
    let killed = try town.json("orphans", "kill", String(commit.prefix(12)))
    let bundle = try #require(killed[0]?["bundle"]?.stringValue)
    #expect(try town.json("orphans", "--days", "36500") == .array([]))
    #expect(try town.json("orphans", "--all").arrayValue?.count == 1)
    // The object is still there, and the bundle brings it back elsewhere.
    #expect(try town.git("app/.repo.git", "cat-file", "-t", commit) == "commit")
    #expect(try town.git("app/.repo.git", "for-each-ref", "refs/gt/bundle").isEmpty)
    try town.git(town.root, "init", "-q", "--bare", Path.join(town.root, "elsewhere.git"))
    try town.git("elsewhere.git", "fetch", "-q", bundle, "refs/gt/bundle/\(commit):refs/heads/back")
    #expect(try town.git("elsewhere.git", "log", "-1", "--format=%s", "back") == "Nobody's")
  }

  @Test func commitsAreTheCallers() throws {
    let town = try TestTown()
    #expect(town.gt("crew", "add", "max").status == 0)
    town.environment.variables["GIT_AUTHOR_EMAIL"] = nil
    try town.write("app/crew/max/a.txt", "a\n")
    try town.git("app/crew/max", "add", "a.txt")
    #expect(town.gt(["commit", "-q", "-m", "Add a"], in: "app/crew/max").status == 0)
    #expect(
      try town.git("app/crew/max", "log", "-1", "--format=%an <%ae> %s")
        == "max <app.crew.max@gastown.local> Add a")
    #expect(town.gt(["commit", "-q", "-m", "Nothing"], in: "app/crew/max").status == 1)
  }

  @Test func endedSessionsArePutAway() throws {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    #expect(town.gt("crew", "add", "max").status == 0)
    #expect(town.gt("crew", "start", "max", "--agent", "scripted").status == 0)
    defer { town.gt("crew", "stop", "max") }
    #expect(town.gt("agents", "fix").status == 0)
    let max = AgentAddress.crew(try RigName("app"), try AgentName("max"))
    let session = try #require(try town.database().openSession(of: max))
    let pid = try #require(session.process?.pid)
    #expect(try town.git(town.root, "--version").isEmpty == false)
    _ = try Subprocess(["kill", "-9", "\(pid)"], directory: town.root, variables: town.environment.variables)
      .run()
    let deadline = monotonicNanoseconds() + 20_000_000_000
    while town.gt("agents", "check").status == 0, monotonicNanoseconds() < deadline {
      pause(nanoseconds: 20_000_000)
    }
    let fixed = town.gt("agents", "fix")
    #expect(fixed.status == 0 && fixed.standardOutput.contains("put away"), "\(fixed)")
    #expect(try town.database().openSession(of: max) == nil)
    #expect(town.gt("agents", "check").status == 0)
  }
}
