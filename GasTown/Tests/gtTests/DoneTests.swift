import BeadsKit
import GasTownKit
import Testing

/// Scenario 5 of the contract's appendix D; killed half-way: `DoneKillTests`.
@Suite("gt done")
struct DoneTests {
  let town: TestTown
  let id: IssueID
  let record: AgentRecord
  let path: String
  let branch: String

  init() throws {
    town = try TestTown()
    id = try town.makeIssue("Write the parser")
    record = try Self.give(id, town)
    path = try #require(record.worktree)
    branch = try #require(record.branch?.rawValue)
  }

  static func give(_ id: IssueID, _ town: TestTown, base: BranchName? = nil) throws -> AgentRecord {
    let ledgers = town.ledgers(actor: "mayor")
    defer { ledgers.close() }
    let polecats = Polecats(
      town: town.town, rig: try town.rig(), database: try town.database(), ledgers: ledgers)
    return try polecats.prepareWorktree(try polecats.assign(id, base: base))
  }

  private func done(_ arguments: String...) -> GtResult {
    town.gt(["done"] + arguments, as: record.address.text)
  }

  private func issue(_ id: IssueID) throws -> BeadsKit.Issue {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try #require(try ledgers.store(for: id).issue(id))
  }

  private func requests() throws -> [MergeRequest] {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try MergeRequests(try town.rig(), ledgers).open()
  }

  private func edit(_ body: @escaping (inout BeadsKit.Issue) throws(BeadsError) -> Void) throws {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("test") { tx throws(BeadsError) in try tx.update(id, body) }
  }

  private func commit(_ file: String = "parser.swift", _ text: String = "let a = 1\n") throws -> String {
    try town.write(path + "/" + file, text)
    try town.git(path, "add", "--", file)
    try town.git(path, "commit", "-q", "-m", "Write \(file)")
    return try town.git(path, "rev-parse", "HEAD")
  }

  private func onOrigin(_ branch: String) throws -> String {
    try town.git(town.originPath("app"), "for-each-ref", "--format=%(objectname)", "refs/heads/\(branch)")
  }

