import BeadsKit
import BeadsTesting
import Foundation
import GasTownKit
import Testing

/// Scenario 27 of the contract: the work of an epic comes together on a branch, and lands as a whole.
@Suite("An integration branch")
struct IntegrationTests {
  let town: MergeTown
  let epic: IssueID

  init() throws {
    // Two sides that are good by themselves, and together are not.
    town = try MergeTown(
      gate: "ls broken* 2>/dev/null && exit 1\ntest -e left -a -e right && exit 1\n"
        + "git rev-parse HEAD >> ../tested\n")
    town.base.environment.variables["GT_SESSIONS"] = "none"
    #expect(town.base.gt("config", "set", "default_agent", "scripted").status == 0)
    epic = try town.base.makeIssue("New login!", type: .epic)
  }

  private func gt(_ arguments: String...) -> GtResult { town.base.gt(["mq", "integration"] + arguments) }

  private func status() throws -> JSONValue {
    try town.base.json("mq", "integration", "status", epic.rawValue)
  }

  private func create() throws {
    let made = gt("create", epic.rawValue)
    try #require(made.status == 0, "\(made.standardError)")
  }

  private func child(_ title: String) throws -> IssueID {
    let ledgers = town.base.ledgers()
    defer { ledgers.close() }
    return try ledgers.store(for: epic).write("create") { tx throws(BeadsError) in
      var draft = IssueDraft(title: title)
      draft.parent = epic
      return try tx.create(draft).id
    }
  }

  /// Has a polecat do an issue, from `gt sling` to `gt done`.
  private func work(
    on id: IssueID, _ files: [String: String], _ more: String..., merging other: String? = nil
  ) throws -> AgentRecord {
    let given = town.base.gt(["sling", id.rawValue, "app", "--hook-raw-bead"] + more)
    try #require(given.status == 0, "\(given.standardError)")
    let record = try #require(try town.base.database().agent(on: id))
    let path = try #require(record.worktree)
    if let other {
      _ = try GitCommand(path, town.base.environment).ask("merge", "--quiet", "--no-edit", other)
    }
    for (name, text) in files { try town.base.write(path + "/" + name, text) }
    try town.base.git(path, "add", "--all")
    try town.base.git(path, "commit", "--quiet", "-m", "Work on \(id)")
    let done = town.base.gt(["done"], as: record.address.text)
    try #require(done.status == 0, "\(done.standardError)")
    return record
  }

  private func tested() throws -> Set<String> {
    let text = try FileSystem.readText(town.base.rig().path("refinery/tested"))
    return Set(text.split(separator: "\n").map(String.init))
  }

