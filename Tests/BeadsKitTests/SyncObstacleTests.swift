import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// What is in the way of a sync is named in one sentence, and nothing is lost or left behind.
@Suite struct SyncObstacleTests {
  /// What is in the way, the error's code, and a word of its sentence.
  struct Obstacle: Sendable, CustomTestStringConvertible {
    let name: String
    let code: BeadsError.Code
    let word: String
    let make: @Sendable (GitClone) throws -> Void
    var testDescription: String { name }
  }

  static let obstacles: [Obstacle] = [
    Obstacle(name: "detached", code: .conflict, word: "no branch") {
      try $0.git("checkout", "-q", "--detach")
    },
    Obstacle(name: "merge", code: .conflict, word: "merge") { clone in
      try clone.git("checkout", "-q", "-b", "other")
      try clone.commit("code", "other\n")
      try clone.git("checkout", "-q", "main")
      try clone.commit("code", "main\n")
      _ = try clone.run(["git", "merge", "other"])
    },
    Obstacle(name: "cherry-pick", code: .conflict, word: "cherry-pick") { clone in
      try clone.git("checkout", "-q", "-b", "other")
      try clone.commit("code", "other\n")
      try clone.git("checkout", "-q", "main")
      try clone.commit("code", "main\n")
      _ = try clone.run(["git", "cherry-pick", "other"])
    },
    Obstacle(name: "index.lock", code: .locked, word: "index.lock") { try $0.write(".git/index.lock", "") },
    Obstacle(name: "filter", code: .unsupported, word: "git-crypt") { clone in
      try clone.write(".gitattributes", ".beads/** filter=git-crypt\n")
    },
    Obstacle(name: "ignored", code: .unsupported, word: "ignores") { clone in
      try clone.git("rm", "-rq", "--cached", ".beads")
      try clone.git("commit", "-qm", "no issues here")
      try clone.write(".git/info/exclude", ".beads\n")
    },
    Obstacle(name: "unknown remote", code: .invalid, word: "sync.remote") { clone in
      try clone.write(".beads/config.local.yaml", "sync.remote: nowhere\n")
    },
    Obstacle(name: "bad author", code: .invalid, word: "git.author") { clone in
      try clone.write(".beads/config.local.yaml", "git.author: me\n")
    },
    Obstacle(name: "offline", code: .remote, word: "cannot fetch") { clone in
      try clone.git("remote", "set-url", "origin", "/nowhere")
    },
    Obstacle(name: "branch gone", code: .notFound, word: "no longer has") { clone in
      let remote = try clone.git("remote", "get-url", "origin")
      try clone.git("-C", remote, "update-ref", "-d", "refs/heads/main")
    },
  ]

