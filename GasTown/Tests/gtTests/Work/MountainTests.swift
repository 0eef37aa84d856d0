import BeadsKit
import BeadsTesting
import Testing

@testable import GasTownKit

@Suite("gt mountain")
struct MountainTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }
  let epic: IssueID
  let parts: [IssueID]

  init() throws {
    let quiet = try QuietTown()
    try quiet.town.write("settings/config.json", #"{"default_agent":"scripted"}"#)
    epic = try quiet.town.makeIssue("Search", type: .epic)
    var parts: [IssueID] = []
    for number in 1...3 {
      let id = try quiet.town.makeIssue("Part \(number)")
      try quiet.depend(id, on: epic, .parentChild)
      parts.append(id)
    }
    try quiet.depend(parts[2], on: parts[0])
    try quiet.depend(parts[2], on: parts[1])
    self.parts = parts
    self.quiet = quiet
  }

  @Test func isClimbedPausedAndLeft() throws {
    let begun = try town.json("mountain", epic.rawValue)
    #expect(begun["total"]?.intValue == 3)
    #expect(begun["active"]?.intValue == 2)
    #expect(begun["blocked"]?.intValue == 1)
    #expect(begun["epic_id"]?.stringValue == epic.rawValue)
    #expect(begun["dispatched"]?.strings.map(Set.init) == Set(parts[..<2].map(\.rawValue)))
    #expect(try town.json("mountain", epic.rawValue)["changed"] == .bool(false))
    #expect(try town.json("mountain", "status").arrayValue?.count == 1)
    #expect(try town.json("mountain", "pause", epic.rawValue)["paused"] == .bool(true))
    #expect(try town.json("mountain", "pause")["changed"] == .bool(false))
    for id in parts[..<2] { try quiet.change(id) { $0.status = .closed } }
    // The feeder leaves it alone while it is paused.
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    let convoys = try Convoys(ledgers, town.database())
    #expect(try convoys.stranded().isEmpty)
    #expect(try town.json("mountain", "resume")["paused"] == .bool(false))
    #expect(try convoys.stranded().flatMap(\.ready).map(\.id) == [parts[2]])
    #expect(town.gt("mountain", "cancel", epic.rawValue).status == 0)
    #expect(town.gt("mountain", "status", epic.rawValue).status == 1)
    #expect(town.gt("mountain", parts[0].rawValue).status == 1)
    #expect(town.gt("mountain", "pause").status == 1)
  }

  @Test func whatKillsItsWorkersIsSkipped() throws {
    #expect(town.gt("mountain", epic.rawValue).status == 0)
    let (database, ledgers) = (try town.database(), town.ledgers())
    let mountains = Mountains(ledgers, database)
    let worker = try #require(try database.agent(on: parts[0]))
    #expect(try !mountains.noteDeath(of: worker))
    #expect(try !mountains.noteDeath(of: worker))
    #expect(try mountains.noteDeath(of: worker))
    ledgers.close()
    let issue = try quiet.issue(parts[0])
    #expect(issue.status == .blocked)
    #expect(issue.labels.contains("mountain:skipped"))
    #expect(issue.notes.contains(worker.branch?.rawValue ?? "?"))
    let rest = try #require(try database.agent(worker.address))
    #expect(rest.bead == nil)
    #expect(FileSystem.isDirectory(try #require(rest.worktree)))
    #expect(try town.json("mountain", "status", epic.rawValue)["skipped"]?.strings == [parts[0].rawValue])
    // Once nobody is at work and nothing is ready, it stands still.
    try quiet.change(parts[1]) { $0.status = .closed }
    let again = town.ledgers()
    defer { again.close() }
    let seen = Mountains(again, database)
    let convoy = try seen.find(nil)
    let now = database.now
    #expect(try seen.standstill(of: convoy, at: now) == nil)
    #expect(try seen.standstill(of: convoy, at: now + Mountains.stallAfter - 1) == nil)
    #expect(try seen.standstill(of: convoy, at: now + Mountains.stallAfter)?.skipped == [parts[0]])
    #expect(try seen.standstill(of: convoy, at: now + Mountains.stallAfter + 1) == nil)
    #expect(try town.json("mountain", "resume")["skipped"]?.strings == [])
    #expect(try quiet.issue(parts[0]).status == .open)
  }
}

@Suite("Names, memories and directives")
struct IdentityTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws {
    quiet = try QuietTown()
    try town.write("settings/config.json", #"{"default_agent":"scripted"}"#)
  }

