import BeadsKit
import GasTownKit
import Testing

@Suite("gt refinery")
struct RefineryTests {
  let town: MergeTown
  private var base: TestTown { town.base }

  init() throws { town = try MergeTown() }

  @Test func aClaimKeepsTheEngineAway() throws {
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    try town.submit("b", ["b.txt": "b"])
    #expect(base.gt("refinery", "claim", request.rawValue).status == 0)
    #expect(base.gt("refinery", "claim", request.rawValue).status == 0, "it is claimed by the same one")
    let second = base.gt(["refinery", "claim", request.rawValue], as: "app/crew/max")
    #expect(second.status != 0 && second.standardError.contains("is claimed by overseer"))
    #expect(base.gt(["refinery", "release", request.rawValue], as: "app/crew/max").status == 2)
    #expect(try town.states()[request.rawValue] == "claimed")
    #expect(try base.json("refinery", "unclaimed", "app").arrayValue?.count == 1)
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("b.txt") && !town.files().contains("a.txt"))
    #expect(base.gt("refinery", "release", request.rawValue).status == 0)
    #expect(base.gt("refinery", "release", request.rawValue).standardError.contains("nobody has claimed"))
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
    #expect(base.gt("refinery", "claim", request.rawValue).standardError.contains("is closed: merged"))
  }

  @Test func anOldClaimIsVoidAndAnAnomalyBefore() throws {
    try town.set("merge_queue.stale_claim_timeout", "24h")
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    #expect(base.gt("refinery", "claim", request.rawValue).status == 0)
    func severity() throws -> String? {
      let found = try base.json("refinery", "ready", "app", "--all")
      #expect(found["ready"]?.arrayValue?.count == 1)
      return found["anomalies"]?.arrayValue?.first?["severity"]?.stringValue
    }
    #expect(try severity() == nil)
    base.advance(seconds: 3 * 3600)
    #expect(try severity() == "warning")
    base.advance(seconds: 4 * 3600)
    #expect(try severity() == "critical")
    #expect(base.gt(["refinery", "claim", request.rawValue], as: "app/crew/max").status != 0)
    base.advance(seconds: 24 * 3600)
    #expect(try town.states()[request.rawValue] == "ready")
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
  }

  @Test func viewsTellPlacesAndWhatIsOutOfOrder() throws {
    let first = try town.submit("a", ["a.txt": "a"], priority: 0)
    let second = try town.submit("b", ["b.txt": "b"])
    try base.git(town.clone, "push", "--quiet", "origin", ":polecat/b")
    let rows = try base.json("refinery", "queue", "app").arrayValue ?? []
    #expect(rows.map { $0["position"]?.intValue } == [1, 2])
    #expect(rows.first?["mr"]?["id"]?.stringValue == first.request.rawValue && rows.first?["age"] != nil)
    let ready = try base.json("refinery", "ready", "app")
    #expect(ready["ready"]?.arrayValue?.count == 2)
    let anomaly = ready["anomalies"]?.arrayValue?.first
    #expect(
      anomaly?["type"]?.stringValue == "orphan" && anomaly?["id"]?.stringValue == second.request.rawValue)
    #expect(try base.json("refinery", "blocked", "app").arrayValue?.isEmpty == true)
    #expect(base.gt("ref", "queue", "app").standardOutput.contains(first.request.rawValue))
  }

  @Test func toStopItIsToPauseTheQueue() throws {
    try town.submit("a", ["a.txt": "a"])
    #expect(base.gt("refinery", "stop", "app").status == 0)
    #expect(town.merge().standardOutput.contains("Paused: gt refinery stop (by overseer)"))
    let status = try base.json("refinery", "status", "app")
    #expect(status["paused"] == .bool(true) && status["running"] == .bool(false))
    #expect(status["queue_length"]?.intValue == 1 && status["ready"]?.intValue == 1)
    #expect(status["mode"]?.stringValue == "deterministic")
    #expect(base.gt("mq", "resume", "app").status == 0)
    #expect(town.merge().status == 0)
    let after = try base.json("refinery", "status", "app")
    #expect(after["attempts"]?.arrayValue?.first?["outcome"]?.stringValue == "merged 1")
    #expect(base.gt("refinery", "status").standardOutput.contains("main: merged 1"))
    #expect(base.gt("refinery", "attach", "app").standardError.contains("has no session"))
    #expect(base.gt("refinery", "status", "nothing").status == 1)
  }
}
