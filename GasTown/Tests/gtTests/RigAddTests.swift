import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Scenario 2 of the contract's appendix D.
@Suite("gt rig add")
struct RigAddTests {
  @Test func makesTheLayout() throws {
    let town = try TestTown()
    let rig = try town.rig()
    #expect(rig.prefix.rawValue == "app")
    #expect(rig.defaultBranch.rawValue == "main")
    #expect(try town.text(".beads/routes.jsonl").hasSuffix(#"{"prefix":"app-","path":"app"}"# + "\n"))
    #expect(try town.git(rig.repository, "rev-parse", "--is-bare-repository") == "true")
    #expect(
      try town.git(rig.repository, "config", "remote.origin.fetch") == "+refs/heads/*:refs/remotes/origin/*")
    #expect(
      try town.git(rig.repository, "symbolic-ref", "refs/remotes/origin/HEAD") == "refs/remotes/origin/main")
    for checkout in [rig.path("mayor/rig"), rig.path("refinery/rig")] {
      #expect(try town.git(checkout, "status", "--porcelain", "--branch") == "## main...origin/main")
      #expect(try town.git(checkout, "log", "--format=%s") == "Second\nFirst")
      #expect(try town.git(checkout, "config", "remote.origin.url") == town.originPath("app"))
    }
    #expect(try town.text("app/refinery/rig/.beads/redirect") == "../../.beads\n")
    #expect(try rig.trackerDirectory() == rig.path(".beads"))
    #expect(!town.exists("app/.gt-adding"))
    let id = try town.makeIssue("Fix it")
    #expect(id.rawValue.hasPrefix("app-"))
    #expect(try town.ledgers().store(for: id).issue(id)?.title == "Fix it")
    #expect(town.ledgers().rig(of: id)?.rawValue == "app")
  }

  @Test func commandsInACheckoutFindTheTracker() throws {
    let town = try TestTown()
    var environment = town.environment
    for checkout in ["refinery/rig", "mayor/rig"] {
      environment.currentDirectory = Path.join(town.root, "app", checkout)
      let found = try Workspace.locate(environment: environment)
      #expect(found.beadsDirectory == Path.join(town.root, "app/.beads"))
    }
  }

  @Test func takesTheDefaultBranchOfTheRemote() throws {
    let town = try TestTown(rig: false)
    try town.makeOrigin("web", branch: "develop")
    let added = try town.json("rig", "add", "web", town.originPath("web"), "--prefix", "w")
    #expect(added["default_branch"] == .string("develop"))
    #expect(added["beads_prefix"] == .string("w"))
    #expect(try town.git("web/refinery/rig", "branch", "--show-current") == "develop")
  }

  @Test func joinsTheTrackerOfTheProject() throws {
    let town = try TestTown(rig: false)
    let issue =
      #"{"id":"shop-a1b2","title":"Old","status":"open","priority":2,"issue_type":"task","#
      + #""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"#
    try town.makeOrigin(
      "shop", files: [".beads/issues.jsonl": issue + "\n", ".beads/config.yaml": "issue-prefix: shop\n"])
    let refused = town.gt("rig", "add", "shop", town.originPath("shop"), "--prefix", "other")
    #expect(refused.status == 1)
    #expect(refused.standardError.contains("begin with shop-, not with other-"))
    #expect(!town.exists("shop"))

    let added = try town.json("rig", "add", "shop", town.originPath("shop"))
    #expect(added["tracks_issues"] == .bool(true))
    #expect(added["beads_prefix"] == .string("shop"))
    #expect(try town.text("shop/.beads/redirect") == "mayor/rig/.beads\n")
    #expect(try town.text("shop/refinery/rig/.beads/redirect") == "../../mayor/rig/.beads\n")
    #expect(!town.exists("shop/mayor/rig/.beads/redirect"))
    let doctor = town.gt("doctor", "--rig", "shop")
    #expect(!doctor.standardOutput.contains("does not lead to"), "\(doctor.standardOutput)")
    #expect(try town.text(".beads/routes.jsonl").contains(#"{"prefix":"shop-","path":"shop/mayor/rig"}"#))
    let store = try town.ledgers().store(of: try RigName("shop"))
    #expect(try store.issue(try IssueID("shop-a1b2"))?.title == "Old")
    #expect(store.rules.vocabulary.isKnown(Status(rawValue: "in_review")))
  }

  private static let refused: [([String], String)] =
    [
      (["a-b", "ORIGIN"], "\"a-b\" is not a rig name"), (["hq", "ORIGIN"], "\"hq\" is reserved"),
      (["Mayor", "ORIGIN"], "is reserved"), (["../x", "ORIGIN"], "is not a rig name"),
      (["a b", "ORIGIN"], "is not a rig name"), (["", "ORIGIN"], "is not a rig name"),
      (["app", "ORIGIN"], "there is a rig app already"), (["APP", "ORIGIN"], "there is a rig app already"),
      (["web"], "the address of the repository is missing"), (["web", ""], "no address"),
      (["web", "ext::sh -c id"], "no address"), (["web", "--", "-oProxyCommand=x"], "no address"),
      (["web", "owner/repo"], "https://github.com/owner/repo"), (["web", "https://"], "no address"),
      (["web", "ftp://host/x"], "no address"), (["web", "a\u{1B}b:c"], "no address"),
      (["web", "ssh://-oProxyCommand=x/y"], "no address"),
      (["web", "/no/such/place"], "there is no directory"),
      (["web", "ORIGIN", "--prefix", "app"], "the issues of the rig app begin with app- already"),
      (["web", "ORIGIN", "--prefix", "hq"], "the prefix hq is the town's own"),
      (["web", "ORIGIN", "--prefix", "1x"], "is not an issue prefix"),
      (["web", "ORIGIN", "--prefix", "averyveryverylongprefix"], "is no prefix of a rig"),
      (["web", "ORIGIN", "--branch", "gone"], "has no branch gone"),
      (["web", "ORIGIN", "--branch", "-x"], "is not a branch name"),
      (["web", "EMPTY"], "is empty"), (["web", "TOWN"], "git cannot read"),
      (["web", "ORIGIN", "--filter", "a;b"], "is no filter"),
      (["web", "ORIGIN", "--local-repo", "/"], "is no git repository"),
      (["web", "ORIGIN", "--push-url", "ext::x"], "no address"),
      (["settings2", "--adopt"], "is no folder of a rig"),
    ]

  @Test func refusesWhatIsNoRig() throws {
    let town = try TestTown()
    try town.git("", "init", "-q", "--bare", town.originPath("empty"))
    let before = try snapshot(town.root)
    let places = ["ORIGIN": town.originPath("app"), "EMPTY": town.originPath("empty"), "TOWN": town.root]
    for (arguments, message) in Self.refused {
      let result = town.gt(["rig", "add"] + arguments.map { places[$0] ?? $0 })
      #expect(result.status != 0, "\(arguments)")
      #expect(result.standardError.contains(message), "\(arguments): \(result.standardError)")
      #expect(result.standardOutput.isEmpty)
      #expect(try snapshot(town.root) == before, "\(arguments)")
    }
  }

  @Test func passwordsAreNeverShownNorKept() throws {
    let town = try TestTown(rig: false)
    let url = "https://alice:hunter2@127.0.0.1:1/x.git"
    for more in [[], ["--json"]] {
      let result = town.gt(["rig", "add", "web", url] + more)
      #expect(result.status == 1)
      #expect(!(result.standardError + result.standardOutput).contains("hunter2"), "\(result.standardError)")
    }
    let refused = town.gt("rig", "add", "web", "ftp://alice:hunter2@host/x")
    #expect(!refused.standardError.contains("hunter2"))
    #expect(try RemoteURL("https://tok@host/x", town.environment).description == "https://host/x")
    #expect(try RemoteURL("ssh://git:pw@host/x", town.environment).description == "ssh://git@host/x")
    #expect(try RemoteURL("git@host:o/n.git", town.environment).description == "git@host:o/n.git")
  }

  @Test(
    "that fails leaves nothing, and the next run works",
    arguments: ["file.write", "file.rename", "directory.make", "file.open"])
  func fullDisk(place: String) throws {
    let town = try TestTown(rig: false)
    try town.makeOrigin("app")
    let before = try snapshot(town.root)
    var failures = 0
    for count in [1, 2, 4, 8, 12, 16, 24, 32] {
      let result = withFailures("\(place)#\(count)+=ENOSPC") {
        town.gt("rig", "add", "app", town.originPath("app"))
      }
      if result.status == 0 { break }
      failures += 1
      #expect(!town.exists("app"), "\(place) \(count)")
      #expect(try snapshot(town.root) == before, "\(place) \(count)")
    }
    #expect(failures > 2)
    if !town.exists("app") { #expect(town.gt("rig", "add", "app", town.originPath("app")).status == 0) }
    #expect(try town.town.rigs().count == 1)
  }

  @Test func manyAtOnceAreAllRegistered() async throws {
    let town = try TestTown(rig: false)
    let names = ["app", "web", "api", "docs", "shop", "data"]
    for name in names { try town.makeOrigin(name) }
    let environment = town.environment
    let lines = names.flatMap { name in
      // Each twice: one of the two is told that there is a rig of that name.
      Array(repeating: ["rig", "add", name, town.originPath(name), "--prefix", name], count: 2)
    }
    let statuses = await withTaskGroup(of: Int32.self) { group in
      for line in lines { group.addTask { gt(line, environment).status } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 0 } == names.count)
    #expect(try town.town.rigs().map(\.name.rawValue) == names.sorted())
    #expect(try town.text(".beads/routes.jsonl").split(separator: "\n").count == names.count + 2)
    #expect(town.gt("doctor").standardOutput.contains("0 errors"))
  }

  @Test func onePrefixGoesToOneRig() async throws {
    let town = try TestTown(rig: false)
    try town.makeOrigin("app")
    let (environment, origin) = (town.environment, town.originPath("app"))
    let statuses = await withTaskGroup(of: Int32.self) { group in
      for name in ["one", "two", "three", "four"] {
        group.addTask { gt(["rig", "add", name, origin, "--prefix", "same"], environment).status }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 0 } == 1)
    let rigs = try town.town.rigs()
    #expect(rigs.count == 1)
    for name in ["one", "two", "three", "four"] where name != rigs[0].name.rawValue {
      #expect(!town.exists(name))
    }
  }

  @Test func worksInATownWithoutATracker() throws {
    let project = try TestProject()
    #expect(gt(["install", "town", "--no-beads"], project.environment).status == 0)
    let town = try TestTown(rig: false)
    try town.makeOrigin("app")
    var environment = project.environment
    environment.currentDirectory = Path.join(project.directory, "town")
    let result = gt(["rig", "add", "app", town.originPath("app")], environment)
    #expect(result.status == 0, "\(result.standardError)")
  }

  @Test func whatAKilledRunLeftIsCleared() throws {
    let town = try TestTown(rig: false)
    try town.makeOrigin("app")
    try town.write("app/.gt-adding", "gt rig add\n")
    try town.write("app/.repo.git/HEAD", "torn")
    #expect(town.gt("rig", "add", "app", town.originPath("app")).status == 0)
    #expect(try town.git("app/refinery/rig", "log", "--format=%s") == "Second\nFirst")
  }

  @Test(
    "derives prefixes from names",
    arguments: [
      ("gastown", "gt"), ("gas_town", "gt"), ("gasTown", "gt"), ("beads", "be"), ("api", "api"), ("x", "x"),
      ("my_web_app", "mwa"), ("tool_py", "to"), ("tool_go", "to"), ("Shop", "sh"), ("a1b2c3", "a1"),
      ("web2", "we"),
    ])
  func derivedPrefix(name: String, prefix: String) {
    #expect(RigPrefix.derived(from: name).rawValue == prefix)
  }
}