  @Test func namesOutliveWorktrees() throws {
    #expect(try town.json("polecat", "identity", "add", "app", "zed")["name"]?.stringValue == "zed")
    for name in ["zed", "mayor", "a b", "../x", ""] {
      #expect(town.gt("polecat", "identity", "add", "app", name).status != 0)
    }
    let id = try town.makeIssue("Work")
    #expect(town.gt("sling", id.rawValue, "app/zed").status == 0)
    let path = try #require(try town.database().agent(on: id)?.worktree)
    #expect(town.gt("polecat", "identity", "rename", "app/zed", "yul").status == 2)
    #expect(town.gt("polecat", "identity", "remove", "app/zed").status == 2)
    let shown = try town.json("polecat", "identity", "show", "app/zed")
    #expect(shown["work"]?[0]?["id"]?.stringValue == id.rawValue)
    try town.write(path + "/typed.txt", "typed")
    #expect(town.gt("unsling", id.rawValue, "--force").status == 0)
    // What was typed keeps it where it is.
    #expect(town.gt("polecat", "identity", "rename", "app/zed", "yul").status == 2)
    #expect(try town.json("polecat", "identity", "list", "app").arrayValue?.count == 1)
    #expect(FileSystem.exists(path + "/typed.txt"))
    let removed = try town.json("polecat", "identity", "remove", "app/zed", "--force")
    #expect(removed["saved"]?.strings?.count == 1)
    #expect(try town.json("polecat", "identity", "list", "app") == .array([]))
  }

  @Test func aPoolIsMadeAheadAndNamesChange() throws {
    #expect(try town.json("polecat", "pool-init", "app", "--size", "2")["made"]?.arrayValue?.count == 2)
    #expect(try town.json("polecat", "pool-init", "app", "--size", "2")["made"] == .array([]))
    let first = try #require(try quiet.polecats().first)
    #expect(FileSystem.exists(Path.join(try #require(first.worktree), "README.md")))
    let name = try #require(first.address.name).rawValue
    #expect(
      try town.json("polecat", "identity", "rename", "app/\(name)", "zed")["name"]?.stringValue == "zed")
    #expect(try quiet.polecats().count == 2)
    let id = try town.makeIssue("Work")
    #expect(town.gt("sling", id.rawValue, "app").status == 0)
    #expect(try quiet.polecats().count == 2)
  }

  @Test func memoriesAreTold() throws {
    #expect(
      try town.json("remember", "Tests need a database", "--rig", "app")["key"]?.stringValue
        == "tests-need-a-database")
    #expect(
      town.gt("remember", "Be brief", "--type", "feedback", "--key", "tone", "--rig", "app").status == 0)
    let all = try town.json("memories", "--rig", "app")
    #expect(all.arrayValue?.map { $0["key"]?.stringValue } == ["feedback.tone", "tests-need-a-database"])
    #expect(try town.json("memories", "--type", "feedback", "--rig", "app").arrayValue?.count == 1)
    #expect(try town.json("memories") == .array([]))
    #expect(town.gt(["prime"], as: "app/crew/max").standardOutput.contains("Tests need a database"))
    #expect(town.gt("forget", "tests-need-a-database", "--rig", "app").status == 0)
    #expect(town.gt("forget", "tests-need-a-database", "--rig", "app").status == 1)
    #expect(town.gt("remember", " ").status == 1)
    #expect(!town.gt(["prime"], as: "app/crew/max").standardOutput.contains("need a database"))
  }

  @Test func directivesAreTold() throws {
    #expect(town.gt("directive", "edit", "polecat", "--text", "Tests first.").status == 0)
    #expect(town.gt("directive", "edit", "polecat", "--rig", "app", "-m", "Never touch vendor/.").status == 0)
    let told = town.gt(["prime"], as: "app/polecats/zed").standardOutput
    #expect(told.contains("Tests first.") && told.contains("Never touch vendor/."))
    #expect(
      try town.json("directive", "list").arrayValue?.map { $0["scope"]?.stringValue } == ["town", "rig"])
    #expect(try town.json("directive", "show", "polecat", "--rig", "app").arrayValue?.count == 1)
    #expect(town.gt("directive", "edit", "polecat", "--text", "").status == 0)
    #expect(!town.exists("directives/polecat.md"))
    #expect(town.gt("directive", "edit", "../x", "--text", "x").status != 0)
  }
}
