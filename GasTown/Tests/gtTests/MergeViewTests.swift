import BeadsKit
import Testing

@testable import GasTownKit

@Suite("What the merge queue shows")
struct MergeViewTests {
  @Test func theKeysOfTheContractAreThere() throws {
    let town = try MergeTown()
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    let wanted = [
      "id", "title", "status", "priority", "type", "created_at", "updated_at", "branch", "target",
      "source_issue", "worker", "rig", "depends_on", "blocks",
    ]
    let open = try town.base.json("mq", "status", request.rawValue)
    for key in wanted { #expect(open[key] != nil, "\(key)") }
    for key in ["assignee", "closed_at", "merge_commit", "close_reason"] {
      #expect(open[key] == nil, "\(key)")
    }
    #expect(open["type"]?.stringValue == "merge-request" && open["state"]?.stringValue == "ready")
    #expect(town.merge().status == 0)
    let closed = try town.base.json("mq", "status", request.rawValue)
    #expect(closed["close_reason"]?.stringValue == "merged" && closed["closed_at"] != nil)
    #expect(closed["merge_commit"]?.stringValue == (try town.origin("rev-parse", "main")))
    let listed = try town.base.json("mq", "list", "app", "--status", "closed").arrayValue?.first
    #expect(listed?["state"]?.stringValue == "merged")
    #expect(try town.base.json("mq", "list", "app").arrayValue?.isEmpty == true)
  }

  @Test func edgesAreNamed() throws {
    let town = try MergeTown()
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    let other = try town.base.makeIssue("First this")
    let ledgers = town.base.ledgers()
    try ledgers.store(for: other).write("test") { tx throws(BeadsError) in
      try tx.addDependency(request, dependsOn: other)
    }
    ledgers.close()
    let status = try town.base.json("mq", "status", request.rawValue)
    let edge = try #require(status["depends_on"]?.arrayValue?.first)
    for key in ["id", "title", "status", "priority", "type"] { #expect(edge[key] != nil, "\(key)") }
    #expect(status["waits_for"]?.stringValue == "\(other) to be closed")
    let next = try town.base.json("mq", "next", "app")
    #expect(next["waiting"]?.arrayValue?.first?["state"]?.stringValue == "blocked")
    #expect(town.base.gt("mq", "next", "app").standardOutput.contains("waits for \(other) to be closed"))
  }

  @Test func theOriginIsAskedForTheBranches() throws {
    let town = try MergeTown()
    let (gone, _) = try town.submit("a", ["a.txt": "a"])
    let (there, _) = try town.submit("b", ["b.txt": "b"])
    try town.base.git(town.clone, "push", "--quiet", "origin", ":polecat/a")
    func rows() throws -> [String: JSONValue] {
      let rows = try town.base.json("mq", "list", "app", "--verify").arrayValue ?? []
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["id"]?.stringValue ?? "", $0) })
    }
    #expect(try rows()[gone.rawValue]?["branch_exists"] == .bool(false))
    #expect(try rows()[gone.rawValue]?["verify_error"]?.stringValue?.contains("not on the origin") == true)
    #expect(try rows()[there.rawValue]?["branch_exists"] == .bool(true))
    #expect(try rows()[there.rawValue]?["verify_error"] == nil)
    try FileSystem.rename(town.base.originPath("app"), to: town.base.originPath("app") + ".away")
    #expect(try rows()[there.rawValue]?["verify_error"]?.stringValue?.contains("could not be asked") == true)
  }

  @Test func anEpicChoosesItsOwn() throws {
    let town = try MergeTown()
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    try town.submit("b", ["b.txt": "b"])
    let epic = try town.base.makeIssue("All of it", type: .epic)
    let ledgers = town.base.ledgers()
    try ledgers.store(for: epic).write("test") { tx throws(BeadsError) in
      try tx.setParent(of: issue, to: epic)
    }
    ledgers.close()
    let rows = try town.base.json("mq", "list", "app", "--epic", epic.rawValue).arrayValue ?? []
    #expect(rows.map { $0["id"]?.stringValue } == [request.rawValue])
    #expect(town.base.gt("mq", "list", "app", "--epic", "app-none").status == 1)
  }

  @Test func aBrokenTargetAndAPauseAreShownWhereOneLooks() throws {
    let town = try MergeTown()
    try town.pushByHand(["broken": "x"])
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 1)
    for verb in [["mq", "list", "app"], ["mq", "next", "app"], ["mq", "status", request.rawValue]] {
      let text = town.base.gt(verb).standardOutput
      #expect(text.contains("Waiting: main itself fails the gate test"), "\(verb): \(text)")
    }
    let stopped = try town.base.json("mq", "next", "app")["stopped"]
    #expect(stopped?["kind"]?.stringValue == "waiting" && stopped?["escalation"] != nil)
    #expect(town.base.gt("mq", "pause", "app", "--reason", "release").status == 0)
    #expect(town.base.gt("mq", "list", "app").standardOutput.contains("Paused: release (by overseer)"))
    #expect(town.base.gt("mq", "status", request.rawValue).standardOutput.contains("Paused: release"))
    #expect(town.merge().standardOutput.contains("Paused: release"))
    #expect(town.base.gt("mq", "pause", "app").standardOutput.contains("It was paused before: release"))
    let resumed = town.base.gt("mq", "resume", "app").standardOutput
    #expect(resumed.contains("Merging goes on") && resumed.contains("Waiting: main itself fails"))
  }

  @Test func theStatusOfTheTownShowsIt() throws {
    let town = try MergeTown()
    _ = try DoneTests.give(try town.base.makeIssue("Something"), town.base)
    try town.submit("a", ["a.txt": "a"])
    #expect(town.base.gt("mq", "pause", "app", "--reason", "release").status == 0)
    let rig = try town.base.json("status")["rigs"]?.arrayValue?.first
    #expect(rig?["mq"]?["stopped"]?["kind"]?.stringValue == "paused")
    #expect(town.base.gt("status").standardOutput.contains("app merges nothing, 1 waiting: release"))
    #expect(town.base.gt("mq", "resume", "app").status == 0)
    try town.set("merge_queue.test_command", nil)
    #expect(town.base.gt("status").standardOutput.contains("app 1 merge waits for an approval"))
  }

  @Test func anUnreachableOriginIsWaitedForWithATime() throws {
    let town = try MergeTown()
    try town.submit("a", ["a.txt": "a"])
    let away = town.base.originPath("app") + ".away"
    try FileSystem.rename(town.base.originPath("app"), to: away)
    #expect(town.merge().status != 0)
    let stopped = try town.base.json("mq", "next", "app")["stopped"]
    #expect(stopped?["kind"]?.stringValue == "waiting" && stopped?["retry_at"] != nil)
    try FileSystem.rename(away, to: town.base.originPath("app"))
    #expect(town.merge().status == 0)
    #expect(try town.base.json("mq", "next", "app")["stopped"] == nil)
  }

  @Test func whatSettingsSwitchOffIsNotResumed() throws {
    let town = try MergeTown()
    try town.submit("a", ["a.txt": "a"])
    #expect(town.base.gt("config", "set", "disabled_patrols", "refinery").status == 0)
    #expect(town.merge().standardOutput.contains("Paused: switched off by the setting disabled_patrols"))
    #expect(town.base.gt("mq", "resume", "app").standardOutput.contains("Merging was not paused"))
    #expect(try town.base.json("mq", "resume", "app")["paused"] == .bool(true))
  }
}
