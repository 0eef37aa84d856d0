import BeadsKit
import GasTownKit
import Testing

@Suite("gt polecat")
struct PolecatCommandTests {
  let town: TestTown
  let record: AgentRecord
  let path: String

  init() throws {
    town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    record = try DoneTests.give(try town.makeIssue("Work"), town)
    path = try #require(record.worktree)
  }

  private func keys(_ value: JSONValue?) -> [String] {
    if case .object(let members)? = value { members.map(\.key) } else { [] }
  }

  @Test func listsThem() throws {
    let list = try town.json("polecat", "list", "app")
    #expect(keys(list[0]) == ["rig", "name", "state", "issue", "branch", "session_running", "session_name"])
    #expect(list[0]?["state"]?.stringValue == "spawning")
    #expect(list[0]?["session_name"]?.stringValue == "app-furiosa")
    #expect(town.gt("polecat", "list").standardOutput.contains("\napp/furiosa  spawning"))
    #expect(town.gt("polecat", "list", "nowhere").status == 1)
  }

  @Test func saysWhoseSessionIsGone() throws {
    try town.database().update(record.address) { $0.state = .working }
    #expect(try town.json("polecat", "status", "app/furiosa")["state"]?.stringValue == "stalled")
    try town.database().update(record.address) { $0.state = .stuck }
    #expect(try town.json("polecat", "status", "app/polecats/furiosa")["state"]?.stringValue == "stuck")
  }

  @Test func showsOne() throws {
    let status = try town.json("polecat", "status", "app/furiosa")
    #expect(keys(status) == ["rig", "name", "state", "issue", "clone_path", "branch", "session_running"])
    #expect(status["clone_path"]?.stringValue == path)
    for word in ["furiosa", "app/nobody", "app/crew/furiosa", "app/../x", ""] {
      #expect(town.gt("polecat", "status", word).status == 1)
    }
  }

  @Test func showsWhatIsNowhereElse() throws {
    let clean = try town.json("polecat", "git-state", "app/furiosa")
    #expect(keys(clean) == ["clean", "uncommitted_files", "unpushed_commits", "stash_count"])
    #expect(clean["clean"] == .bool(true))
    try town.write(path + "/a.txt", "a")
    try town.git(path, "add", ".")
    try town.git(path, "commit", "-q", "-m", "a")
    try town.write(path + "/b.txt", "b")
    try town.git(path, "stash", "push", "-q", "-u")
    try town.write(path + "/c d.txt", "c")
    let state = try town.json("polecat", "git-state", "app/furiosa")
    #expect(state["uncommitted_files"]?.strings == ["c d.txt"])
    #expect(state["unpushed_commits"]?.intValue == 1)
    #expect(state["stash_count"]?.intValue == 1)
  }

  @Test func tellsWhetherTheWorktreeMayGo() throws {
    func verdict() throws -> [String?] {
      let found = try town.json("polecat", "check-recovery", "app/furiosa")
      return ["verdict", "cleanup_status", "mq_status"].map { found[$0]?.stringValue }
    }
    // What was never made cannot be merged.
    #expect(try verdict() == ["SAFE_TO_NUKE", "clean", nil])
    try town.write(path + "/a.txt", "a")
    #expect(try verdict() == ["NEEDS_RECOVERY", "has_uncommitted", nil])
    try town.git(path, "add", ".")
    try town.git(path, "commit", "-q", "-m", "a")
    #expect(try verdict() == ["NEEDS_RECOVERY", "has_unpushed", "not_submitted"])
    let branch = try #require(record.branch?.rawValue)
    try town.git(path, "push", "-q", "origin", "\(branch):\(branch)")
    #expect(try verdict() == ["NEEDS_MQ_SUBMIT", "clean", "not_submitted"])
    // Merged as another commit: the content counts.
    let clone = Path.normalized(town.root + "/../clone")
    try town.git(town.root, "clone", "-q", town.originPath("app"), clone)
    try town.git(clone, "merge", "-q", "--squash", "origin/\(branch)")
    try town.git(clone, "commit", "-q", "-m", "squashed")
    try town.git(clone, "push", "-q", "origin", "HEAD:main")
    try town.git(try town.rig().repository, "fetch", "-q", "origin")
    #expect(try verdict() == ["SAFE_TO_NUKE", "clean", "merged"])
  }

  @Test func removesOnlyWhatMayGo() throws {
    try town.write(path + "/a.txt", "a")
    let refused = town.gt("polecat", "nuke", "app/furiosa")
    #expect(refused.status == 2)
    #expect(refused.standardError.contains("a.txt"))
    #expect(
      town.gt("polecat", "nuke", "app/furiosa", "-f", "--dry-run").standardOutput.contains("would be removed")
    )
    #expect(FileSystem.exists(path))
    // The shell of the caller is in it.
    #expect(town.gt(["polecat", "nuke", "app/furiosa", "-f"], in: "app/polecats/furiosa/app").status == 2)
    let gone = try town.json("polecat", "nuke", "app/furiosa", "--force")
    #expect(gone[0]?["saved"]?.strings?.count == 1)
    #expect(try town.json("polecat", "list") == .array([]))
    #expect(try town.json("polecat", "list", "--all")[0]?["state"]?.stringValue == "nuked")
  }

  @Test func keepsTheOneWhoseMergeRequestIsOpen() throws {
    try town.write(path + "/a.txt", "a")
    #expect(town.gt(["done"], as: record.address.text).status == 0)
    #expect(town.gt("polecat", "nuke", "app/furiosa").status == 2)
    #expect(town.gt("polecat", "nuke", "app/furiosa", "--nuclear").status == 2)
    #expect(try town.json("polecat", "prune", "app") == .array([]))
    #expect(try town.json("polecat", "prune", "app", "--remote") == .array([]))
    #expect(town.gt("polecat", "nuke", "app", "--all", "--force").status == 0)
  }

  @Test func cleansUpOnlyWhatIsKeptElsewhere() throws {
    let repository = try town.rig().repository
    try town.git(repository, "branch", "polecat/old/x@1", "refs/remotes/origin/main~1")
    let tree = try town.git(repository, "rev-parse", "refs/remotes/origin/main^{tree}")
    let alone = try town.git(repository, "commit-tree", tree, "-m", "only here")
    try town.git(repository, "branch", "polecat/old/y@2", alone)
    let branch = try #require(record.branch?.rawValue)
    #expect(try town.json("polecat", "gc", "app").strings == ["polecat/old/x@1"])
    #expect(
      try town.git(repository, "branch", "--list", "polecat/*", "--format=%(refname:short)")
        == "\(branch)\npolecat/old/y@2")
  }
}