  @Test(arguments: obstacles)
  func isNamed(_ obstacle: Obstacle) throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    try a.create("One")
    try obstacle.make(a)
    let lock = Path.join(a.directory, ".git/index.lock")
    let hasLock = FileSystem.exists(lock)
    let error = #expect(throws: BeadsError.self) { try world.sync(0) }
    #expect(error?.code == obstacle.code, "\(error.map(\.description) ?? "")")
    #expect(error?.message.contains(obstacle.word) == true, "\(error.map(\.message) ?? "")")
    #expect(FileSystem.exists(lock) == hasLock)
    #expect(try a.titles() == ["One"])
    #expect(a.issueFile.contains("One"))
    #expect(try FileSystem.list(Path.join(a.directory, ".beads")).allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test func offlineKeepsTheCommitForTheNextSync() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    try a.create("One")
    try a.git("remote", "set-url", "origin", "/nowhere")
    #expect(throws: BeadsError.self) { try world.sync(0) }
    #expect(try a.git("log", "-1", "--format=%s").hasPrefix("bd sync: update t-"))
    #expect(try a.status() == "")
    try a.git("remote", "set-url", "origin", world.remote)
    let report = try world.sync(0)
    #expect(report.pushed && report.commits.isEmpty)
  }

  @Test func withoutUpstreamTheCommitStays() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    try a.git("checkout", "-q", "-b", "feature")
    try a.create("One")
    let report = try world.sync(0)
    #expect(report.commits.count == 1 && !report.pushed)
    #expect(report.notes.first?.contains("no upstream") == true)
    #expect(try a.git("ls-remote", "origin").contains("feature") == false)
  }

  @Test func theFirstCommitsOfEmptyRepositories() throws {
    let project = try TestProject()
    let bare = try GitClone("remote.git", in: project)
    try bare.git("init", "-q", "--bare", "-b", "main")
    let clones = try ["a", "b"].map { try GitClone($0, in: project) }
    for clone in clones {
      try clone.git("clone", "-q", bare.directory, ".")
      try clone.git("symbolic-ref", "HEAD", "refs/heads/main")
      try clone.git("config", "branch.main.remote", "origin")
      try clone.git("config", "branch.main.merge", "refs/heads/main")
      try clone.makeStore()
      try clone.create("From \(Path.name(of: clone.directory))")
      try clone.write("untracked", "mine\n")
    }
    #expect(try clones[0].sync().pushed)
    // The second has a history of its own, without code.
    #expect(try clones[1].sync().join == .merge)
    #expect(try clones[0].sync().join == .fastForward)
    for clone in clones {
      #expect(try clone.titles() == ["From a", "From b"])
      #expect(try clone.status() == "?? untracked")
    }
  }

  @Test func forksPushToTheirOwnRepository() throws {
    let world = try SyncWorld(["a", "b"])
    let b = world.clones[1]
    let fork = try GitClone("fork.git", in: world.project)
    try fork.git("clone", "-q", "--bare", world.remote, ".")
    try b.git("remote", "add", "fork", fork.directory)
    try b.git("config", "remote.pushDefault", "fork")
    try world.clones[0].create("Upstream")
    try world.sync(0)
    try b.create("Mine")
    #expect(try world.sync(1).pushed)
    #expect(try b.titles() == ["Mine", "Upstream"])
    #expect(try fork.git("rev-parse", "main") == b.git("rev-parse", "HEAD"))
    #expect(try world.sync(0).pulled == 0)
  }

  @Test func pushesThatAreOvertakenAreRepeated() throws {
    let world = try SyncWorld(["a", "b"])
    let (a, b) = (world.clones[0], world.clones[1])
    try b.create("From b")
    try a.create("From a")
    // While a is about to push for the first time, b pushes.
    let hook = """
      #!/bin/sh
      [ -e "$PWD/.git/raced" ] && exit 0
      touch .git/raced
      unset GIT_DIR
      cd \(b.directory)
      git add .beads
      git commit -qm race
      exec git push -q origin main
      """
    try a.write(".git/hooks/pre-push", hook)
    try FileSystem.setMode(Path.join(a.directory, ".git/hooks/pre-push"), 0o755)
    let report = try world.sync(0)
    #expect(report.pushed)
    #expect(report.join == .merge)
    #expect(try a.titles() == ["From a", "From b"])
  }

  @Test func refusedPushesAreNotRepeated() throws {
    let world = try SyncWorld(["a"])
    let hook = Path.join(world.remote, "hooks/pre-receive")
    try FileSystem.makeDirectory(Path.directory(of: hook))
    try FileSystem.replace(hook, with: Array("#!/bin/sh\necho 'not today'\nexit 1\n".utf8), mode: 0o755)
    try world.clones[0].create("One")
    let error = #expect(throws: BeadsError.self) { try world.sync(0) }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains("refused main") == true)
  }

  @Test func gitIsOffWhereItIsNotWanted() throws {
    let world = try SyncWorld(["a"], settings: ["no-git-ops: true"])
    let a = world.clones[0]
    try a.create("One")
    let before = try a.git("for-each-ref")
    let report = try world.sync(0)
    #expect(report.branch == nil && report.notes.count == 1)
    #expect(try a.git("for-each-ref") == before)
  }

  @Test func clocksThatDifferAreTold() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    try a.create("From a")
    try world.sync(0)
    #expect(try world.sync(1).warnings == [])
    let id = try a.create("From the future")
    try a.withStore { store in
      try store.write("update") { tx throws(BeadsError) in
        guard let issue = try store.issue(id) else { return }
        var later = issue
        later.updatedAt = Timestamp(seconds: issue.updatedAt.seconds + 3 * 86_400)
        try tx.apply(before: issue, after: later)
      }
    }
    try world.sync(0)
    #expect(try world.sync(1).warnings.contains { $0.contains("\(id)") && $0.contains("clocks") })
    _ = b
  }

  /// A file that another system wrote with its line ends is no change.
  @Test func lineEndsAreNoChange() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    try world.sync(0)
    let before = try a.git("rev-parse", "HEAD")
    let text = try a.text(".beads/README.md")
    try a.write(
      ".beads/README.md",
      text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
    #expect(try world.sync(0).commits.isEmpty)
    #expect(try a.git("rev-parse", "HEAD") == before)
  }

  @Test func commitsAreSignedWhenGitSigns() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    try a.write("signer", "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED x' >&2\necho signature\n")
    try FileSystem.setMode(Path.join(a.directory, "signer"), 0o755)
    try a.git("config", "commit.gpgsign", "true")
    try a.git("config", "gpg.program", Path.join(a.directory, "signer"))
    try a.create("One")
    try world.sync(0)
    #expect(try a.git("cat-file", "commit", "HEAD").contains("gpgsig signature"))
    try a.write(".beads/config.local.yaml", "git.no-gpg-sign: true\ngit.author: Bot <bot@example.org>\n")
    try a.create("Two")
    try world.sync(0)
    #expect(try !a.git("cat-file", "commit", "HEAD").contains("gpgsig"))
    #expect(try a.git("log", "-1", "--format=%an <%ae> %cn") == "Bot <bot@example.org> a")
  }

  @Test func strategiesDecideConflicts() throws {
    for (strategy, title) in [(ConflictStrategy.newest, "A"), (.ours, "B"), (.theirs, "A")] {
      let world = try SyncWorld()
      let (a, b) = (world.clones[0], world.clones[1])
      let id = try a.create("One")
      try world.sync(0)
      try world.sync(1)
      try b.update(id) { $0.title = "B" }
      world.project.advance(seconds: 10)
      try a.update(id) { $0.title = "A" }
      try world.sync(0)
      let error = #expect(throws: BeadsError.self) { try world.sync(1) { $0.strategy = .manual } }
      #expect(error?.code == .conflict)
      #expect(error?.message.contains("\(id) (title)") == true)
      #expect(try b.issue(id)?.title == "B")
      try world.sync(1) { $0.strategy = strategy }
      #expect(try b.issue(id)?.title == title, "\(strategy)")
      try world.sync(0)
      #expect(a.issueFile == b.issueFile)
    }
  }
}
