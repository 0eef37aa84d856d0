import BeadsKit
import Foundation
import Testing

@testable import GasTownKit

@Suite("Maintenance jobs")
struct MaintenanceJobTests {
  private func town() throws -> TestTown {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "none"
    return town
  }

  private func find(_ town: TestTown, _ id: IssueID) throws -> StoredIssue? { try town.storedIssue(id) }

  @Test func reaperSweepsByTheTimeOfEachKind() throws {
    let town = try town()
    let heartbeat = try town.storeIssue("Beat", { $0.wispType = "heartbeat" }, closed: true)
    let patrol = try town.storeIssue("Round", { $0.wispType = "patrol" }, closed: true)
    let error = try town.storeIssue("Error", { $0.wispType = "error" }, closed: true)
    let stuck = try town.storeIssue("Stuck")
    let request = try town.storeIssue("Merge", { $0.type = .mergeRequest })
    let kept = try town.storeIssue("Noted", { $0.labels = ["keep"] }, closed: true)
    let lasting = try town.storeIssue("Work", wisp: false)
    town.advance(seconds: 7 * 3600)
    let plan = try town.json("reaper", "scan")
    #expect(plan["counts"]?["wisps_deleted"] == .number("1") && plan["dry_run"]?.boolValue == true)
    #expect(try find(town, heartbeat) != nil)
    #expect(try town.json("reaper", "reap")["counts"]?["wisps_deleted"] == .number("1"))
    #expect(try find(town, heartbeat) == nil && find(town, patrol) != nil)
    town.advance(seconds: 18 * 3600)
    let second = try town.json("dog", "call", "reaper")
    #expect(second["counts"]?["wisps_deleted"] == .number("1"))
    #expect(second["counts"]?["wisps_kept_for_good"] == .number("2"))
    #expect(try find(town, patrol) == nil && find(town, error) != nil)
    #expect(try find(town, stuck)?.isEphemeral == false && find(town, kept)?.isEphemeral == false)
    #expect(try find(town, request)?.isEphemeral == true && find(town, lasting) != nil)
  }

  @Test func reaperLeavesTheChecklistOfUnfinishedWork() throws {
    let town = try town()
    let work = try town.storeIssue("Work", wisp: false)
    let checklist = try town.storeIssue("Checklist")
    let ledgers = town.ledgers()
    try ledgers.store(for: work).write("dep") { tx throws(BeadsError) in
      try tx.addDependency(checklist, dependsOn: work, type: .related)
    }
    ledgers.close()
    town.advance(seconds: 40 * 3600)
    #expect(try town.json("reaper", "reap")["counts"]?["wisps_kept_for_good"] == .number("0"))
    #expect(try find(town, checklist)?.isEphemeral == true)
  }

  @Test func mailGoesAfterItWasPutAwayAndStaleIssuesOnDemand() throws {
    let town = try town()
    #expect(town.gt("mail", "send", "mayor/", "-s", "Old", "-m", "x").status == 0)
    #expect(town.gt("mail", "send", "mayor/", "-s", "Kept", "-m", "x", "--permanent").status == 0)
    for mail in try town.json("mail", "inbox", as: "mayor").arrayValue ?? [] {
      #expect(town.gt(["mail", "archive", mail["id"]?.stringValue ?? ""], as: "mayor").status == 0)
    }
    #expect(town.gt("mail", "send", "mayor/", "-s", "Unread", "-m", "x").status == 0)
    let stale = try town.storeIssue("Nobody", wisp: false)
    let urgent = try town.storeIssue("Urgent", { $0.priority = 1 }, wisp: false)
    town.advance(seconds: 31 * 86_400)
    #expect(try town.json("reaper", "purge")["counts"]?["messages_deleted"] == .number("1"))
    #expect(try town.json("mail", "inbox", as: "mayor").arrayValue?.count == 1)
    #expect(try town.json("dog", "call", "reaper")["counts"]?["stale_issues_closed"] == nil)
    #expect(try town.json("reaper", "auto-close")["counts"]?["stale_issues_closed"] == .number("1"))
    #expect(try find(town, stale)?.isClosed == true && find(town, urgent)?.isClosed == false)
  }

