import BeadsKit
import GasTownKit
import Synchronization
import Testing

@Suite("Giving work to polecats")
struct PolecatsTests {
  let town: TestTown

  init() throws { town = try TestTown() }

  /// Does something with the polecats as a process of its own would.
  private func polecats<R>(_ body: (Polecats) throws -> R) throws -> R {
    let ledgers = town.ledgers(actor: "mayor")
    defer { ledgers.close() }
    return try body(
      Polecats(town: town.town, rig: try town.rig(), database: try town.database(), ledgers: ledgers))
  }

  private func issue(_ id: IssueID) throws -> BeadsKit.Issue {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try #require(try ledgers.store(for: id).issue(id))
  }

  private func give(_ id: IssueID) throws -> AgentRecord {
    try polecats { try $0.prepareWorktree(try $0.assign(id)) }
  }

  @Test func commitsTheAssignmentThenMakesTheWorktree() throws {
    let id = try town.makeIssue("Work")
    let record = try polecats { try $0.assign(id) }
    #expect(record.address.text == "app/polecats/furiosa")
    #expect(record.state == .spawning)
    #expect(try issue(id).status == .hooked)
    #expect(try issue(id).assignee == "app/polecats/furiosa")
    let ready = try polecats { try $0.prepareWorktree(record) }
    let path = try #require(ready.worktree)
    let branch = try #require(ready.branch?.rawValue)
    #expect(branch.hasPrefix("polecat/furiosa/\(id)@"))
    #expect(try town.git(path, "branch", "--show-current") == branch)
    #expect(try town.git(path, "rev-parse", "HEAD") == ready.baseCommit)
    #expect(try town.git(path, "status", "--porcelain") == "")
    #expect(try FileSystem.readText(path + "/.beads/redirect") == "../../../.beads\n")
    // A second call, as after a crash of the session, leaves everything as it is.
    try town.write(path + "/new.txt", "work")
    #expect(try polecats { try $0.prepareWorktree(ready) }.branch == ready.branch)
    #expect(FileSystem.exists(path + "/new.txt"))
  }

  @Test func otherWorkBeginsWithoutTheDeathsOfTheLast() throws {
    let first = try polecats { try $0.assign(try town.makeIssue("It crashes")) }
    try town.database().connection.executeScript(
      """
      INSERT INTO restarts (address, count, first_at, last_at, next_at)
      VALUES ('\(first.address.text)', 5, 1, 2, 3)
      """)
    _ = try polecats { try $0.unassign(first.address, reason: "test") }
    let second = try polecats { try $0.assign(try town.makeIssue("Other work")) }
    #expect(second.address == first.address)
    #expect(try !town.database().clearBackoff(of: first.address))
  }

  @Test func putsOverlayFilesIntoTheWorktreeAndRunsHooks() throws {
    try town.write("app/.runtime/overlay/.env", "PORT=1\n")
    try town.write("app/.runtime/overlay/main.txt", "never over the project's own\n")
    try town.write(
      "app/.runtime/setup-hooks/10-a.sh", "#!/bin/sh\necho \"$GT_POLECAT $PWD $SECRET\" > hook.out\n")
    let rig = try town.rig()
    let id = try town.makeIssue("Work")
    let record = try polecats { try $0.assign(id) }
    #expect(throws: BeadsError.self) { try polecats { try $0.prepareWorktree(record) } }
    try FileSystem.setMode(rig.path(".runtime/setup-hooks/10-a.sh"), 0o755)
    let path = try #require(try polecats { try $0.prepareWorktree(record) }.worktree)
    #expect(try FileSystem.readText(path + "/.env") == "PORT=1\n")
    #expect(try FileSystem.readText(path + "/main.txt") == "one\ntwo\n")
    #expect(try FileSystem.readText(path + "/hook.out") == "furiosa \(path) \n")
    #expect(try town.git(path, "status", "--porcelain") == "?? hook.out")
  }

  @Test func neverWritesThroughALinkOutOfTheWorktree() throws {
    try town.makeOrigin("trap")
    let clone = town.root + "/../clone"
    try town.git(town.root, "clone", "-q", town.originPath("trap"), clone)
    try FileSystem.makeLink(Path.normalized(clone) + "/config", to: "../../../../mayor")
    try town.git(clone, "add", ".")
    try town.git(clone, "commit", "-q", "-m", "a link out")
    try town.git(clone, "push", "-q", "origin", "HEAD:main")
    #expect(town.gt("rig", "add", "trap", town.originPath("trap")).status == 0)
    try town.write("trap/.runtime/overlay/config/evil.txt", "x")
    let id = try town.makeIssue("Work", rig: "trap")
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    let polecats = Polecats(
      town: town.town, rig: try town.rig("trap"), database: try town.database(), ledgers: ledgers)
    #expect(throws: BeadsError.self) { try polecats.prepareWorktree(try polecats.assign(id)) }
    #expect(!town.exists("mayor/evil.txt"))
  }

