import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt trail, changelog, orphans, prune-branches")
struct RecentTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws { quiet = try QuietTown() }

  @Test func tellWhatWasDone() throws {
    let ids = try (1...3).map { try town.makeIssue("Issue \($0)") }
    #expect(try town.json("changelog") == .array([]))
    #expect(town.gt("close", ids[1].rawValue, "-r", "done").status == 0)
    let log = try town.json("changelog", "--today", "--rig", "app")
    #expect(log.arrayValue?.map { $0["id"]?.stringValue } == [ids[1].rawValue])
    #expect(town.gt("changelog").standardOutput == "app\n  \(ids[1])  Issue 2\n")
    town.advance(seconds: 8 * 86_400)
    #expect(try town.json("changelog") == .array([]))
    #expect(try town.json("changelog", "--since", "30d").arrayValue?.count == 1)
    #expect(town.gt("changelog", "--today", "--since", "1d").status == 1)
    let beads = try town.json("trail", "beads")
    #expect(beads.arrayValue?.allSatisfy { $0["source"]?.stringValue == "beads" } == true)
    #expect(beads.arrayValue?.contains { $0["type"]?.stringValue == "closed" } == true)
    #expect(try town.json("trail", "commits").arrayValue?.count == 2)
    #expect(try town.json("trail", "--limit", "1").arrayValue?.count == 1)
    #expect(town.gt("trail", "--since", "whenever").status == 1)
  }

  @Test func findAndKeepWhatNothingLeadsTo() throws {
    let repository = try town.rig().repository
    #expect(try town.json("orphans", "--all") == .array([]))
    let tree = try town.git(repository, "rev-parse", "refs/remotes/origin/main^{tree}")
    let first = try town.git(repository, "commit-tree", tree, "-m", "lost")
    let lost = try town.git(repository, "commit-tree", tree, "-p", first, "-m", "lost too")
    let found = try town.json("orphans", "--rig", "app", "--all")
    #expect(found.arrayValue?.map { $0["commit"]?.stringValue } == [lost])
    #expect(found[0]?["subject"]?.stringValue == "lost too")
    for words in [
      ["app", "--help-me"], ["app", "zzzz"], ["nowhere", lost], ["app", String(repeating: "0", count: 40)],
    ] {
      #expect(town.gt(["orphans", "recover"] + words).status != 0)
    }
    let kept = try town.json("orphans", "recover", "app", String(lost.prefix(10)))
    #expect(try town.git(repository, "rev-parse", kept["reference"]?.stringValue ?? "") == lost)
    #expect(try town.json("orphans", "--all") == .array([]))
  }

  @Test func deleteOnlyBranchesThatAreKeptElsewhere() throws {
    let repository = try town.rig().repository
    try town.git(repository, "branch", "polecat/old/x", "refs/remotes/origin/main~1")
    try town.git(repository, "branch", "polecat/new/x", "refs/remotes/origin/main~1")
    let tree = try town.git(repository, "rev-parse", "refs/remotes/origin/main^{tree}")
    try town.git(
      repository, "branch", "polecat/old/y", try town.git(repository, "commit-tree", tree, "-m", "only here"))
    #expect(try town.json("prune-branches", "--dry-run").arrayValue?.count == 2)
    let gone = try town.json("prune-branches", "--pattern", "polecat/old/*")
    #expect(gone.arrayValue?.map { $0["branch"]?.stringValue } == ["polecat/old/x"])
    let left = try town.git(repository, "branch", "--list", "polecat/*", "--format=%(refname:short)")
    #expect(left == "polecat/new/x\npolecat/old/y")
    #expect(town.gt("prune-branches", "--pattern", "main").standardOutput == "There is nothing to delete\n")
  }
}
