import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("Feed, log and audit")
struct FeedTests {
  private let town: SmallTown
  private let nux = "app/polecats/nux"

  init() throws { town = try SmallTown() }

  private var log: EventLog { EventLog(town.town) }

  private func summaries(_ more: String...) -> [String] {
    let result = town.run(nil, ["feed", "--json"] + more)
    return JSONValue(parsing: result.standardOutput)?.arrayValue?.compactMap { $0["summary"]?.stringValue }
      ?? []
  }

  private func emit(_ text: String) throws {
    try FileSystem.append(Array(text.utf8), to: town.town.path(".events.jsonl"))
  }

  @Test func eventsAreToldInWords() throws {
    log.append("sling", actor: "mayor", [("bead", "ap-1"), ("target", nux)])
    log.append("done", actor: nux, [("bead", "ap-1"), ("branch", "polecat/nux/1")])
    log.append(
      "merged", actor: "app/refinery", [("mr", "ap-mr"), ("branch", "polecat/nux/1"), ("reason", nil)])
    log.append("odd_thing", actor: "", [("what", "x\u{1B}[2J")])
    #expect(
      summaries() == [
        "gave ap-1 to \(nux)", "finished ap-1 on polecat/nux/1", "merged ap-mr (polecat/nux/1)",
        "odd thing: what x\u{1B}[2J",
      ])
    let shown = town.gt("feed", "--plain").standardOutput
    #expect(shown.hasPrefix("2026-03-02 09:00:00  mayor gave ap-1 to \(nux)\n") && !shown.contains("\u{1B}"))
    #expect(
      summaries("--type", "done,merged").count == 2 && summaries("-n", "1") == ["odd thing: what x\u{1B}[2J"])
    #expect(summaries("--rig", "app").count == 3 && summaries("--rig", "web").isEmpty)
    #expect(summaries("--mol", "ap-mr").count == 1)
    #expect(town.gt("feed", "--rig", "gone").status == 1 && town.gt("feed", "--since", "never").status == 1)
    #expect(town.gt("feed", "--follow", "--json").status == 1)
  }

  @Test func whatIsTornOrForeignIsPassedOver() throws {
    #expect(summaries().isEmpty && town.gt("feed").standardOutput == "No events\n")
    log.append("sling", actor: "mayor", [("bead", "ap-1"), ("target", nux)])
    try emit("{\"ts\":\"2026-03-02T09:0\n\u{0}\u{0}\n[]\n\nnot json\n{\"type\":\"x\"}\n")
    try emit(
      "{\"ts\":\"2026-03-02T10:00:00Z\",\"type\":\"hook\",\"actor\":\"a\",\"visibility\":\"audit\",\"payload\":{}}\n"
    )
    try emit(
      "{\"ts\":\"2026-03-02T10:00:00Z\",\"type\":\"hook\",\"actor\":\"a\",\"payload\":{\"bead\":\"ap-2\"}}\n")
    try emit("{\"ts\":\"2026-03-02T10:00:00Z\",\"type\":\"hook\",\"actor\":\"a\"")
    #expect(summaries() == ["gave ap-1 to \(nux)", "has ap-2 on the hook"])
    // The next event is not lost with the line that is torn.
    log.append("hook", actor: "a", [("bead", "ap-3")])
    #expect(summaries().last == "has ap-3 on the hook" && summaries().count == 3)
  }

  @Test func theEndOfALongFileIsReadWithoutTheRest() throws {
    var text = ""
    for index in 0..<5000 {
      text +=
        "{\"ts\":\"2026-03-02T08:00:00Z\",\"type\":\"hook\",\"actor\":\"a\",\"payload\":{\"bead\":\"ap-\(index)\"}}\n"
    }
    try emit(text)
    var query = EventQuery()
    query.limit = 5000
    let all = try log.events(query)
    #expect(all.count == 5000 && all.enumerated().allSatisfy { $1.text("bead") == "ap-\($0)" })
    query.limit = 3
    #expect(try log.events(query).map { $0.text("bead") } == ["ap-4997", "ap-4998", "ap-4999"])
    query.limit = 10
    query.since = Timestamp("2026-03-02T08:30:00Z")
    #expect(try log.events(query).isEmpty)
    query.since = Timestamp("2026-03-02T07:30:00Z")
    #expect(try log.events(query).count == 10)
  }

  @Test func followingSurvivesRotation() throws {
    log.append("hook", actor: "a", [("bead", "old")])
    var seen: [String] = []
    var round = 0
    try log.follow(EventQuery(), interval: 0) { events throws(BeadsError) in
      seen += events.compactMap { $0.text("bead") }
      round += 1
      let path = town.town.path(".events.jsonl")
      switch round {
      case 1: log.append("hook", actor: "a", [("bead", "one")])
      case 2: try FileSystem.append(Array("{\"ts\":\"2026-03-02T10:00:00Z\",".utf8), to: path)
      case 3:
        try FileSystem.append(Array("\"type\":\"hook\",\"payload\":{\"bead\":\"two\"}}\n".utf8), to: path)
      case 4:
        try FileSystem.rename(path, to: path + ".1")
        log.append("hook", actor: "a", [("bead", "three")])
      default: break
      }
      return round < 6
    }
    #expect(seen == ["one", "two", "three"])
  }

  @Test func burstsAndRepetitionsAreOneLine() throws {
    for bead in 1...3 { log.append("sling", actor: "mayor", [("bead", "ap-\(bead)"), ("target", nux)]) }
    log.append("sling", actor: "app/crew/max", [("bead", "ap-4"), ("target", nux)])
    for _ in 0..<2 { log.append("done", actor: nux, [("bead", "ap-1")]) }
    town.project.advance(seconds: 11)
    log.append("done", actor: nux, [("bead", "ap-1")])
    #expect(
      summaries() == [
        "gave out 3 issues: ap-1, ap-2, ap-3", "gave ap-4 to \(nux)", "finished ap-1", "finished ap-1",
      ])
    #expect(town.json("feed")[0]?["count"]?.intValue == 3)
  }

  // MARK: Log

  @Test func theLogForPeopleIsWrittenBesideTheEvents() throws {
    #expect(
      town.gt("log").standardOutput == "No lines\n" && town.gt("log", "--json").standardOutput == "[]\n")
    log.append("sling", actor: "mayor", [("bead", "ap-1"), ("target", nux)])
    #expect(
      try FileSystem.readText(town.town.path("logs/town.log"))
        == "2026-03-02 09:00:00 [sling] mayor gave ap-1 to \(nux)\n")
    let crash = town.gt("log", "crash", "--agent", "app/nux", "--session", "ap-nux", "--exit-code", "137")
    #expect(crash.standardOutput == "Recorded: \(nux) ended with status 137\n")
    #expect(town.events == ["sling", "session_death"])
    #expect(town.json("log", "-t", "crash")[0]?["detail"] == .string("ended with status 137"))
    #expect(town.json("log", "-a", "app/").arrayValue?.count == 2)
    #expect(town.json("log", "-n", "1").arrayValue?.count == 1)
    #expect(town.gt("log", "--since", "1h").standardOutput.hasPrefix("2026-03-02 09:00:00 [sling] mayor"))
    town.project.advance(seconds: 7200)
    #expect(town.json("log", "--since", "1h") == .array([]))
    #expect(town.gt("log", "crash").status == 1 && town.gt("log", "crash", "--agent", "nobody").status == 1)
  }

  // MARK: Audit

  @Test func theAuditPutsAllSourcesInOneList() throws {
    let issue = try town.issue("ap", "Parser")
    town.project.advance(seconds: 60)
    try town.close(issue)
    log.append("merged", actor: "app/refinery", [("mr", "ap-mr")])
    let all = town.json("audit")
    #expect(
      all.arrayValue?.map { "\($0["source"]?.stringValue ?? "") \($0["type"]?.stringValue ?? "")" } == [
        "events merged", "beads closed", "beads created",
      ])
    #expect(town.json("audit", "--actor", "refinery").arrayValue?.count == 1)
    #expect(town.gt("audit", "-n", "1").standardOutput.hasSuffix("app/refinery merged ap-mr\n"))
    #expect(town.json("audit", "--since", "2026-03-03") == .array([]))
    try FileSystem.rename(town.town.path("web/.beads/beads.db"), to: town.town.path("web/away"))
    let partial = town.gt("audit", "--json")
    #expect(
      partial.status == 0 && partial.standardError.contains("Warning:")
        && partial.standardOutput.contains("ap-mr"), "\(partial)")
  }

  // MARK: What agents say

  @Test func agentsReportWhatTheyDid() throws {
    let emitted = town.json(
      as: "app/witness", "activity", "emit", "polecat_checked", "--rig", "app", "--polecat", "nux",
      "--status", "working")
    #expect(emitted["payload"]?["polecat"] == .string("nux"))
    #expect(town.json("feed")[0]?["actor"] == .string("app/witness"))
    #expect(
      town.gt("activity", "emit", "polecat_checked", "--rig", "app").standardError.contains("needs --polecat")
    )
    #expect(
      town.gt("activity", "emit", "hook", "--bead", "x", "--mr", "y").standardError.contains("has no --mr"))
    #expect(town.gt("activity", "emit", "party").standardError.contains("polecat_checked"))
    #expect(town.events.count == 1)
  }

  @Test func heartbeatsSayHowAnAgentIs() throws {
    let database = try town.database()
    var record = AgentRecord(try #require(AgentAddress(nux)))
    record.state = .working
    record.bead = try town.issue("ap", "Parser")
    try database.save(record)
    #expect(
      town.gt(as: nux, "heartbeat", "--state", "stuck", "--context", "No network").standardOutput
        == "\(nux) is stuck\n")
    let file = try FileSystem.readText(town.town.path(".runtime/heartbeats/ap-nux.json"))
    #expect(JSONValue(parsing: file)?["state"] == .string("stuck") && file.contains("No network"))
    #expect(try database.agent(record.address)?.state == .stuck)
    #expect(town.json(as: nux, "heartbeat")["state"] == .string("working"))
    #expect(town.gt("heartbeat", "--state", "bored").status == 1)
  }

  @Test func whoDoesNotWantToBeDisturbedSaysSo() throws {
    #expect(town.json(as: nux, "dnd", "status")["dnd"] == .bool(false))
    #expect(town.gt(as: nux, "dnd", "on").standardOutput.contains("is not disturbed"))
    #expect(town.json(as: nux, "notify")["level"] == .string("muted"))
    #expect(town.gt("nudge", "app/nux", "Hello", "--mode", "queue").status != 0)
    #expect(town.json(as: nux, "notify", "verbose")["level"] == .string("verbose"))
    #expect(town.json(as: nux, "dnd")["level"] == .string("muted"))
    #expect(town.gt("dnd", "maybe").status == 1 && town.gt("notify", "loud").status == 1)
  }

  @Test func problemsComeFirst() throws {
    town.project.environment.variables["GT_SESSIONS"] = "none"
    let database = try town.database()
    for (name, bead) in [("nux", try town.issue("ap", "Old")), ("slit", try town.issue("ap", "New"))] {
      var record = AgentRecord(try #require(AgentAddress("app/polecats/\(name)")))
      record.bead = bead
      record.state = .working
      try database.save(record)
      town.project.advance(seconds: name == "nux" ? 2000 : 0)
    }
    let rows = town.json("feed", "--problems")
    #expect(
      rows.arrayValue?.prefix(2).map { $0["state"]?.stringValue } == ["gupp", "working"],
      "\(rows.compactText)")
    #expect(rows[0]?["agent"] == .string(nux) && rows[0]?["idle_minutes"]?.intValue == 33)
    #expect(town.gt("feed", "-p").standardOutput.contains("gt peek \(nux)"))
  }
}
