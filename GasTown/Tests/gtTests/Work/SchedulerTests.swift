import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Scenario 12 of the contract's appendix D: work that waits for its turn.
@Suite("gt scheduler")
struct SchedulerTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws {
    quiet = try QuietTown()
    try limit(2)
  }

  private func limit(_ count: Int, _ more: String = "") throws {
    try town.write(
      "settings/config.json", #"{"default_agent":"scripted","scheduler":{"max_polecats":\#(count)\#(more)}}"#)
  }

  private func make(_ count: Int) throws -> [IssueID] {
    try (1...count).map { number in
      town.advance(seconds: 1)
      return try town.makeIssue("Issue \(number)")
    }
  }

  private func actions(_ ids: [IssueID]) throws -> [String] {
    try ids.map { id in
      town.advance(seconds: 1)
      return try quiet.results(id.rawValue, "app").first?["action"]?.stringValue ?? ""
    }
  }

  private func waiting() throws -> [String] {
    try town.json("scheduler", "list").arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
  }

  private func expectGiven(_ id: IssueID, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let holder = try #require(try town.database().agent(on: id), sourceLocation: sourceLocation)
    let issue = try quiet.issue(id)
    #expect(issue.assignee == holder.address.text, sourceLocation: sourceLocation)
    #expect(issue.status == .inProgress, sourceLocation: sourceLocation)
    #expect(FileSystem.isDirectory(try #require(holder.worktree)), sourceLocation: sourceLocation)
    let molecule = try #require(Attachment(issue).molecule, sourceLocation: sourceLocation)
    #expect(try quiet.issue(molecule).isEphemeral, sourceLocation: sourceLocation)
  }

  /// What `gt done` leaves, as far as places are concerned.
  private func finish(_ id: IssueID) throws {
    let agent = try #require(try town.database().agent(on: id))
    #expect(town.gt(["done", "--status", "DEFERRED"], as: agent.address.text).status == 0)
  }

  @Test func whatFindsNoPlaceWaitsAndComesInItsOrder() throws {
    let ids = try make(5)
    let before = try quiet.issue(ids[2])
    #expect(try actions(ids) == ["dispatched", "dispatched", "scheduled", "scheduled", "scheduled"])
    #expect(try waiting() == ids[2...].map(\.rawValue))
    // The work itself is untouched, and giving it out again changes nothing.
    #expect(try quiet.issue(ids[2]) == before)
    #expect(try actions([ids[3]]) == ["scheduled"])
    #expect(try waiting().count == 3)
    #expect(try town.json("scheduler", "run")["dispatched"]?.intValue == 0)
    try finish(ids[0])
    #expect(try town.json("scheduler", "run", "--batch", "9")["dispatched"]?.intValue == 1)
    try expectGiven(ids[2])
    #expect(try waiting() == ids[3...].map(\.rawValue))
    let status = try town.json("scheduler", "status")
    #expect(status["queued_total"]?.intValue == 2)
    #expect(status["queued_ready"]?.intValue == 2)
    #expect(status["active_polecats"]?.intValue == 2)
    #expect(status["max_polecats"]?.intValue == 2)
    #expect(status["last_dispatch_at"]?.stringValue != nil)
    #expect(status["beads"]?[0]?["target_rig"]?.stringValue == "app")
    let types = try quiet.events().compactMap { $0["type"]?.stringValue }
    #expect(types.count { $0 == "scheduler_enqueue" } == 3)
    #expect(types.count { $0 == "scheduler_dispatch" } == 1)
  }

  @Test func whatIsGivenOutLaterIsGivenOutAsItWasAskedFor() throws {
    let ids = try make(3)
    _ = try actions(Array(ids[..<2]))
    let asked = town.gt(
      "sling", "shiny", "--on", ids[2].rawValue, "app/zed", "--var", "feature=Hello", "-a",
      "see \"notes\"\nand more",
      "-s", "Subject", "-m", "Message", "--no-merge", "--no-convoy", "--ralph", "--merge", "local")
    #expect(asked.status == 0, "\(asked.standardError)")
    #expect(asked.standardOutput.contains("waits for its turn: 2 of 2 places are taken"))
    try finish(ids[0])
    let run = town.gt("scheduler", "run")
    #expect(run.standardOutput.contains("✓"), "\(run.standardOutput)")
    let holder = try #require(try town.database().agent(on: ids[2]))
    #expect(holder.address.text == "app/polecats/zed")
    let attachment = Attachment(try quiet.issue(ids[2]))
    #expect(attachment.formula == "shiny")
    #expect(attachment.formulaVariables["feature"] == "Hello")
    #expect(attachment.arguments == "see \"notes\"\nand more")
    #expect(attachment.subject == "Subject")
    #expect(attachment.message == "Message")
    #expect(attachment.isNoMerge)
    #expect(attachment.mode == "ralph")
    #expect(attachment.mergeStrategy == "local")
    #expect(attachment.convoy == nil)
    #expect(attachment.dispatchedBy == "overseer")
  }

  @Test func whatCannotBeGivenOutIsRefusedAtOnce() throws {
    let ids = try make(4)
    _ = try actions(Array(ids[..<2]))
    for words in [
      [ids[2].rawValue, "nowhere"], [ids[2].rawValue, "app", "--formula", "no-such"],
      [ids[2].rawValue, "app", "--agent", "no-such"], ["app-none", "app"],
    ] {
      #expect(town.gt(["sling"] + words).status != 0, "\(words)")
    }
    try quiet.change(ids[2]) { $0.status = .closed }
    try quiet.change(ids[3]) { $0.status = .deferred }
    for id in ids[2...] { #expect(town.gt("sling", id.rawValue, "app").status == 2) }
    #expect(try waiting().isEmpty)
    #expect(
      town.gt("sling", ids[3].rawValue, "app", "--dry-run", "--force").standardOutput.contains("would wait"))
    #expect(try waiting().isEmpty)
  }

  @Test func aPauseHoldsUpWhatComes() throws {
    let ids = try make(2)
    #expect(try town.json("scheduler", "pause")["changed"] == .bool(true))
    #expect(try town.json("scheduler", "pause")["changed"] == .bool(false))
    #expect(try actions([ids[0]]) == ["scheduled"])
    let run = try town.json("scheduler", "run")
    #expect(run["dispatched"]?.intValue == 0)
    #expect(run["reason"]?.stringValue == "it was paused by overseer")
    #expect(try town.json("scheduler", "status")["paused_by"]?.stringValue == "overseer")
    #expect(try town.json("scheduler", "resume")["changed"] == .bool(true))
    // Who was there before comes first.
    #expect(try actions([ids[1]]) == ["scheduled"])
    #expect(
      town.gt("scheduler", "run", "--dry-run").standardOutput.hasPrefix("Would give \(ids[0]) to app\n"))
    #expect(try waiting().count == 2)
    #expect(try town.json("scheduler", "run", "--batch", "5")["dispatched"]?.intValue == 2)
    for id in ids { try expectGiven(id) }
  }

  @Test func whatWaitsForOtherWorkIsPassedOver() throws {
    let ids = try make(3)
    town.gt("scheduler", "pause")
    _ = try actions(ids)
    town.gt("scheduler", "resume")
    try quiet.depend(ids[0], on: ids[2])
    let list = try town.json("scheduler", "list")
    #expect(list[0]?["blocked"] == .bool(true))
    #expect(town.gt("scheduler", "run", "--batch", "1").status == 0)
    try expectGiven(ids[1])
    #expect(try waiting() == [ids[0].rawValue, ids[2].rawValue])
    // What is done, or somebody's, does not wait any more.
    try quiet.change(ids[2]) { $0.status = .closed }
    town.gt("scheduler", "run", "--batch", "1")
    try expectGiven(ids[0])
    #expect(try waiting().isEmpty)
    #expect(
      try quiet.everything(rig: "app").filter { $0.labels.contains("gt:sling-context") }.allSatisfy(
        \.isClosed))
  }

  @Test func theQueueIsCleared() throws {
    let ids = try make(3)
    town.gt("scheduler", "pause")
    _ = try actions(ids)
    #expect(
      try town.json("scheduler", "clear", "--bead", ids[1].rawValue)["beads"]?.strings == [ids[1].rawValue])
    #expect(try waiting() == [ids[0].rawValue, ids[2].rawValue])
    #expect(try town.json("scheduler", "clear")["cleared"]?.intValue == 2)
    #expect(town.gt("scheduler", "clear").standardOutput == "Nothing waits\n")
    for id in ids { #expect(try quiet.issue(id).status == .open) }
    #expect(town.gt("scheduler", "clear", "--bead", "app-none").status == 1)
  }

  @Test func whatFailsThreeTimesIsGivenUp() throws {
    let ids = try make(2)
    town.gt("scheduler", "pause")
    _ = try actions(ids)
    town.gt("scheduler", "resume")
    // The worktree of the first cannot be made: its base branch is gone.
    #expect(town.gt("scheduler", "clear", "--bead", ids[0].rawValue).status == 0)
    town.gt("scheduler", "pause")
    #expect(town.gt("sling", ids[0].rawValue, "app", "--base-branch", "no-such-branch").status == 0)
    town.gt("scheduler", "resume")
    for attempt in 1...3 {
      let run = town.gt("scheduler", "run", "--batch", "2", "--json")
      #expect(run.status == 1)
      let results = try #require(JSONValue(parsing: run.standardOutput)?["results"]?.arrayValue)
      #expect(results.last?["bead"]?.stringValue == ids[0].rawValue)
      #expect(results.last?["action"]?.stringValue == (attempt == 3 ? "given_up" : "failed"))
    }
    // The other one is not held up.
    try expectGiven(ids[1])
    #expect(try waiting().isEmpty)
    #expect(try quiet.issue(ids[0]).status == .open)
    #expect(try town.database().attempts(of: ids[0]) == 0)
    let calls = try town.json("escalate", "list").arrayValue ?? []
    #expect(calls.contains { $0["title"]?.stringValue == "\(ids[0]) could not be given out" }, "\(calls)")
  }

  @Test(
    "a run that is killed is completed",
    arguments: ["sling.assigned", "sling.hooked", "sling.prepared", "scheduler.given"])
  func killed(place: String) throws {
    let ids = try make(2)
    town.gt("scheduler", "pause")
    _ = try actions(ids)
    town.gt("scheduler", "resume")
    var variables = town.environment.variables
    variables["BD_FAILPOINT"] = "\(place)=kill"
    let killed = try Subprocess(
      [GtBinary.path(), "scheduler", "run"], directory: town.root, variables: variables
    ).run()
    #expect(killed.status == .signaled(9), "\(killed.errorText)")
    #expect(try town.database().agents(role: .polecat).count == 1)
    #expect(town.gt("scheduler", "run", "--batch", "9").status == 0)
    for id in ids { try expectGiven(id) }
    #expect(try town.database().agents(role: .polecat).count == 2)
    #expect(try town.database().attempts(of: ids[0]) == 1)
    #expect(try waiting().isEmpty)
  }

  @Test func manyAtOnceNeverTakeMoreThanThereAre() throws {
    let ids = try make(10)
    let runs = try GtBinary.run(ids.map { ["sling", $0.rawValue, "app"] }, in: town)
    for run in runs { #expect(run.succeeded, "\(run.errorText)") }
    #expect(try quiet.polecats().count { $0.bead != nil } == 2)
    #expect(try waiting().count == 8)
    let again = try GtBinary.run(Array(repeating: ["scheduler", "run", "--batch", "9"], count: 5), in: town)
    #expect(again.contains { $0.succeeded })
    #expect(try quiet.polecats().count { $0.bead != nil } == 2)
  }

  @Test func aFullRigHoldsUpOnlyItself() throws {
    try limit(5)
    try town.write("app/settings/config.json", #"{"max_polecats":1}"#)
    let ids = try make(2)
    #expect(try actions(ids) == ["dispatched", "scheduled"])
    for _ in 0..<4 { #expect(town.gt("scheduler", "run").status == 0) }
    #expect(try waiting() == [ids[1].rawValue])
    town.gt("rig", "park", "app")
    try finish(ids[0])
    for _ in 0..<4 { #expect(town.gt("scheduler", "run").status == 0) }
    #expect(try waiting() == [ids[1].rawValue])
    town.gt("rig", "unpark", "app")
    #expect(town.gt("scheduler", "run").status == 0)
    try expectGiven(ids[1])
  }
}

/// Scenario 12 of the contract's appendix D: the scheduler in the daemon, with agents that run.
@Suite("The scheduler in the daemon", .serialized)
struct SchedulerLiveTests {
  @Test func thereAreNeverMoreSessionsThanAreAllowed() throws {
    let live = try LiveTown("headless", rig: true)
    let town = live.town
    try town.write(
      "settings/config.json",
      #"{"default_agent":"scripted","scheduler":{"max_polecats":3,"batch_size":2}}"#)
    let daemon = Daemon(town.town)
    defer { _ = try? daemon.stop() }
    let ids = try (1...10).map { try town.makeIssue("Issue \($0)") }
    let script = ["sleep 3s", "write {{bead}}.txt x", "commit {{bead}}", "done"]
    let ledgers = town.ledgers()
    _ = try ledgers.store(of: RigName("app")).write("update") { tx throws(BeadsError) in
      for id in ids {
        try tx.update(id) { $0.description = script.map { "scripted: \($0)" }.joined(separator: "\n") }
      }
    }
    ledgers.close()
    for run in try GtBinary.run(ids.map { ["sling", $0.rawValue, "app"] }, in: town) {
      #expect(run.succeeded, "\(run.errorText)")
    }
    var most = 0
    var killed = 0
    let begun = monotonicNanoseconds()
    try eventually(within: 120, "every issue is handed in") {
      let database = try town.database()
      let alive = try database.openSessions().count {
        $0.process?.isAlive == true && $0.address.role == .polecat
      }
      most = max(most, alive)
      if try daemon.process() == nil { _ = try daemon.start(program: LiveTown.program()) }
      // The daemon dies now and then, wherever it is.
      if killed < 4, monotonicNanoseconds() - begun > Int64(killed + 1) * 2_500_000_000,
        let process = try daemon.process()
      {
        kill(process.pid, SIGKILL)
        killed += 1
      }
      let ledgers = town.ledgers()
      defer { ledgers.close() }
      return try ledgers.store(of: RigName("app")).issues(ids).allSatisfy {
        $0.status == .inReview || $0.isClosed
      }
    }
    #expect(most == 3)
    #expect(killed == 4)
    #expect(try town.json("scheduler", "list") == .array([]))
    let given = try town.text(".events.jsonl").split(separator: "\n").count {
      $0.contains("\"type\":\"scheduler_dispatch\"")
    }
    #expect(given >= 5)
    for id in ids { #expect(try town.database().attempts(of: id) <= 1) }
  }
}