  @Test func backupsAreSoundAndTheOldestGo() throws {
    let town = try town()
    for _ in 0..<30 { try town.storeIssue("One", wisp: false) }
    #expect(town.gt("config", "set", "lifecycle.backup.keep", "2").status == 0)
    for _ in 0..<3 {
      #expect(try town.json("dog", "call", "backup")["problems"] == .array([]))
      town.advance(seconds: 60)
    }
    let folder = town.root + "/.runtime/backups"
    let names = try FileSystem.list(folder).sorted()
    #expect(names.count == 2)
    let copy = try Connection(folder + "/\(names[1])/app.db", .readWrite)
    #expect(try copy.int64("SELECT count(*) FROM issues") == 30)
    #expect(try copy.quickCheck().isEmpty && FileSystem.exists(folder + "/\(names[1])/town.db"))
    // When issues have got lost, nothing that could bring them back is removed.
    let ledgers = town.ledgers()
    let store = try ledgers.store(of: try RigName("app"))
    let all = try store.issues(matching: IssueFilter()).map(\.id)
    try store.write("delete") { tx throws(BeadsError) in
      _ = try tx.delete(Array(all.dropLast(2)), reason: "test", force: true)
    }
    ledgers.close()
    let report = try town.json("dog", "call", "backup")
    #expect(report["problems"]?.compactText.contains("all copies are kept") == true)
    #expect(try FileSystem.list(folder).count == 3)
    #expect(try town.json("dog", "status", "backup")["result"]?.stringValue == "attention")
    #expect(try town.json("escalate", "list").compactText.contains("maintenance job backup"))
  }

  @Test func compactorShortensWithoutLosingWhatComesMeanwhile() throws {
    let town = try town()
    let log = EventLog(town.town)
    let text = String(repeating: "x", count: 400)
    for number in 0..<3000 { log.append("nudge", actor: "a", [("target", "\(number)"), ("text", text)]) }
    for number in 0..<100 { log.append("sling", actor: "a", [("bead", "app-\(number)"), ("target", text)]) }
    let database = try town.database()
    try database.decide("x", "old", "nothing", evidence: "")
    town.advance(seconds: 5 * 86_400)
    let fresh = EventLog(town.town)
    appending(to: fresh) { _ = town.gt("dog", "call", "compactor") }
    let lines = try town.text(".events.jsonl").split(separator: "\n").compactMap {
      TownEvent(line: String($0))
    }
    #expect(lines.count { $0.type == "nudge" } == 0 && lines.count { $0.type == "sling" } == 100)
    #expect(lines.count { $0.type == "done" } == 500)
    #expect(try database.decisions(about: "x").count == 1)
    town.advance(seconds: 15 * 86_400)
    #expect(try town.json("dog", "call", "compactor")["counts"]?["old_rows_removed"] != .number("0"))
    #expect(try database.decisions(about: "x").isEmpty)
  }

  /// Appends 500 events from another thread while the body runs.
  private func appending(to log: EventLog, _ body: () -> Void) {
    let end = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      for number in 0..<500 {
        log.append("done", actor: "b", [("bead", "app-\(number)")])
        pause(nanoseconds: 400_000)
      }
      end.signal()
    }
    body()
    end.wait()
  }

  @Test func prunerRemovesOnlyWhatTheDefaultBranchHasToo() throws {
    let town = try town()
    try TownSettings.set("lifecycle.pruner.salvage_age", to: "1h", in: town.town, command: "test")
    let repository = "app/.repo.git"
    let tree = try town.git(repository, "rev-parse", "refs/remotes/origin/main^{tree}")
    func salvage(_ name: String, _ tree: String, _ message: String) throws {
      let commit = try town.git(
        repository, "commit-tree", tree, "-p", "refs/remotes/origin/main", "-m", message)
      try town.git(repository, "update-ref", "refs/gt/salvage/nux/\(name)", commit)
    }
    let blob = try GitCommand(town.root + "/" + repository, town.environment).ask(
      ["hash-object", "-w", "--stdin"], input: Array("precious".utf8)
    ).text
    let other = try GitCommand(town.root + "/" + repository, town.environment).ask(
      ["mktree"], input: Array("100644 blob \(blob)\tx.txt\n".utf8)
    ).text
    try salvage("same", tree, "Saved from somewhere")
    try salvage("unsaved", other, "Saved from somewhere")
    try salvage("commit", tree, "Written by an agent")
    let young = try town.json("dog", "call", "pruner", "--dry-run")
    town.advance(seconds: 7200)
    let report = try town.json("dog", "call", "pruner")
    #expect(young["counts"]?["saved_copies_removed"] != .number("3"))
    #expect(report["counts"]?["saved_copies_removed"] == .number("1"), "\(report.compactText)")
    let left = try town.git(repository, "for-each-ref", "--format=%(refname)", "refs/gt/salvage")
    #expect(left.split(separator: "\n").map { $0.suffix(7) } == ["/commit", "unsaved"])
  }

  @Test func windows() throws {
    let night = try #require(MaintenanceWindow("22:30-05:00"))
    #expect(night.contains(minute: 23 * 60) && night.contains(minute: 0) && !night.contains(minute: 300))
    let day = try #require(MaintenanceWindow(" 9:00 - 17:00 "))
    #expect(day.contains(minute: 540) && !day.contains(minute: 1020) && !day.contains(minute: 0))
    for text in ["", "soon", "9-17", "25:00-03:00", "03:00-03:00", "1:2:3-4:5"] {
      #expect(MaintenanceWindow(text) == nil, "\(text)")
    }
  }

  @Test func doctorJobCallsForHelpAndChangesNothing() throws {
    let town = try town()
    #expect(try town.json("dog", "call", "doctor")["problems"] == .array([]))
    try FileSystem.remove(town.root + "/settings/escalation.json")
    #expect(
      try town.json("dog", "call", "doctor")["problems"]?.compactText.contains("escalation.json") == true)
    #expect(!town.exists("settings/escalation.json"))
    let runs = try town.json("dog", "status", "doctor")["runs"]?.arrayValue ?? []
    #expect(runs.compactMap { $0["result"]?.stringValue } == ["attention", "ok"])
  }

  @Test func dogsAreSwitchedAndLookedAfter() throws {
    let town = try town()
    let all = try town.json("dog", "list")
    #expect(
      all.arrayValue?.compactMap { $0["name"]?.stringValue } == [
        "backup", "compactor", "doctor", "gates", "pruner", "reaper",
      ])
    #expect(try town.json("dog", "remove", "doctor")[0]?["enabled"]?.boolValue == false)
    #expect(town.gt("dog", "list").standardOutput.contains("off"))
    #expect(try town.json("dog", "add", "doctor")[0]?["enabled"]?.boolValue == true)
    #expect(town.gt("dog", "call", "cat").status == 1)
    #expect(town.gt("dog", "health-check").status == 0)
    // A run whose process is gone.
    try town.database().write { db throws(BeadsError) in
      try db.execute(
        "INSERT INTO jobs (name, started_at, pid, pid_started) VALUES ('reaper', 1, 1, 'before')")
    }
    #expect(town.gt("dog", "health-check").status == 1)
    #expect(town.gt("dog", "health-check", "--auto-clear").status == 0)
    #expect(try town.json("dog", "status", "reaper")["detail"]?.stringValue == "it ended in the middle")
    #expect(town.gt("dog", "clear", "reaper").standardOutput == "reaper does not run\n")
  }
}

