import BeadsFormats
import BeadsModel
import BeadsSystem
import Testing

@testable import BeadsStore

extension WorkspaceFixture {
  @discardableResult
  fileprivate func git(_ arguments: String..., in directory: String = "repo") throws -> String {
    let variables = [
      "PATH": Environment.process["PATH"] ?? "", "HOME": root + "/home", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
      "GIT_COMMITTER_EMAIL": "a@b",
    ]
    let result = try Subprocess(
      ["git"] + arguments, directory: Path.join(root, directory), variables: variables
    ).run()
    #expect(result.succeeded, "git \(arguments): \(result.errorText)")
    return result.text
  }

  /// A repository that git itself works with.
  fileprivate func gitRepository() throws {
    try FileSystem.makeDirectory(root + "/repo")
    try git("init", "-q", "-b", "main")
  }

  fileprivate func prepare(
    _ change: (inout WorkspaceInit.Options) -> Void = { _ in }
  ) throws(BeadsError) -> WorkspaceInit.Report {
    var options = WorkspaceInit.Options()
    change(&options)
    return try WorkspaceInit(options, environment: environment).prepare()
  }

  fileprivate func register(
    _ report: WorkspaceInit.Report, _ change: (inout WorkspaceInit.Options) -> Void = { _ in }
  ) throws(BeadsError) -> WorkspaceInit.Registration {
    var options = WorkspaceInit.Options()
    change(&options)
    return try WorkspaceInit(options, environment: environment).register(report)
  }

  /// The text of every file below a directory, by path.
  fileprivate func snapshot(_ directory: String) throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileSystem.list(Path.join(root, directory)) {
      let path = Path.join(directory, name)
      if FileSystem.isDirectory(Path.join(root, path)) {
        files.merge(try snapshot(path)) { first, _ in first }
      } else {
        files[path] = try text(path)
      }
    }
    return files
  }
}

@Suite("Workspace: starting a project")
struct WorkspaceInitTests {
  @Test func newProject() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      let before = try fixture.snapshot("repo/.git")
      let report = try fixture.prepare { $0.prefix = "web-app-" }
      #expect(report.state == .created)
      #expect(report.prefix.rawValue == "web-app")
      #expect(report.prefixSource == .option)
      #expect(!report.hasIssuesToImport)
      let names = [".gitignore", "README.md", "config.yaml", "interactions.jsonl", "metadata.json"]
      #expect(try FileSystem.list(root + "/repo/.beads") == names)
      #expect(report.written.map(Path.name).sorted() == names)
      #expect(try fixture.snapshot("repo/.git") == before, "prepare must touch nothing outside .beads")
      #expect(try FileSystem.list(root + "/repo") == [".beads", ".git"])