  /// Scenario 4 of the contract's appendix D.
  @Test func handsTheBranchInAndFreesThePolecat() throws {
    let head = try commit()
    let result = done()
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try onOrigin(branch) == head)
    let request = try #require(try requests().first)
    #expect(request.branch == branch)
    #expect(request.target == "main")
    #expect(request.commit == head)
    #expect(request.sourceIssue == id.rawValue)
    #expect(request.worker == record.address.text)
    let stored = try issue(request.id)
    #expect(stored.type.rawValue == "merge-request")
    #expect(stored.isEphemeral)
    #expect(stored.labels == ["gt:merge-request"])
    #expect(try issue(id).status.rawValue == "in_review")
    #expect(try issue(id).closedAt == nil)
    let agent = try #require(try town.database().agent(record.address))
    #expect(agent.state == .idle)
    #expect(agent.bead == nil)
    #expect(!agent.isWanted)
    #expect(try town.git(path, "rev-parse", "HEAD") == onOrigin("main"))
    #expect(try town.git(path, "status", "--porcelain") == "")
    #expect(try town.git(try town.rig().repository, "for-each-ref", "refs/heads/polecat", "refs/gt") == "")
    #expect(try town.text(".events.jsonl").contains(#""type":"done""#))
  }

  @Test func commitsWhatWasNotCommittedButNoDeletionAndNothingOfOurs() throws {
    try town.write(path + "/new file.txt", "new")
    try town.write(path + "/main.txt", "changed\n")
    try town.write(path + "/.claude/settings.local.json", "{}")
    try town.write(path + "/CLAUDE.local.md", "ours")
    let saved = try town.json("done", as: record.address.text)
    #expect(saved["saved_files"]?.strings == ["main.txt", "new file.txt"])
    let changed = try town.git(town.originPath("app"), "diff", "--name-only", "main", branch)
    #expect(changed == "main.txt\nnew file.txt")
    let message = try town.git(town.originPath("app"), "log", "-1", "--format=%an%n%B", branch)
    #expect(message.contains("auto-save"))
  }

  @Test func refusesToCommitADeletionForTheAgent() throws {
    try FileSystem.remove(path + "/main.txt")
    try town.write(path + "/new.txt", "new")
    let result = done()
    #expect(result.status == 1)
    #expect(result.standardError.contains("main.txt"))
    #expect(try onOrigin(branch) == "")
    #expect(try issue(id).status == .hooked)
    // The rest is committed all the same, and the deletion is where it was.
    #expect(try town.git(path, "show", "--name-only", "--format=", "HEAD") == "new.txt")
    #expect(try town.git(path, "status", "--porcelain") == " D main.txt")
    try town.git(path, "rm", "-q", "main.txt")
    try town.git(path, "commit", "-q", "-m", "Meant so")
    #expect(done().status == 0)
  }

  @Test func refusesWhatIsNoWork() throws {
    let nothing = done()
    #expect(nothing.status == 1)
    #expect(!nothing.standardError.contains("cleanup-status"))
    try town.git(path, "checkout", "-q", "--detach")
    #expect(done().status == 1)
    try town.git(path, "switch", "-q", "-c", "something-else")
    _ = try commit()
    #expect(done().status == 1)
    // On the default branch, whatever is committed there.
    try town.git(path, "switch", "-q", "--ignore-other-worktrees", "main")
    let main = try commit("main.swift")
    let result = done()
    #expect(result.status == 1 && result.standardError.contains("main"), "\(result.standardError)")
    #expect(try onOrigin("main") != main)
    #expect(try issue(id).status == .hooked)
    #expect(try onOrigin("something-else") == "")
    #expect(try requests().isEmpty)
  }

  @Test func refusesFilesThatAreNotTheProjects() throws {
    try town.write(path + "/CLAUDE.local.md", "ours")
    try town.git(path, "add", "-f", "CLAUDE.local.md")
    try town.git(path, "commit", "-q", "-m", "by accident")
    let result = done()
    #expect(result.status == 2)
    #expect(result.standardError.contains("CLAUDE.local.md"))
    #expect(try onOrigin(branch) == "")
  }

  @Test func closesAReportWithoutCommits() throws {
    #expect(done("--cleanup-status", "clean").status == 0)
    #expect(try issue(id).status == .closed)
    #expect(try requests().isEmpty)
  }

  @Test func goesOnAfterTheOriginWasAway() throws {
    let head = try commit()
    let origin = town.originPath("app")
    try FileSystem.rename(origin, to: origin + ".away")
    #expect(done().status == 1)
    #expect(try issue(id).status == .inProgress)
    #expect(try issue(id).labels.contains("needs-recovery"))
    #expect(try town.database().agent(record.address)?.bead == id)
    #expect(try town.git(path, "rev-parse", "HEAD") == head)
    try FileSystem.rename(origin + ".away", to: origin)
    #expect(done().status == 0)
    #expect(try issue(id).labels.isEmpty)
    #expect(try requests().count == 1)
    // Again, as after a kill at the very end.
    let again = try town.json("done", as: record.address.text)
    #expect(again["repeated"] == .bool(true))
    #expect(try requests().count == 1)
  }

  /// As when it was killed right after the push.
  @Test func goesOnAfterThePush() throws {
    let head = try commit()
    try town.git(path, "push", "-q", "origin", branch)
    #expect(done().status == 0)
    #expect(try onOrigin(branch) == head)
    #expect(try requests().map(\.commit) == [head])
    #expect(try issue(id).status == .inReview)
  }

  @Test func neverTouchesAnIssueThatBelongsToSomebodyElse() throws {
    _ = try commit()
    try edit { $0.assignee = "app/polecats/slit" }
    let result = done()
    #expect(result.status == 1)
    #expect(result.standardError.contains("app/polecats/slit"))
    #expect(try onOrigin(branch) == "")
    #expect(try issue(id).status == .hooked)
  }

  @Test func replacesTheRequestOfARewrittenBranch() throws {
    _ = try commit()
    #expect(done().status == 0)
    let first = try #require(try requests().first)
    // The same issue again, as after a conflict.
    try edit {
      $0.status = .open
      $0.assignee = ""
    }
    let again = try Self.give(id, town)
    #expect(again.address == record.address)
    _ = try commit("parser.swift", "let a = 2\n")
    #expect(done().status == 0)
    let now = try requests()
    #expect(now.count == 1)
    #expect(now.first?.id != first.id)
    #expect(try issue(first.id).closeReason.contains("superseded"))
  }

  @Test func goesWhereTheWorkStartedFrom() throws {
    try town.git(town.originPath("app"), "branch", "release/1", "main~1")
    let other = try town.makeIssue("Fix the release")
    let record = try Self.give(other, town, base: try BranchName("release/1"))
    try town.write(try #require(record.worktree) + "/fix.txt", "fix")
    #expect(town.gt(["done"], as: record.address.text).status == 0)
    #expect(try requests().first?.target == "release/1")
    #expect(town.gt(["done", "--target", "nowhere"], as: self.record.address.text).status == 1)
  }

  @Test func keepsTheBranchOfLocalWork() throws {
    try edit { issue throws(BeadsError) in try issue.setMetadata("merge_strategy", .string("local")) }
    let head = try commit()
    #expect(done().status == 0)
    #expect(try onOrigin(branch) == "")
    #expect(try town.git(try town.rig().repository, "rev-parse", "refs/heads/\(branch)") == head)
    #expect(try issue(id).status.rawValue == "in_review")
  }

  @Test func pushesDirectWorkToTheTarget() throws {
    try edit { issue throws(BeadsError) in try issue.setMetadata("merge_strategy", .string("direct")) }
    let head = try commit()
    #expect(done().status == 0)
    #expect(try onOrigin("main") == head)
    #expect(try issue(id).status == .closed)
    #expect(try issue(id).closeReason.hasPrefix("Merged in"))
    #expect(try requests().isEmpty)
  }

  @Test func makesNoRequestForWorkThatIsNotToBeMerged() throws {
    try edit { issue throws(BeadsError) in
      try issue.setMetadata("no_merge", .bool(true))
      try issue.setMetadata("dispatched_by", .string("mayor"))
    }
    let head = try commit()
    #expect(done().status == 0)
    let mail = try town.json("mail", "inbox", as: "mayor")
    #expect(mail[0]?["subject"]?.stringValue?.hasPrefix("READY_FOR_REVIEW") == true)
    #expect(try onOrigin(branch) == head)
    #expect(try requests().isEmpty)
  }

  @Test func asksForHelpWithoutLosingAnything() throws {
    try town.write(path + "/half.txt", "half")
    let result = done("--status", "ESCALATED", "--reason", "which format?")
    #expect(result.status == 0, "\(result.standardError)")
    let raised = try town.json("escalate", "list")[0]
    #expect(raised?["title"]?.stringValue?.contains("Write the parser") == true)
    #expect(raised?["reason"]?.stringValue == "which format?")
    #expect(try issue(id).status == .blocked)
    #expect(try issue(id).assignee == record.address.text)
    #expect(try town.database().agent(record.address)?.state == .stuck)
    #expect(try town.git(path, "show", "HEAD:half.txt") == "half")
    #expect(try town.git(path, "branch", "--show-current") == branch)
  }

  @Test func putsWorkOff() throws {
    try town.write(path + "/half.txt", "half")
    #expect(done("--status", "deferred").status == 0)
    #expect(try issue(id).assignee == record.address.text)
    let agent = try #require(try town.database().agent(record.address))
    #expect(agent.bead == id)
    #expect(agent.state == .idle)
    // Nobody else gets its worktree.
    let other = try Self.give(try town.makeIssue("Other"), town)
    #expect(other.address != record.address)
  }

  @Test func goesOnAfterItsWorktreeWasSentToRest() throws {
    _ = try commit()
    #expect(done().status == 0)
    // As when it was killed before the polecat's record said so.
    try town.database().update(record.address) { agent in
      agent.bead = id
      agent.branch = record.branch
      agent.state = .working
    }
    #expect(done().status == 0)
    #expect(try requests().count == 1)
    #expect(try town.database().agent(record.address)?.state == .idle)
  }

  @Test func isForPolecats() {
    #expect(town.gt(["done"]).status == 1)
    #expect(town.gt(["done"], as: "app/crew/max").status == 1)
    #expect(town.gt(["done"], as: "app/polecats/nobody").status == 1)
  }
}