@Suite("The schedule of maintenance jobs", .serialized)
struct JobSchedulerTests {
  private func scheduler(_ town: TestTown, _ program: String, _ log: @escaping (String) -> Void = { _ in })
    throws
    -> JobScheduler
  {
    JobScheduler(town.town, try town.database(), program: program, log: log)
  }

  @Test func runsWhatIsDueOnceAndRecordsIt() throws {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "none"
    for name in ["backup", "compactor", "doctor", "pruner"] {
      #expect(town.gt("dog", "remove", name).status == 0)
    }
    var jobs = try scheduler(town, try LiveTown.program())
    try jobs.tick()
    let planned = try #require(try town.database().job("reaper").nextAt)
    #expect(try town.database().jobs().count == 1 && planned > town.environment.clock())
    try jobs.tick()
    #expect(try town.database().job("reaper").startedAt == nil)
    town.advance(seconds: 700)
    try jobs.tick()
    #expect(try town.database().job("reaper").nextAt ?? 0 > planned + 3600 * 1_000_000_000)
    try eventually("it has run") {
      try jobs.tick()
      return try town.database().job("reaper").result == "ok"
    }
    #expect(try town.database().jobRuns("reaper").count == 1)
    // A deacon that rests runs none.
    try PatrolPause.begin(.deacon, reason: "", by: .overseer, in: town.town)
    town.advance(seconds: 4000)
    try jobs.tick()
    #expect(try town.database().jobRuns("reaper").count == 1)
  }

  @Test func endsWhatHangsAndGoesOn() throws {
    let town = try TestTown()
    let pids = town.root + "/../pids"
    try town.write("../hang.sh", "#!/bin/sh\necho $$ >> \(pids)\nsleep 300 &\necho $! >> \(pids)\nwait\n")
    let program = town.root + "/../hang.sh"
    try FileSystem.setMode(program, 0o755)
    var lines: [String] = []
    var jobs = try scheduler(town, program) { lines.append($0) }
    try jobs.tick()
    town.advance(seconds: 700)
    try jobs.tick()
    let started = { (try? FileSystem.readText(pids))?.split(separator: "\n").compactMap { Int32($0) } ?? [] }
    try eventually("it hangs") { started().count == 2 }
    let processes = started().compactMap { ProcessIdentity($0) }
    town.advance(seconds: 901)
    try eventually("it is ended, and all of its group") {
      try jobs.tick()
      return processes.allSatisfy { !$0.isAlive } && lines.contains { $0.contains("could not be started") }
    }
    #expect(lines.contains { $0.contains("took too long") })
    // The daemon ends it too when it ends itself.
    try jobs.tick()
    town.advance(seconds: 61)
    try jobs.tick()
    try eventually("the next one hangs") { started().count >= 4 }
    jobs.stop()
    #expect(started().compactMap { ProcessIdentity($0) }.allSatisfy { !$0.isAlive })
  }
}
