import BeadsKit
import GasTownKit
import Testing

@Suite("gt doctor on the daemon and its jobs", .serialized)
struct ServiceCheckTests {
  private func finding(_ town: TestTown, _ check: String) throws -> String {
    let run = town.gt("doctor", "--json")
    let report = try #require(JSONValue(parsing: run.standardOutput), "\(run.standardError)")
    let checks = report["checks"]?.arrayValue ?? []
    let found = try #require(checks.first { $0["name"]?.stringValue == check }, "\(check) is no check")
    return found["findings"]?.arrayValue?.compactMap { $0["text"]?.stringValue }.joined(separator: "\n") ?? ""
  }

  private func town() throws -> TestTown {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    return town
  }

  @Test func namesWhatIsNotLookedAfter() throws {
    let town = try town()
    let database = try town.database()
    var record = AgentRecord(.polecat(try RigName("app"), try AgentName("nux")))
    record.isWanted = true
    try database.save(record)
    #expect(try finding(town, "daemon").contains("nobody looks after 1 agent"))
    try database.save(AgentRecord(.polecat(try RigName("gone"), try AgentName("slit"))))
    #expect(try finding(town, "stale-agents") == "gone/polecats/slit belongs to a rig that is gone")
    try town.write("ESTOP", "overseer\t2026-03-02T09:00:00Z\tfire\n")
    #expect(try finding(town, "emergency-stop").hasSuffix("by overseer: fire"))
    #expect(town.gt("deacon", "pause", "--reason", "quiet").status == 0)
    #expect(try finding(town, "patrol-not-stuck").contains("quiet"))
    let ids = [try town.makeIssue("One"), try town.makeIssue("Two")]
    let ledgers = town.ledgers()
    try ledgers.store(for: ids[0]).write("hook") { tx throws(BeadsError) in
      for id in ids {
        try tx.update(id) { issue in
          issue.status = .hooked
          issue.assignee = "app/polecats/nux"
        }
      }
    }
    ledgers.close()
    #expect(try finding(town, "hook-singleton").contains("is said to work on"))
    _ = town.gt("doctor", "--fix")
    #expect(try finding(town, "stale-agents").isEmpty)
    // A stop, a pause and two assignments are for a person to end.
    #expect(town.exists("ESTOP") && town.exists(".runtime/deacon/paused.json"))
    #expect(try !finding(town, "hook-singleton").isEmpty)
  }

  @Test func jobsThatEndedInTheMiddleArePutAway() throws {
    let town = try town()
    try town.database().write { db throws(BeadsError) in
      try db.execute(
        "INSERT INTO jobs (name, started_at, pid, pid_started) VALUES ('reaper', 1, 1, 'before')")
    }
    #expect(try finding(town, "patrol-not-stuck").contains("reaper ended in the middle"))
    #expect(town.gt("doctor", "--fix").standardOutput.contains("reaper"))
    #expect(try finding(town, "patrol-not-stuck") == "the job reaper failed: it ended in the middle")
  }

  @Test func leftProcessesAndFrozenAgentsAreFreedByFix() throws {
    let live = try LiveTown("headless")
    let mayor = try live.launcher().start(.mayor)
    let session = try #require(try live.town.database().openSession(of: .mayor))
    #expect(try finding(live.town, "orphan-processes").isEmpty)
    // As if the session had been put away and its processes not.
    try live.town.database().write { db throws(BeadsError) in
      try db.execute("UPDATE sessions SET ended_at = 1 WHERE id = ?1", session.id)
    }
    #expect(try finding(live.town, "orphan-processes").contains("was left by mayor"))
    _ = live.town.gt("doctor", "--fix")
    #expect(mayor.process?.isAlive == false && ProcessIdentity.all(nonce: session.nonce).isEmpty)
  }
}