      let mode = { (name: String) in try FileSystem.status(root + "/repo/.beads/" + name)?.mode }
      #expect(try FileSystem.status(root + "/repo/.beads")?.mode == 0o700)
      #expect(try mode("config.yaml") == 0o600)
      #expect(try mode("metadata.json") == 0o600)
      let metadata = """
        {
          "database": "beads.db",
          "jsonl_export": "issues.jsonl",
          "project_id": "01234567-89ab-4def-8123-456789abcdef"
        }

        """
      #expect(try fixture.text("repo/.beads/metadata.json") == metadata)
      #expect(try fixture.text("repo/.beads/interactions.jsonl").isEmpty)
      let configuration = Configuration(environment: fixture.environment, workspace: report.workspace)
      #expect(try configuration.value("issue-prefix")?.text == "web-app")
      #expect(try !configuration.bool("no-git-ops"))
      #expect(
        try Workspace.locate(environment: fixture.environment).databasePath == report.workspace.databasePath)
    }
  }

  @Test func gitSharesOnlyWhatIsShared() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      _ = try fixture.prepare()
      let names = [
        "beads.db", "beads.db-wal", "beads.db-shm", "beads.db.before-init-1", "redirect", "last-touched",
        ".local_version", ".write.lock", ".jsonl.lock", ".sync.lock", "config.local.yaml", "manifest.json",
        "sync_base.jsonl", "beads.left.jsonl", "export-state/x", "backup/x", ".issues.jsonl.7.x.tmp", ".env",
      ]
      for name in names { try fixture.write("repo/.beads/" + name, "x") }
      try fixture.write("repo/.beads/issues.jsonl", "{}\n")
      try fixture.git("add", "-A")
      let tracked = try fixture.git("ls-files").split(separator: "\n").map { Path.name(of: String($0)) }
      #expect(
        tracked == [
          ".gitignore", "README.md", "config.yaml", "interactions.jsonl", "issues.jsonl", "metadata.json",
        ])
      #expect(!InitFiles.ignore.contains("!"))
    }
  }

  @Test(
    "choice of the prefix",
    arguments: [
      (
        "--prefix wins", "opt", "issue-prefix: yaml\n", #"{"id":"json-a1"}"#, "opt",
        WorkspaceInit.PrefixSource.option
      ),
      ("then the settings", nil, "issue-prefix: yaml\n", #"{"id":"json-a1"}"#, "yaml", .configuration),
      ("then the issues", nil, "json: true\n", "\n{\"id\":\"my-json-a1b\"}\n", "my-json", .issues),
      ("then the directory", nil, "json: true\n", "torn", "repo", .directory),
    ] as [(String, String?, String, String, String, WorkspaceInit.PrefixSource)])
  func prefix(
    name: String, option: String?, yaml: String, jsonl: String, expected: String,
    source: WorkspaceInit.PrefixSource
  ) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.write("repo/.beads/config.yaml", yaml)
      try fixture.write("repo/.beads/issues.jsonl", jsonl)
      let report = try fixture.prepare { $0.prefix = option }
      #expect(report.state == .joined)
      #expect(report.prefix.rawValue == expected)
      #expect(report.prefixSource == source)
      #expect(report.hasIssuesToImport)
      #expect(try fixture.text("repo/.beads/config.yaml") == yaml)
      #expect(try fixture.text("repo/.beads/issues.jsonl") == jsonl)
    }
  }

  @Test func prefixOfADirectoryWithAnOddName() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: "2. My App")
      try FileSystem.makeDirectory(root + "/2. My App")
      let report = try fixture.prepare()
      #expect(report.prefix.rawValue == "my-app")
      let bad = thrownError { () throws(BeadsError) in try fixture.prepare { $0.prefix = "No Good" } }
      #expect(bad?.code == .invalid)
    }
  }

  @Test func existingStoreIsNotTouched() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      let first = try fixture.prepare { $0.prefix = "demo" }
      _ = try fixture.register(first)
      try fixture.write("repo/.beads/beads.db", "SQLite format 3")
      let before = try fixture.snapshot("repo")
      for prefix in [nil, "demo"] {
        let report = try fixture.prepare { $0.prefix = prefix }
        #expect(report.state == .existing)
        #expect(report.prefix.rawValue == "demo")
        #expect(report.written.isEmpty)
        #expect(try fixture.register(report).changes.isEmpty)
      }
      let conflict = thrownError { () throws(BeadsError) in try fixture.prepare { $0.prefix = "other" } }
      #expect(conflict?.code.exitStatus == 10)
      let token = thrownError { () throws(BeadsError) in try fixture.prepare { $0.reinitializes = true } }
      #expect(token?.code.exitStatus == 12)
      let wrong = thrownError { () throws(BeadsError) in
        try fixture.prepare {
          $0.reinitializes = true
          $0.destroyToken = "DESTROY-other"
        }
      }
      #expect(wrong?.code.exitStatus == 12)
      for error in [conflict, token, wrong] {
        #expect(error?.description.contains("DESTROY") == false)
        #expect(error?.description.contains("--force") == false)
        #expect(error?.hint?.contains("nothing was changed") == true)
      }
      #expect(try fixture.snapshot("repo") == before)
    }
  }

  @Test func reinitialisingSetsTheDatabaseAside() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try FileSystem.makeDirectory(root + "/repo")
      _ = try fixture.prepare { $0.prefix = "demo" }
      try fixture.write("repo/.beads/beads.db", "old")
      try fixture.write("repo/.beads/beads.db-wal", "wal")
      try fixture.write("repo/.beads/issues.jsonl", "{}\n")
      let report = try fixture.prepare {
        $0.reinitializes = true
        $0.destroyToken = "DESTROY-demo"
      }
      #expect(report.state == .reinitialized)
      #expect(report.hasIssuesToImport)
      #expect(!fixture.exists("repo/.beads/beads.db"))
      #expect(!fixture.exists("repo/.beads/beads.db-wal"))
      #expect(try fixture.text("repo/.beads/beads.db.before-init-20261122T182621Z") == "old")
      #expect(try fixture.text("repo/.beads/beads.db.before-init-20261122T182621Z-wal") == "wal")
      #expect(report.notes.contains { $0.contains("beads.db.before-init") })
    }
  }

  @Test func linkedWorktreeStartsInTheMainCheckout() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: "wt/sub")
      try fixture.repository("repo")
      try fixture.worktree("wt", of: "repo/.git")
      try fixture.write("wt/sub/x")
      let report = try fixture.prepare()
      #expect(report.workspace.beadsDirectory == root + "/repo/.beads")
      #expect(report.prefix.rawValue == "repo")
      #expect(report.notes.contains { $0.contains("linked worktree") })
      #expect(!fixture.exists("wt/.beads") && !fixture.exists("wt/sub/.beads"))
    }
  }

  @Test func nestedProjectsOnlyOnPurpose() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: "repo/sub")
      try fixture.repository("repo")
      try fixture.store("repo")
      try fixture.write("repo/sub/x")
      #expect(try fixture.prepare().workspace.beadsDirectory == root + "/repo/.beads")
      #expect(!fixture.exists("repo/sub/.beads"))
      let nested = try fixture.prepare { $0.prefix = "sub" }
      #expect(nested.state == .created)
      #expect(nested.workspace.beadsDirectory == root + "/repo/sub/.beads")
      #expect(nested.notes.contains { $0.contains("/repo/.beads") })
    }
  }

  @Test func namedPlaces() throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(root)
      try FileSystem.makeDirectory(root + "/repo")
      fixture.environment.variables["BEADS_DIR"] = root + "/town/.beads"
      #expect(try fixture.prepare().workspace.beadsDirectory == root + "/town/.beads")
      let named = try fixture.prepare { $0.databasePath = "../x/.beads/mine.db" }
      #expect(named.workspace.databasePath == root + "/x/.beads/mine.db")
      #expect(named.workspace.metadata()?.database == "mine.db")
      #expect(try fixture.prepare { $0.directory = "." }.workspace.beadsDirectory == root + "/repo/.beads")
      let odd = thrownError { () throws(BeadsError) in
        try fixture.prepare { $0.databasePath = "issues.sqlite" }
      }
      #expect(odd?.code == .invalid)
      fixture.environment.variables["BEADS_DIR"] = nil
      try fixture.redirect("other", to: "../gone/.beads")
      fixture.environment.currentDirectory = root + "/other"
      let redirected = thrownError { () throws(BeadsError) in try fixture.prepare() }
      #expect(redirected?.message.contains("redirect") == true)
    }
  }

  @Test func remoteProjectIsNotShadowed() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      try fixture.git("commit", "-q", "--allow-empty", "-m", "x")
      try fixture.git("clone", "-q", "repo", "clone", in: "")
      try fixture.write("repo/.beads/issues.jsonl", "{}\n")
      try fixture.git("add", "-A")
      try fixture.git("commit", "-qm", "issues")
      try fixture.git("fetch", "-q", in: "clone")
      var clone = fixture
      clone.environment.currentDirectory = root + "/clone"
      let error = thrownError { () throws(BeadsError) in try clone.prepare() }
      #expect(error?.code.exitStatus == 11)
      #expect(!fixture.exists("clone/.beads"))
      #expect(try clone.prepare { $0.discardsRemote = true }.state == .created)
    }
  }

  @Test func repositoryIsMadeOnlyWhenAsked() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try FileSystem.makeDirectory(root + "/repo")
      let report = try fixture.prepare()
      #expect(report.workspace.repository == nil)
      let registration = try fixture.register(report)
      #expect(registration.changes.isEmpty)
      #expect(registration.notes.count == 1)
      #expect(!fixture.exists("repo/.git"))
      try FileSystem.makeDirectory(root + "/fresh")
      var fresh = fixture
      fresh.environment.currentDirectory = root + "/fresh"
      #expect(
        try fresh.prepare { $0.createsRepository = true }.workspace.gitDirectory == root + "/fresh/.git")
    }
  }

  // MARK: Registering

  @Test func mergeDriverOfThisClone() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: "repo/my sub[1]")
      try fixture.gitRepository()
      try FileSystem.makeDirectory(root + "/repo/my sub[1]")
      let report = try fixture.prepare()
      let config = try fixture.text("repo/.git/config")
      let registration = try fixture.register(report)
      #expect(registration.changes.count == 3)
      #expect(try fixture.git("config", "merge.beads.driver") == "bd merge %A %O %A %B")
      let attribute = try fixture.git("check-attr", "merge", "--", "my sub[1]/.beads/issues.jsonl")
      #expect(attribute.hasSuffix("merge: beads"))
      #expect(try fixture.git("status", "--porcelain", "--", ".gitattributes").isEmpty)
      #expect(try fixture.register(report) == WorkspaceInit.Registration())

      let manifest = Manifest(report.workspace)
      #expect(manifest.entries.map(\.kind) == [.configLines, .lines])
      for entry in manifest.entries {
        #expect(try entry.revert(in: report.workspace))
        #expect(try !entry.revert(in: report.workspace))
      }
      #expect(!fixture.exists("repo/.git/info/attributes"))
      #expect(try fixture.text("repo/.git/config") == config)
    }
  }

  @Test func aDriverOfTheUserStays() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      try fixture.git("config", "merge.beads.driver", "mine %A")
      let registration = try fixture.register(try fixture.prepare())
      #expect(registration.notes.contains { $0.contains("mine %A") })
      #expect(try fixture.git("config", "merge.beads.driver") == "mine %A")
      let skipped = try fixture.register(try fixture.prepare { $0.prefix = "x" }) {
        $0.registersMergeDriver = false
      }
      #expect(skipped == WorkspaceInit.Registration())
    }
  }

  @Test(arguments: [true, false])
  func hiddenProject(isStealth: Bool) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      try fixture.write("repo/.git/info/exclude", "*.o")
      let choose = { (options: inout WorkspaceInit.Options) in
        options.isStealth = isStealth
        options.excludesFiles = !isStealth
      }
      let report = try fixture.prepare(choose)
      #expect(try fixture.register(report, choose).changes.count == 1)
      #expect(try fixture.text("repo/.git/info/exclude") == "*.o\n/.beads/\n")
      #expect(try fixture.git("status", "--porcelain").isEmpty)
      #expect(!fixture.exists("repo/.git/info/attributes"))
      let configuration = Configuration(environment: fixture.environment, workspace: report.workspace)
      #expect(try configuration.bool("no-git-ops") == isStealth)
    }
  }

  @Test func role() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.gitRepository()
      let report = try fixture.prepare()
      _ = try fixture.register(report)
      let registration = try fixture.register(report) { $0.role = .contributor }
      #expect(registration.changes == ["git config beads.role = contributor"])
      #expect(try fixture.git("config", "beads.role") == "contributor")
      #expect(try fixture.register(report) { $0.role = .contributor }.changes.isEmpty)
      #expect(Manifest(report.workspace).entries.count == 3)
    }
  }

  @Test func joiningCompletesTheIgnoredNames() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.write("repo/.beads/issues.jsonl", "{}\n")
      try fixture.write("repo/.beads/.gitignore", "*.db\n# theirs\nlast-touched")
      _ = try fixture.prepare()
      let text = try fixture.text("repo/.beads/.gitignore")
      #expect(text.hasPrefix("*.db\n# theirs\nlast-touched\n"))
      #expect(text.contains("\n.write.lock\n"))
      #expect(text.split(separator: "\n").count { $0 == "*.db" } == 1)
      _ = try fixture.prepare()
      #expect(try fixture.text("repo/.beads/.gitignore") == text)
    }
  }
}