  private func expectLanded(_ commit: String) throws {
    #expect(try town.issue(epic).status == .closed)
    #expect(try town.origin("rev-parse", "main^2") == commit)
    #expect(try tested().contains(town.origin("rev-parse", "main")))
    #expect(try town.origin("for-each-ref", "refs/heads/integration").isEmpty)
    #expect(
      try town.origin("log", "--first-parent", "--format=%s", "main").contains("Land integration/new-login"))
  }

  @Test func collectsWorkAndLandsIt() throws {
    try create()
    let start = try town.origin("rev-parse", "main")
    #expect(try town.origin("rev-parse", "integration/new-login") == start)
    let text = try town.issue(epic).description
    #expect(text.contains("integration_branch: integration/new-login") && text.contains("base_branch: main"))
    let id = try child("A form")
    let record = try work(on: id, ["form.txt": "x"])
    #expect(record.base?.rawValue == "integration/new-login")
    #expect(try status()["pending"]?.arrayValue?.count == 1)
    #expect(town.merge().status == 0)
    #expect(try town.issue(id).status == .closed)
    #expect(try town.origin("rev-parse", "main") == start)
    let head = try town.origin("rev-parse", "integration/new-login")
    #expect(try tested().contains(head))
    let found = try status()
    #expect(found["ahead"]?.intValue == 1 && found["ready_to_land"]?.boolValue == true)
    #expect(found["merged"]?.arrayValue?.count == 1 && found["children_closed"]?.intValue == 1)
    #expect(gt("land", epic.rawValue, "--dry-run").standardOutput.contains("Would land 1 commit of"))
    #expect(try town.origin("rev-parse", "main") == start)
    let landed = gt("land", epic.rawValue)
    #expect(landed.status == 0, "\(landed.standardOutput)\(landed.standardError)")
    try expectLanded(head)
    // Again it is as it was.
    let main = try town.origin("rev-parse", "main")
    #expect(gt("land", epic.rawValue).status == 0)
    #expect(try town.origin("rev-parse", "main") == main)
    // Its branch is gone; what it brought can be taken back all the same.
    let request = try #require(found["merged"]?.arrayValue?.first?["id"]?.stringValue)
    let revert = town.base.gt("mq", "revert", request, "--reason", "it was wrong")
    #expect(revert.standardOutput.contains("back from main"), "\(revert.standardError)")
    // Work that comes later goes where the epic went.
    let late = try town.base.makeIssue("Late")
    let ledgers = town.base.ledgers()
    try ledgers.store(for: epic).write("test") { tx throws(BeadsError) in
      try tx.addDependency(late, dependsOn: epic, type: .parentChild)
    }
    ledgers.close()
    #expect(try work(on: late, ["late.txt": "x"]).base?.rawValue == "main")
  }

  @Test func isMadeOnce() throws {
    try create()
    let again = gt("create", epic.rawValue)
    #expect(again.status == 0 && again.standardOutput.contains("is there already"))
    let other = try town.base.makeIssue("New Login", type: .epic)
    #expect(gt("create", other.rawValue).status == 0)
    #expect(
      try town.origin("rev-parse", "integration/new-login-\(other)") == town.origin("rev-parse", "main"))
    #expect(gt("create", epic.rawValue, "--branch", "integration/x").status != 0)
    let task = try town.base.makeIssue("A task")
    #expect(gt("create", task.rawValue).standardError.contains("only an epic"))
    let third = try town.base.makeIssue("Third", type: .epic)
    #expect(gt("create", third.rawValue, "--branch", "feature/x").standardError.contains("integration/"))
    #expect(gt("create", third.rawValue, "--base-branch", "no-such").status != 0)
    #expect(try town.issue(third).description.contains("integration_branch") == false)
    try town.set("merge_queue.integration_branch_template", "epics/{epic}")
    #expect(gt("create", third.rawValue).status == 0)
    #expect(try town.origin("rev-parse", "epics/\(third)") == town.origin("rev-parse", "main"))
    // What a crash left between naming it and making it is completed.
    try town.base.git(town.base.originPath("app"), "update-ref", "-d", "refs/heads/epics/\(third)")
    #expect(gt("create", third.rawValue).standardOutput.contains("starts from main"))
    let polecat = town.base.gt(["mq", "integration", "land", epic.rawValue], as: "app/polecats/nux")
    #expect(polecat.standardError.contains("does not make or land"))
  }

  @Test func landsOnlyWhenAllIsDone() throws {
    try create()
    #expect(gt("land", epic.rawValue).standardError.contains("has nothing that main does not have"))
    let first = try child("First")
    let second = try child("Second")
    _ = try work(on: first, ["first.txt": "x"])
    #expect(gt("land", epic.rawValue).standardError.contains("waits to be merged into"))
    town.merge()
    let refused = gt("land", epic.rawValue)
    #expect(refused.status != 0 && refused.standardError.contains("\(second) is open"))
    #expect(
      gt("land", epic.rawValue, "--skip-tests", "--force").standardError.contains("only what the gates"))
    #expect(try town.files().contains("first.txt") == false)
    #expect(gt("land", epic.rawValue, "--force").status == 0)
    #expect(try town.files().contains("first.txt"))
  }

  @Test func landsWhatTheGatesLetPassOnly() throws {
    try create()
    _ = try work(on: try child("Left"), ["left": "x"])
    town.merge()
    try town.pushByHand(["right": "x"])
    let before = try town.origin("rev-parse", "main")
    let failed = gt("land", epic.rawValue)
    #expect(
      failed.status == 1 && failed.standardOutput.contains("fails the gate"), "\(failed.standardOutput)")
    #expect(try town.origin("rev-parse", "main") == before)
    #expect(try town.issue(epic).status == .open)
    #expect(try town.comments(epic).contains { $0.contains("was not merged") })
    // It is mended where it came from.
    _ = try work(on: try child("Not left"), ["left2": "x"], "--force")
    try town.pushByHand([:], removing: ["right"])
    town.merge()
    let head = try town.origin("rev-parse", "integration/new-login")
    let landed = gt("land", epic.rawValue)
    #expect(landed.status == 0, "\(landed.standardOutput)\(landed.standardError)")
    try expectLanded(head)
  }

  @Test func whatExcludesItIsBroughtInFirst() throws {
    try create()
    _ = try work(on: try child("One side"), ["main.txt": "from the epic\n"])
    town.merge()
    try town.pushByHand(["main.txt": "from main\n"])
    #expect(gt("land", epic.rawValue).status == 1)
    let ledgers = town.base.ledgers()
    let store = try ledgers.store(for: epic)
    let tasks = try store.issues(store.descendants(of: epic)).filter { $0.labels.contains("gt:conflict") }
    ledgers.close()
    let task = try #require(tasks.first)
    #expect(task.title == "Bring main into integration/new-login")
    let record = try work(on: task.id, ["main.txt": "from both\n"], merging: "origin/main")
    #expect(record.base?.rawValue == "integration/new-login")
    // The rest needs nobody.
    let merged = town.merge()
    #expect(merged.status == 0, "\(merged.standardOutput)")
    #expect(try town.issue(epic).status == .closed)
    #expect(try town.origin("show", "main:main.txt") == "from both")
    #expect(try town.states().isEmpty)
  }

  @Test func nothingOfItLandsByTheWay() throws {
    try create()
    let id = try child("A form")
    _ = try work(on: id, ["form.txt": "x"])
    town.merge()
    let made = try town.submit("sly", ["sly.txt": "x"], from: "origin/integration/new-login")
    #expect(town.merge().status == 1)
    #expect(try town.files().isDisjoint(with: ["form.txt", "sly.txt"]))
    #expect(try town.states() == [made.request.rawValue: "needs-resubmit"])
    #expect(try town.comments(made.request).contains { $0.contains("landed as a whole") })
    // Once it has landed there is nothing to be kept back.
    #expect(gt("land", epic.rawValue).status == 0)
    #expect(town.base.gt("mq", "retry", made.request.rawValue).status == 0)
    #expect(town.merge().status == 0)
    #expect(try town.files().isSuperset(of: ["form.txt", "sly.txt"]))
  }

  @Test func landsByItselfWhereThatIsWanted() throws {
    try town.set("merge_queue.integration_branch_auto_land", "true")
    try create()
    _ = try work(on: try child("A form"), ["form.txt": "x"])
    _ = try work(on: try child("A button"), ["button.txt": "x"])
    let result = town.merge()
    #expect(result.status == 0, "\(result.standardOutput)")
    #expect(try town.issue(epic).status == .closed)
    #expect(try town.files().isSuperset(of: ["form.txt", "button.txt"]))
    #expect(try town.origin("rev-list", "--first-parent", "--count", "main") == "3")
  }

  @Test func isNotAskedForAgainWhenSomebodyTurnedItDown() throws {
    try town.set("merge_queue.integration_branch_auto_land", "true")
    try create()
    _ = try work(on: try child("Left"), ["left": "x"])
    try town.pushByHand(["right": "x"])
    #expect(town.merge().status == 1)
    let landing = try #require(try status()["landing"]?.stringValue)
    #expect(town.base.gt("mq", "reject", landing, "--reason", "not yet").status == 0)
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    #expect(try town.states().isEmpty)
    #expect(try town.issue(epic).status == .open)
  }

  @Test func isKeptOutOfWhatDoesNotWantIt() throws {
    try town.set("merge_queue.integration_branch_polecat_enabled", "false")
    try town.set("merge_queue.integration_branch_refinery_enabled", "false")
    try create()
    #expect(try work(on: try child("A form"), ["form.txt": "x"]).base?.rawValue == "main")
    town.merge()
    #expect(try town.files().contains("form.txt"))
    try town.set("merge_queue.integration_branch_polecat_enabled", nil)
    try town.set("merge_queue.integration_branch_refinery_enabled", nil)
    // Who names another branch gets that.
    let record = try work(on: try child("Urgent"), ["now.txt": "x"], "--base-branch", "main")
    #expect(record.base?.rawValue == "main")
    town.merge()
    #expect(try town.files().contains("now.txt"))
  }

  @Test func aLandingThatIsKilledIsEndedByTheSameCommand() throws {
    try create()
    _ = try work(on: try child("A form"), ["form.txt": "x"])
    town.merge()
    let head = try town.origin("rev-parse", "integration/new-login")
    var kills = 0
    var hasEnded = false
    var last = ""
    for place in stride(from: 1, to: 60, by: 3) where !hasEnded {
      var variables = town.base.environment.variables
      variables["BD_FAILPOINT"] = "commit.\(place % 2 == 0 ? "before" : "after")#\(place)=kill"
      let run = try Subprocess(
        [LiveTown.program(), "mq", "integration", "land", epic.rawValue], directory: town.base.root,
        variables: variables
      ).run()
      last = "\(run.outcome): \(run.text) \(run.errorText)"
      if run.succeeded { hasEnded = true } else { kills += 1 }
    }
    #expect(hasEnded && kills > 2, "\(last)")
    try expectLanded(head)
    #expect(try town.origin("rev-list", "--merges", "--count", "main") == "1")
    #expect(try town.states().isEmpty)
  }
}
