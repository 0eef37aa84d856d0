import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite struct GitSyncTests {
  @Test func twoClonesShareIssues() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    let id = try a.create("From a")
    let report = try world.sync(0)
    #expect(report.commits.count == 1)
    #expect(report.pushed)
    #expect(report.join == .none)
    #expect(try a.git("log", "-1", "--format=%s %an %ae") == "bd sync: update \(id) a a@example.org")
    #expect(try a.git("diff-tree", "--name-only", "-r", "--no-commit-id", "HEAD") == ".beads/issues.jsonl")
    #expect(try a.status() == "")

    try b.create("From b")
    let second = try world.sync(1)
    #expect(second.join == .merge)
    #expect(second.pulled == 1)
    #expect(second.imported.created == [id])
    #expect(try b.titles() == ["From a", "From b"])
    let third = try world.sync(0)
    #expect(third.join == .fastForward)
    #expect(third.commits.isEmpty)
    #expect(!third.pushed)
    #expect(a.issueFile == b.issueFile)
    #expect(try [a, b].map { try $0.status() } == ["", ""])
    #expect(try a.git("rev-parse", "HEAD") == b.git("rev-parse", "HEAD"))
  }

  @Test func syncingAgainChangesNothing() throws {
    let world = try SyncWorld()
    try world.clones[0].create("x")
    try world.sync(0)
    let before = try world.clones[0].git("reflog")
    let stamp = try FileSystem.stamp(Path.join(world.clones[0].directory, ".git/index"))
    let report = try world.sync(0)
    #expect(report.commits.isEmpty && !report.pushed && !report.exported && report.pulled == 0)
    #expect(try world.clones[0].git("reflog") == before)
    #expect(try FileSystem.stamp(Path.join(world.clones[0].directory, ".git/index")) == stamp)
  }

  /// The user's staged, changed and new files are the same after a commit and after a merge.
  @Test func everythingElseStaysAsItIs() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    try b.create("From b")
    try b.commit("other", "1\n")
    try world.sync(1)
    try a.create("From a")
    try a.write("staged", "staged\n")
    try a.git("add", "staged")
    try a.write("staged", "staged and changed\n")
    try a.write("code", "one\ntwo\nthree\nfour\n")
    try a.write("new", "new\n")
    try a.write(".beads/redirect.old", "notes of mine\n")
    let files = ["staged", "code", "new"]
    let before = try (
      a.git("ls-files", "-s", "staged", "code"), files.map { try a.text($0) }, a.git("stash", "list")
    )
    let report = try world.sync(0)
    #expect(report.join == .merge)
    let after = try (
      a.git("ls-files", "-s", "staged", "code"), files.map { try a.text($0) }, a.git("stash", "list")
    )
    #expect(before == after)
    #expect(try a.status() == " M code\nAM staged\n?? new")
    #expect(try a.text("other") == "1\n")
    // The first parent of the merge is a commit of .beads alone.
    #expect(
      try a.git("diff-tree", "--name-only", "-r", "HEAD^1^", "HEAD^1").split(separator: "\n")
        .allSatisfy { $0.hasPrefix(".beads/") })
  }

  @Test func codeOfBothSidesIsMerged() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    try a.create("From a")
    try a.commit("code", "ONE\ntwo\nthree\n")
    try world.sync(0)
    try b.create("From b")
    try b.commit("code", "one\ntwo\nTHREE\n")
    try world.sync(1)
    #expect(try b.text("code") == "ONE\ntwo\nTHREE\n")
    #expect(try b.titles() == ["From a", "From b"])
    #expect(try b.status() == "")
  }

  @Test func conflictsInCodeStopBeforeAnythingIsTouched() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    try a.create("From a")
    try a.commit("code", "A\n")
    try world.sync(0)
    try b.create("From b")
    try b.commit("code", "B\n")
    let error = #expect(throws: BeadsError.self) { try world.sync(1) }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains("code") == true)
    #expect(try b.status() == "")
    #expect(try b.text("code") == "B\n")
    #expect(try b.titles() == ["From b"])
    #expect(!FileSystem.exists(Path.join(b.directory, ".git/MERGE_HEAD")))
    // Once the code is merged with git, the next sync goes through.
    _ = try b.run(["git", "merge", "origin/main"])
    try b.write("code", "AB\n")
    try b.git("checkout", "-q", "--theirs", ".beads/issues.jsonl")
    try b.git("add", "-A")
    try b.git("commit", "-qm", "merged")
    try world.sync(1)
    #expect(try b.titles() == ["From a", "From b"])
  }

  @Test func localChangesInTheWayAreNamed() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    try a.create("From a")
    try a.commit("code", "A\n")
    try world.sync(0)
    try b.write("code", "mine\n")
    let error = #expect(throws: BeadsError.self) { try world.sync(1) }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains("code") == true)
    #expect(try b.status() == " M code")
    #expect(try b.text("code") == "mine\n")
  }
}
