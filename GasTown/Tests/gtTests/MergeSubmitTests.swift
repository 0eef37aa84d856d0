import BeadsKit
import GasTownKit
import Testing

@Suite("gt mq submit")
struct MergeSubmitTests {
  let town: MergeTown
  let issue: IssueID

  init() throws {
    town = try MergeTown()
    issue = try town.base.makeIssue("Write the parser")
  }

  private var base: TestTown { town.base }

  /// A clone of a crew member with a commit on a branch.
  private func crew(_ branch: String, _ files: [String: String] = ["parser.txt": "x"]) throws -> String {
    #expect(base.gt("crew", "add", "max", "--rig", "app").status == 0)
    let clone = Path.join(base.root, "app/crew/max")
    try commit(branch, files, in: clone)
    return clone
  }

  private func commit(_ branch: String, _ files: [String: String], in clone: String) throws {
    try base.git(clone, "switch", "--quiet", "-c", branch)
    for (path, text) in files { try base.write(Path.join(clone, path), text) }
    try base.git(clone, "add", "--all")
    try base.git(clone, "commit", "--quiet", "-m", "Write \(branch)")
  }

  @Test func aBranchOfTheCrewIsPushedMergedAndItsIssueClosed() throws {
    let clone = try crew("fix/\(issue)-parser")
    let result = base.gt(["mq", "submit", "--json"], in: clone)
    #expect(result.status == 0, "\(result.standardError)")
    let made = try #require(JSONValue(parsing: result.standardOutput))
    #expect(made["source_issue"]?.stringValue == issue.rawValue)
    #expect(made["worker"]?.stringValue == "app/crew/max" && made["repeated"] == .bool(false))
    #expect(try town.origin("rev-parse", "fix/\(issue)-parser") == made["commit_sha"]?.stringValue)
    #expect(try town.issue(issue).status.rawValue == "in_review")
    // The same again changes nothing.
    let again = JSONValue(parsing: base.gt(["mq", "submit", "--json"], in: clone).standardOutput)
    #expect(again?["id"] == made["id"] && again?["repeated"] == .bool(true))
    #expect(try town.states().count == 1)
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("parser.txt"))
    #expect(try town.issue(issue).status == .closed)
    // A branch that is no polecat's stays.
    #expect(try !town.origin("for-each-ref", "refs/heads/fix").isEmpty)
    #expect(base.gt(["mq", "submit"], in: clone).standardError.contains("is closed: Merged in"))
  }

  @Test func aPersonNamesTheBranchFromAnywhere() throws {
    try base.git(town.clone, "checkout", "--quiet", "-b", "topic")
    try base.write(Path.join(town.clone, "a.txt"), "a")
    try base.git(town.clone, "add", "--all")
    try base.git(town.clone, "commit", "--quiet", "-m", "A")
    // Outside of the town, in a clone of the same origin: what is checked out there is pushed.
    base.environment.variables["GT_TOWN_ROOT"] = base.root
    let result = base.gt(["mq", "submit", "--issue", issue.rawValue], in: town.clone)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try town.origin("rev-parse", "topic") == base.git(town.clone, "rev-parse", "HEAD"))
    // One that is on the origin is submitted from the root of the town.
    try base.git(town.clone, "commit", "--quiet", "--allow-empty", "-m", "B")
    try base.git(town.clone, "push", "--quiet", "origin", "topic")
    let second = base.gt("mq", "submit", "--branch", "topic", "--issue", issue.rawValue, "--rig", "app")
    #expect(second.status == 0, "\(second.standardError)")
    #expect(try town.states().count == 1, "the older one is superseded")
    let closed = try base.json("mq", "list", "app", "--status", "superseded").arrayValue ?? []
    #expect(closed.count == 1)
  }

  @Test func whatAPolecatLeftBehindIsSubmittedForIt() throws {
    let record = try DoneTests.give(issue, base)
    let path = try #require(record.worktree)
    try base.write(path + "/a.txt", "a")
    try base.git(path, "add", "a.txt")
    try base.git(path, "commit", "--quiet", "-m", "A")
    let branch = try #require(record.branch?.rawValue)
    let result = base.gt("mq", "submit", "--branch", branch, "--rig", "app")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(
      try base.json("mq", "list", "app").arrayValue?.first?["worker"]?.stringValue == record.address.text)
    // The polecat that comes back finds its work handed in.
    let done = base.gt(["done"], as: record.address.text)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(try town.states().count == 1)
    #expect(try base.database().agent(record.address)?.state == .idle)
  }

  @Test func aPolecatEndsItsAssignmentWithItUnlessItSaysOtherwise() throws {
    let record = try DoneTests.give(issue, base)
    let path = try #require(record.worktree)
    try base.write(path + "/a.txt", "a")
    #expect(
      base.gt(["mq", "submit", "--no-cleanup"], in: path, as: record.address.text).standardError
        .contains("not everything is committed"))
    try base.git(path, "add", "a.txt")
    try base.git(path, "commit", "--quiet", "-m", "A")
    let kept = base.gt(["mq", "submit", "--no-cleanup"], in: path, as: record.address.text)
    #expect(kept.status == 0, "\(kept.standardError)")
    #expect(try base.database().agent(record.address)?.bead == issue)
    try base.write(path + "/b.txt", "b")
    #expect(base.gt(["mq", "submit"], in: path, as: record.address.text).status == 0)
    #expect(try base.database().agent(record.address)?.bead == nil)
    #expect(town.merge().status == 0)
    #expect(try town.files().isSuperset(of: ["a.txt", "b.txt"]))
  }

  @Test func whatIsNotInOrderIsNotSubmitted() throws {
    let clone = try crew("topic")
    func refused(_ arguments: String...) -> String {
      let result = base.gt(["mq", "submit"] + arguments, in: clone)
      #expect(result.status != 0, "\(arguments)")
      return result.standardError
    }
    #expect(refused().contains("which issue is topic for?"))
    #expect(refused("--issue", "app-none").contains("there is no issue"))
    #expect(refused("--issue", issue.rawValue, "--branch", "nothing").contains("there is no branch nothing"))
    #expect(refused("--issue", issue.rawValue, "--branch", "main").contains("what branches are merged into"))
    #expect(refused("--issue", issue.rawValue, "--target", "nowhere").contains("nowhere"))
    #expect(refused("--issue", issue.rawValue, "--priority", "9").contains("no priority"))
    #expect(refused("--issue", issue.rawValue, "--epic", issue.rawValue).contains("no integration branch"))
    let other = try base.makeIssue("First this")
    try edit { tx throws(BeadsError) in try tx.addDependency(issue, dependsOn: other) }
    #expect(refused("--issue", issue.rawValue).contains("waits for \(other)"))
    try base.write(Path.join(clone, "more.txt"), "more")
    #expect(refused("--issue", issue.rawValue, "--skip-deps").contains("not everything is committed"))
    try base.git(clone, "add", "--all")
    try base.write(Path.join(clone, "key.py"), "token = 'ghp_\("q1TjEo7HpZdW9XfK2cRvBs5LnYmU8gA3iQ0w")'\n")
    try base.git(clone, "add", "--all")
    try base.git(clone, "commit", "--quiet", "-m", "More")
    #expect(refused("--issue", issue.rawValue, "--skip-deps").contains("what looks like a secret"))
    #expect(try town.origin("for-each-ref", "refs/heads/topic").isEmpty)
    try base.git(clone, "reset", "--quiet", "--hard", "origin/main")
    #expect(refused("--issue", issue.rawValue, "--skip-deps").contains("no commit that main does not have"))
    try edit { tx throws(BeadsError) in try tx.update(issue) { $0.assignee = "app/polecats/nux" } }
    try base.git(clone, "reset", "--quiet", "--hard", "HEAD@{1}~1")
    #expect(refused("--issue", issue.rawValue, "--skip-deps").contains("is that of app/polecats/nux"))
    #expect(try town.states().isEmpty)
    #expect(try town.issue(issue).status == .open)
  }

  @Test func nothingOnTheOriginIsOverwritten() throws {
    let clone = try crew("topic")
    try base.git(town.clone, "checkout", "--quiet", "-b", "topic")
    try base.git(town.clone, "commit", "--quiet", "--allow-empty", "-m", "Of somebody else")
    try base.git(town.clone, "push", "--quiet", "origin", "topic")
    let before = try town.origin("rev-parse", "topic")
    let result = base.gt(["mq", "submit", "--issue", issue.rawValue], in: clone)
    #expect(result.status != 0 && result.standardError.contains("has commits that yours does not have"))
    #expect(try town.origin("rev-parse", "topic") == before)
  }

  @Test func whatWasTurnedAwayIsAskedForAgainOnlyOnPurpose() throws {
    let clone = try crew("topic", ["broken": "x"])
    #expect(base.gt(["mq", "submit", "--issue", issue.rawValue], in: clone).status == 0)
    #expect(town.merge().status == 1)
    let refused = base.gt(["mq", "submit", "--issue", issue.rawValue], in: clone)
    #expect(refused.status != 0 && refused.standardError.contains("needs-fix"), "\(refused.standardError)")
    #expect(base.gt(["mq", "submit", "--issue", issue.rawValue, "--resubmit"], in: clone).status == 0)
    #expect(try town.states().values.sorted() == ["ready"])
    #expect(town.merge().status == 1)
    // A new commit needs no word.
    try base.git(clone, "rm", "--quiet", "broken")
    try base.write(Path.join(clone, "good"), "x")
    try base.git(clone, "add", "--all")
    try base.git(clone, "commit", "--quiet", "-m", "Mend it")
    let mended = base.gt(["mq", "submit", "--issue", issue.rawValue], in: clone)
    #expect(mended.status == 0, "\(mended.standardError)")
    #expect(town.merge().status == 0)
    #expect(try town.issue(issue).status == .closed)
  }

  @Test func aRejectionHolds() throws {
    let clone = try crew("topic")
    let made = base.gt(["mq", "submit", "--issue", issue.rawValue, "--json"], in: clone)
    let id = try #require(JSONValue(parsing: made.standardOutput)?["id"]?.stringValue)
    #expect(base.gt("mq", "reject", "app", id, "--reason", "Not wanted", "--notify").status == 0)
    let mail = try base.json("mail", "inbox", "app/crew/max").arrayValue ?? []
    #expect(mail.contains { $0["subject"]?.stringValue?.contains("Not merged") == true })
    let refused = base.gt(["mq", "submit", "--issue", issue.rawValue], in: clone)
    #expect(refused.status != 0 && refused.standardError.contains("was rejected: Not wanted"))
    #expect(base.gt(["mq", "submit", "--issue", issue.rawValue, "--resubmit"], in: clone).status == 0)
  }

  private func edit(_ body: (inout Transaction) throws(BeadsError) -> Void) throws {
    let ledgers = base.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: issue).write("test") { tx throws(BeadsError) in try body(&tx) }
  }
}
