import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// Whatever people do with git, every issue is known afterwards (lessons R8).
@Suite struct GitTortureTests {
  struct Torture: Sendable, CustomTestStringConvertible {
    let name: String
    /// What `git status` shows at the end.
    var status = ""
    /// Whether a sync goes through at the end.
    var syncs = true
    let run: @Sendable (GitClone) throws -> Void
    var testDescription: String { name }
  }

  static let tortures: [Torture] = [
    Torture(name: "rebase") { clone in
      try clone.git("checkout", "-q", "-b", "topic", "HEAD~1")
      try clone.create("On topic")
      try clone.commit("topic", "1\n")
      try clone.git("commit", "-qam", "issues of the topic")
      // This clone has no merge driver: somebody takes one side.
      _ = try clone.run(["git", "rebase", "main"])
      try clone.git("checkout", "-q", "--theirs", ".beads/issues.jsonl")
      try clone.git("add", ".beads/issues.jsonl")
      try clone.git("-c", "core.editor=true", "rebase", "--continue")
      try clone.git("checkout", "-q", "main")
      try clone.git("merge", "-q", "--ff-only", "topic")
    },
    Torture(name: "cherry-pick") { clone in
      try clone.git("checkout", "-q", "-b", "topic", "HEAD~1")
      try clone.create("On topic")
      try clone.git("commit", "-qam", "issues of the topic")
      try clone.git("checkout", "-q", "main")
      _ = try clone.run(["git", "cherry-pick", "topic"])
      _ = try clone.run(["git", "cherry-pick", "--skip"])
    },
    Torture(name: "stash", status: " M code") { clone in
      try clone.write("code", "changed\n")
      try clone.create("Uncommitted")
      try clone.git("stash", "-q")
      try clone.create("While stashed")
      try clone.git("commit", "-qam", "more")
      _ = try clone.run(["git", "stash", "pop"])
      try clone.git("checkout", "-q", "HEAD", "--", ".beads")
      try clone.git("reset", "-q")
    },
    Torture(name: "reset --hard to an older commit") { clone in
      try clone.git("reset", "-q", "--hard", "HEAD~1")
    },
    Torture(name: "reset --soft") { clone in
      try clone.create("Before")
      try clone.git("reset", "-q", "--soft", "HEAD~1")
    },
    Torture(name: "branch switch") { clone in
      try clone.git("checkout", "-q", "-b", "older", "HEAD~1")
      try clone.create("On the older branch")
      try clone.git("commit", "-qam", "older")
      try clone.git("checkout", "-q", "main")
    },
    Torture(name: "file removed from the work tree") { clone in
      try FileSystem.remove(Path.join(clone.directory, ".beads/issues.jsonl"))
    },
    Torture(name: "file removed by a commit") { clone in
      try clone.git("rm", "-q", "--cached", ".beads/issues.jsonl")
      try clone.git("commit", "-qm", "without the issues")
    },
    Torture(name: "clean -fdx") { clone in try clone.git("clean", "-fdxq") },
    Torture(name: "worktree add and remove") { clone in
      let path = Path.join(Path.directory(of: clone.directory), "tree")
      try clone.git("worktree", "add", "-q", "-b", "tree", path, "HEAD~1")
      var tree = clone
      tree.environment.currentDirectory = path
      try tree.create("From the worktree")
      try clone.git("worktree", "remove", "--force", path)
    },
    Torture(name: "revert") { clone in try clone.git("revert", "--no-edit", "HEAD") },
    Torture(name: "commit --amend") { clone in
      try clone.create("Amended")
      try clone.git("commit", "-qa", "--amend", "--no-edit")
      try clone.git("reset", "-q", "--soft", "origin/main")
    },
    Torture(name: "gc and pack-refs") { clone in
      try clone.git("gc", "-q", "--prune=now")
      try clone.git("pack-refs", "--all")
    },
    Torture(name: "sparse checkout") { clone in
      try clone.write("deep/er/file", "1\n")
      try clone.git("add", "deep")
      try clone.git("commit", "-qm", "deep")
      try clone.git("sparse-checkout", "set", ".beads")
    },
    Torture(name: "split index") { clone in try clone.git("update-index", "--split-index") },
    Torture(name: "submodule") { clone in
      let project = Path.directory(of: clone.directory)
      try clone.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "-b", "main",
        Path.join(project, "remote.git"), "sub")
      try clone.git("commit", "-qm", "a submodule")
    },
  ]

  @Test(arguments: tortures)
  func everyIssueIsKnown(_ torture: Torture) throws {
    let world = try SyncWorld(["a", "b"])
    let a = world.clones[0]
    try a.create("One")
    try world.sync(0)
    try a.create("Two")
    try world.sync(0)
    let before = try Set(a.titles())
    try torture.run(a)
    world.project.advance(seconds: 1)
    if !FileSystem.exists(Path.join(a.directory, ".beads/beads.db")) { try a.makeStore() }
    let after = try a.titles()
    #expect(before.isSubset(of: after))
    let report = try world.sync(0)
    #expect(report.pushed || report.commits.isEmpty)
    #expect(try a.status() == torture.status)
    try world.sync(1)
    #expect(try world.clones[1].titles() == a.titles())
    #expect(try Set(a.titles()).isSuperset(of: after))
  }

  @Test func shallowCloneSyncs() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    for number in 1...3 {
      try a.create("Issue \(number)")
      try world.sync(0)
    }
    let shallow = try GitClone("shallow", in: world.project)
    try shallow.git("clone", "-q", "--depth", "1", "file://\(world.remote)", ".")
    try shallow.makeStore()
    try shallow.create("From the shallow clone")
    #expect(try shallow.sync().pushed)
    world.project.advance(seconds: 1)
    try a.create("Meanwhile")
    try world.sync(0)
    try shallow.create("Again")
    #expect(try shallow.sync().join == .merge)
    #expect(try shallow.titles().count == 6)
  }

  /// A store below the root of a monorepo, and another one beside it.
  @Test func storesInDirectoriesOfOneRepository() throws {
    let world = try SyncWorld(["a"], tracksStore: false)
    let a = world.clones[0]
    var parts: [GitClone] = []
    for name in ["one", "two"] {
      var part = try GitClone("a/\(name)", in: world.project)
      part.environment.variables["GIT_CEILING_DIRECTORIES"] = nil
      try part.makeStore()
      parts.append(part)
    }
    try parts[0].create("In one")
    try parts[1].create("In two")
    try parts[0].sync()
    #expect(
      try a.git("ls-tree", "-r", "--name-only", "HEAD").split(separator: "\n").contains(
        "one/.beads/issues.jsonl"))
    #expect(try !a.git("ls-tree", "-r", "--name-only", "HEAD").contains("two/"))
    try parts[1].sync()
    #expect(try parts[1].titles() == ["In two"])
    #expect(try a.git("status", "--porcelain", "one", "two") == "")
  }
}
