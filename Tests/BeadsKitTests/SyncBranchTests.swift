import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// Issues on a branch of their own.
@Suite struct SyncBranchTests {
  private static let setting = "sync-branch: beads-sync"

  @Test func issuesTravelWithoutTouchingTheCode() throws {
    let world = try SyncWorld(settings: [Self.setting])
    let (a, b) = (world.clones[0], world.clones[1])
    let head = try a.git("rev-parse", "main")
    try a.create("From a")
    try a.write("code", "mine\n")
    try a.git("checkout", "-q", "-b", "feature")
    try world.sync(0)
    try b.create("From b")
    // The side branch does not care where HEAD is.
    try b.git("checkout", "-q", "--detach")
    let report = try world.sync(1)
    #expect(report.isSyncBranch)
    #expect(report.branch == "beads-sync")
    #expect(report.imported.created.count == 1)
    try world.sync(0)
    #expect(a.issueFile == b.issueFile)
    #expect(try a.titles() == ["From a", "From b"])
    #expect(try [a.git("rev-parse", "main"), a.git("rev-parse", "feature")] == [head, head])
    #expect(try a.git("ls-tree", "-r", "--name-only", "beads-sync") == ".beads/issues.jsonl")
    #expect(
      try a.git("worktree", "list", "--porcelain").split(separator: "\n").count { $0.hasPrefix("worktree") }
        == 1)
    #expect(try a.text("code") == "mine\n")
    #expect(try a.git("stash", "list") == "")
  }

  /// Contributors whose git ignores .beads still share their issues, and all other files that nobody else carries.
  @Test func filesThatTheCodeDoesNotCarryTravelToo() throws {
    let world = try SyncWorld(settings: [Self.setting], tracksStore: false)
    for clone in world.clones { try clone.write(".git/info/exclude", "/.beads/\n") }
    let (a, b) = (world.clones[0], world.clones[1])
    try a.write(".beads/formulas/release.toml", "name = \"release\"\n")
    try a.create("From a")
    try world.sync(0)
    let report = try world.sync(1)
    #expect(try b.text(".beads/formulas/release.toml") == "name = \"release\"\n")
    #expect(try b.titles() == ["From a"])
    // Each clone made up an identity; the project that was there first has it.
    #expect(report.warnings.count == 1)
    #expect(try a.text(".beads/metadata.json") == b.text(".beads/metadata.json"))
    #expect(try b.text(".beads/backup/metadata.json") != b.text(".beads/metadata.json"))
    let files = try a.git("ls-tree", "-r", "--name-only", "beads-sync").split(separator: "\n")
    #expect(
      files.contains(".beads/config.yaml")
        && !files.contains { $0.contains("beads.db") || $0.contains("lock") })
    #expect(!files.contains(".beads/config.local.yaml"))
    try b.write(".beads/formulas/release.toml", "name = \"better\"\n")
    try world.sync(1)
    try world.sync(0)
    #expect(try a.text(".beads/formulas/release.toml") == "name = \"better\"\n")
    #expect(try a.status() == "")
  }

  @Test func laterVersionOfAFileThatBothChangedIsKept() throws {
    let world = try SyncWorld(settings: [Self.setting], tracksStore: false)
    let (a, b) = (world.clones[0], world.clones[1])
    try a.write(".beads/notes.md", "one\n")
    try a.write(".beads/interactions.jsonl", "{\"n\":1}\n")
    try world.sync(0)
    try world.sync(1)
    try a.write(".beads/notes.md", "a\n")
    try a.write(".beads/interactions.jsonl", "{\"n\":1}\n{\"n\":2}\n")
    try world.sync(0)
    try b.write(".beads/notes.md", "b\n")
    try b.write(".beads/interactions.jsonl", "{\"n\":1}\n{\"n\":3}\n")
    let report = try world.sync(1)
    #expect(report.warnings.contains { $0.contains(".beads/notes.md") })
    try world.sync(0)
    for clone in world.clones {
      #expect(try clone.text(".beads/notes.md") == "b\n")
      #expect(
        try clone.text(".beads/interactions.jsonl").split(separator: "\n").sorted() == [
          "{\"n\":1}", "{\"n\":2}", "{\"n\":3}",
        ])
    }
  }

  /// Whatever moved the branch meanwhile is merged, not overwritten.
  @Test func aBranchThatMovedByOtherWaysIsMerged() throws {
    let world = try SyncWorld(settings: [Self.setting])
    let (a, b) = (world.clones[0], world.clones[1])
    let id = try a.create("From a")
    try world.sync(0)
    try world.sync(1)
    try a.update(id) { $0.labels = ["new"] }
    try world.sync(0)
    // Somebody brings the branch up to date with git, behind the back of the store.
    try b.git("fetch", "-q", "origin", "beads-sync:beads-sync")
    try b.create("From b")
    try world.sync(1)
    #expect(try b.issue(id)?.labels == ["new"])
    #expect(try b.titles() == ["From a", "From b"])
  }

  @Test func withoutRemoteItIsKeptHere() throws {
    let world = try SyncWorld(["a"], settings: [Self.setting])
    let a = world.clones[0]
    try a.git("remote", "remove", "origin")
    let id = try a.create("One")
    try a.update(id) { $0.labels = ["x", "y"] }
    try world.sync(0)
    try a.update(id) { $0.labels = ["y"] }
    let report = try world.sync(0)
    #expect(report.notes.count == 1)
    #expect(try a.git("log", "--format=%s", "beads-sync").split(separator: "\n").count == 2)
    #expect(try a.issue(id)?.labels == ["y"])
    #expect(try a.git("show", "beads-sync:.beads/issues.jsonl") + "\n" == a.issueFile)
  }

  @Test func mergingItIntoTheCode() throws {
    let world = try SyncWorld(["a"], settings: [Self.setting])
    let a = world.clones[0]
    try a.create("One")
    try a.write("staged", "staged\n")
    try a.git("add", "staged")
    let report = try world.sync(0) { $0.mergesSyncBranch = true }
    #expect(report.commits.count == 2)
    #expect(try a.git("log", "-1", "--format=%P").split(separator: " ").count == 2)
    #expect(try a.status() == "A  staged")
    #expect(try a.git("diff", "--name-only", "HEAD^1", "HEAD") == ".beads/issues.jsonl")
    #expect(try world.sync(0) { $0.mergesSyncBranch = true }.commits.isEmpty)
  }

  @Test func thereIsNothingToMergeWithoutSyncBranch() throws {
    let world = try SyncWorld(["a"])
    let head = try world.clones[0].git("rev-parse", "HEAD")
    try world.clones[0].create("One")
    let error = #expect(throws: BeadsError.self) { try world.sync(0) { $0.mergesSyncBranch = true } }
    #expect(error?.code == .invalid)
    #expect(try world.clones[0].git("rev-parse", "HEAD") == head)
  }

  @Test(arguments: [
    ("main", "main"), ("master", "master"), ("feature", "checked out"), ("elsewhere", "checked out"),
    ("-rf", "not a branch name"), ("a..b", "not a branch name"),
  ])
  func branchesThatMustNotBeIt(_ name: String, _ reason: String) throws {
    let world = try SyncWorld(["a"], settings: ["sync-branch: \(name)"])
    let a = world.clones[0]
    try a.git("checkout", "-q", "-b", "feature")
    try a.git("worktree", "add", "-q", "-b", "elsewhere", Path.join(world.project.directory, "tree"))
    let before = try a.git("for-each-ref")
    let error = #expect(throws: BeadsError.self) { try world.sync(0) }
    #expect(error?.code == .invalid)
    #expect(error?.message.contains(reason) == true)
    #expect(try a.git("for-each-ref") == before)
  }

  @Test func bareRepositoryWithWorktrees() throws {
    let world = try SyncWorld(["a", "b"], settings: [Self.setting])
    let a = world.clones[0]
    try a.create("From a")
    try world.sync(0)
    // The layout of those who only work in worktrees: the bare repository beside them, .beads beside it.
    var hub = try GitClone("hub", in: world.project)
    try hub.git("clone", "-q", "--bare", world.remote, ".bare")
    try hub.git("-C", ".bare", "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    try hub.write(".git", "gitdir: ./.bare\n")
    try hub.makeStore([Self.setting])
    try hub.git("worktree", "add", "-q", "tree", "main")
    hub.environment.currentDirectory = Path.join(hub.directory, "tree")
    try hub.create("From the hub")
    let report = try hub.sync()
    #expect(report.pushed)
    #expect(try hub.titles() == ["From a", "From the hub"])
    world.project.advance(seconds: 1)
    try world.sync(0)
    #expect(try a.titles() == ["From a", "From the hub"])
  }
}