  @Test func startsFromTheBaseThatWasAskedForOrNotAtAll() throws {
    let id = try town.makeIssue("Work")
    let base = try BranchName("release/1")
    let record = try polecats { try $0.assign(id, base: base) }
    #expect(throws: BeadsError.self) { try polecats { try $0.prepareWorktree(record) } }
    try town.git(town.originPath("app"), "branch", "release/1", "main~1")
    let ready = try polecats { try $0.prepareWorktree(record) }
    #expect(ready.baseCommit == (try town.git(town.originPath("app"), "rev-parse", "release/1")))
  }

  @Test func twentyDifferentOnesGetDistinctNamesAndWorktrees() async throws {
    let ids = try (1...20).map { try town.makeIssue("Work \($0)") }
    let records = try await race(ids)
    let made = try records.map { try $0.get() }
    #expect(Set(made.map(\.address)).count == 20)
    #expect(Set(made.compactMap(\.worktree)).count == 20)
    #expect(Set(made.compactMap(\.branch)).count == 20)
    for record in made {
      #expect(try town.git(try #require(record.worktree), "status", "--porcelain") == "")
      #expect(try issue(try #require(record.bead)).assignee == record.address.text)
    }
  }

  @Test func twentyForOneIssueGiveItToExactlyOne() async throws {
    let id = try town.makeIssue("Work")
    let records = try await race(Array(repeating: id, count: 20))
    #expect(records.count { (try? $0.get()) != nil } == 1)
    for case .failure(let error) in records { #expect((error as? BeadsError)?.code == .conflict) }
    #expect(try polecats { try $0.all() }.count == 1)
  }

  private func race(_ ids: [IssueID]) async throws -> [Result<AgentRecord, any Error>] {
    let (town, rig) = (town.town, try town.rig())
    return await withTaskGroup(of: Result<AgentRecord, any Error>.self) { group in
      for id in ids {
        group.addTask {
          Result {
            let ledgers = Ledgers(town, actor: "mayor", command: "gt sling")
            defer { ledgers.close() }
            let polecats = Polecats(
              town: town, rig: rig, database: try TownDatabase(town, command: "gt sling"), ledgers: ledgers)
            return try polecats.prepareWorktree(try polecats.assign(id))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// Scenario 25 of the contract's appendix D; more of it in `SalvageTests`.
  @Test func reusesAnIdleOneAfterSavingWhatItLeft() throws {
    let first = try give(try town.makeIssue("First"))
    let path = try #require(first.worktree)
    try town.write(path + "/left.txt", "left behind")
    try polecats { _ = try $0.unassign(first.address, reason: "test") }
    let second = try give(try town.makeIssue("Second"))
    #expect(second.address == first.address)
    #expect(!FileSystem.exists(path + "/left.txt"))
    let rig = try town.rig()
    let reference = try town.git(
      rig.repository, "for-each-ref", "--format=%(refname)", "refs/gt/salvage/furiosa")
    #expect(try town.git(rig.repository, "show", "\(reference):left.txt") == "left behind")
  }

  @Test func endsTheSessionBeforeItsWorktreeGetsOtherWork() throws {
    let first = try give(try town.makeIssue("First"))
    let path = try #require(first.worktree)
    try polecats { _ = try $0.unassign(first.address, reason: "test") }
    let second = try town.makeIssue("Second")
    try town.write(path + "/typed.txt", "typed")
    var stopped: [AgentAddress] = []
    try polecats { polecats in
      var polecats = polecats
      polecats.stopSession = { address, _ in
        #expect(FileSystem.exists(path + "/typed.txt"))
        stopped.append(address)
      }
      let record = try polecats.prepareWorktree(try polecats.assign(second))
      // An agent that is replaced at the same work finds everything as it was.
      _ = try polecats.prepareWorktree(record)
    }
    #expect(stopped == [first.address])
  }

  @Test func namesBranchesAsTheRigWants() throws {
    try town.write(
      "app/settings/config.json", #"{"polecat_branch_template":"{user}/{year}-{month}/{name}/{description}"}"#
    )
    let id = try town.makeIssue("Fix: the *parser*, again")
    let branch = try give(id).branch?.rawValue
    #expect(branch == "alice/2026-03/furiosa/fix-the-parser-again")
    for template in ["main", "a b", "{nothing}", "-x"] {
      try town.write("app/settings/config.json", #"{"polecat_branch_template":"\#(template)"}"#)
      let other = try town.makeIssue("Other")
      #expect(throws: BeadsError.self) { try give(other) }
    }
  }

  @Test func keepsToTheNumberThatTheRigAllows() throws {
    try town.write("app/settings/config.json", #"{"max_polecats":1}"#)
    _ = try give(try town.makeIssue("First"))
    let second = try town.makeIssue("Second")
    #expect(throws: BeadsError.self) { try give(second) }
    #expect(try issue(second).status == .open)
  }

  @Test func endsAtTheLimits() throws {
    try town.write(
      "settings/config.json",
      #"{"operational":{"polecat":{"max_working":2,"max_folders":3},"witness":{"max_bead_respawns":2}}}"#)
    let ids = try (1...4).map { try town.makeIssue("Work \($0)") }
    let first = try give(ids[0])
    _ = try give(ids[1])
    let refused = #expect(throws: BeadsError.self) { try give(ids[2]) }
    #expect(refused?.hint?.contains("gt config set operational.polecat.max_working 7") == true)
    #expect(try issue(ids[2]).status == .open)
    // One issue is not given out for ever.
    try polecats { _ = try $0.unassign(first.address, reason: "") }
    _ = try give(ids[0])
    try polecats { _ = try $0.unassign(first.address, reason: "") }
    do {
      _ = try give(ids[0])
      Issue.record("a third time")
    } catch let error as BeadsError {
      #expect(error.code == .refused)
      #expect(error.message.contains("2 times"))
    }
    try town.database().resetAttempts(of: ids[0])
    _ = try give(ids[0])
  }

  /// Scenario 24 of the contract's appendix D.
  @Test func waitsForDiskSpace() throws {
    try town.write("settings/config.json", #"{"operational":{"polecat":{"min_free_disk_mb":1000000}}}"#)
    let id = try town.makeIssue("Work")
    do {
      _ = try give(id)
      Issue.record("without space")
    } catch let error as BeadsError {
      #expect(error.message.contains("MiB"))
    }
    #expect(try issue(id).status == .open)
    #expect(try polecats { try $0.all() }.isEmpty)
    #expect(!town.exists("app/polecats/furiosa"))
  }

  @Test func refusesWhatIsFinishedOrNotThere() throws {
    let id = try town.makeIssue("Work")
    let ledgers = town.ledgers()
    try ledgers.store(for: id).write("close") { tx throws(BeadsError) in try tx.close(id) }
    ledgers.close()
    for id in [id, try IssueID("app-none")] {
      #expect(throws: BeadsError.self) { try give(id) }
    }
    #expect(try polecats { try $0.all() }.isEmpty)
  }

  @Test func nukeKeepsEverythingAndSaysNoFirst() throws {
    let id = try town.makeIssue("Work")
    let record = try give(id)
    let path = try #require(record.worktree)
    try town.write(path + "/new.txt", "new")
    do {
      try polecats { _ = try $0.nuke(record.address) }
      Issue.record("nothing was against it")
    } catch let error as BeadsError {
      #expect(error.code == .refused)
      #expect(error.details == ["not committed: new.txt"])
    }
    try polecats { _ = try $0.nuke(record.address, force: .force) }
    #expect(!FileSystem.exists(path))
    #expect(try issue(id).status == .open)
    #expect(try issue(id).assignee == "")
    #expect(try town.database().agent(record.address)?.state == .nuked)
    let rig = try town.rig()
    let reference = try town.git(rig.repository, "for-each-ref", "--format=%(refname)", "refs/gt/salvage")
    #expect(try town.git(rig.repository, "show", "\(reference):new.txt") == "new")
    // The name may be used again.
    #expect(try give(id).address == record.address)
  }

  @Test func retireFreesTheWorktree() throws {
    let record = try give(try town.makeIssue("Work"))
    let path = try #require(record.worktree)
    try town.write(path + "/a.txt", "a")
    try town.git(path, "add", ".")
    try town.git(path, "commit", "-q", "-m", "work")
    let branch = try #require(record.branch?.rawValue)
    try town.git(path, "push", "-q", "origin", "\(branch):\(branch)")
    let idle = try polecats { try $0.retire(record.address) }
    #expect(idle.state == .idle)
    #expect(idle.bead == nil)
    let rig = try town.rig()
    #expect(
      try town.git(path, "rev-parse", "HEAD")
        == town.git(rig.repository, "rev-parse", "refs/remotes/origin/main"))
    #expect(try town.git(rig.repository, "for-each-ref", "refs/gt", "refs/heads/polecat") == "")
  }
}
