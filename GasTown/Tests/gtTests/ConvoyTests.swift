import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Scenario 13 of the contract's appendix D; convoys that the daemon feeds: `WatcherTests`.
@Suite("Convoys")
struct ConvoyTests {
  private let town: SmallTown

  init() throws { town = try SmallTown() }

  private func convoy(_ title: String, _ issues: [IssueID], _ edit: (inout ConvoyDraft) -> Void = { _ in })
    throws
    -> IssueID
  {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    var draft = ConvoyDraft(title: title, issues: issues)
    edit(&draft)
    return try Convoys(ledgers).create(draft).id
  }

  private func check(_ id: IssueID) throws -> ConvoyCheck {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try Convoys(ledgers).check(id)
  }

  @Test func tracksIssuesOfSeveralRigsAndClosesWithTheLastOfThem() throws {
    let (first, second) = (try town.issue("ap", "Parser"), try town.issue("web", "Page"))
    let made = town.json(
      "convoy", "create", "Deploy v2", first.rawValue, second.rawValue, "--notify", "mayor/")
    let id = try #require(made["id"]?.stringValue)
    #expect(id.hasPrefix("hq-cv-") && id.utf8.count == 11)
    #expect(made["status"] == .string("open") && made["lifecycle"] == .string("system-managed"))
    #expect(made["owner"] == .string("overseer") && made["notify"] == .string("mayor"))
    #expect(made["tracked"]?[1]?["title"] == .string("Page"))
    try town.close(first)
    #expect(town.json("convoy", "check", id)[0]?["result"] == .string("waiting"))
    #expect(town.json("convoy", "check", id)[0]?["open"]?.strings == [second.rawValue])
    try town.close(second)
    #expect(town.json("convoy", "check")[0]?["result"] == .string("closed"))
    #expect(town.json("convoy", "check", id)[0]?["result"] == .string("was_closed"))
    let shown = town.json("convoy", "show", id)
    #expect(
      shown["completed"]?.intValue == 2 && shown["close_reason"] == .string("All tracked issues are done"))
    #expect(town.events == ["convoy_created", "convoy_closed", "mail"])
    // The owner closed it; who asked to be told has mail.
    let mail = town.json(as: "mayor", "mail", "inbox")[0]
    #expect(mail?["subject"] == .string("Convoy ended: Deploy v2"))
    #expect(mail?["body"]?.stringValue?.contains("\(second) closed: Page") == true)
    #expect(town.json("mail", "inbox") == .array([]))
  }

  @Test func whatCannotBeFoundOutIsNotDone() throws {
    let (first, second) = (try town.issue("ap", "Parser"), try town.issue("web", "Page"))
    let id = try convoy("Both", [first, second])
    try town.close(first)
    try town.close(second)
    let database = town.town.path("web/.beads/beads.db")
    try FileSystem.rename(database, to: database + ".away")
    let away = try check(id)
    #expect(away.verdict == .waiting && away.open.map(\.id) == [second])
    #expect(away.open[0].status == "unknown" && away.open[0].problem != nil)
    #expect(town.gt("convoy", "close", id.rawValue).status == 1)
    #expect(town.gt("convoy", "status", id.rawValue).standardOutput.contains("? "))
    try FileSystem.rename(database + ".away", to: database)
    #expect(try check(id).verdict == .closed)
  }

  @Test func theStateIsReadWhereTheIssueIs() throws {
    let issue = try town.issue("ap", "Parser")
    let id = try convoy("One", [issue])
    let database = try town.database()
    var nux = AgentRecord(try #require(AgentAddress("app/polecats/nux")))
    nux.bead = issue
    nux.assignedAt = database.now
    try database.save(nux)
    let status = town.json("convoy", "status", id.rawValue)
    #expect(status["tracked"]?[0]?["worker"] == .string("app/polecats/nux"))
    #expect(status["tracked"]?[0]?["worker_since"]?.stringValue != nil)
    #expect(town.gt("convoy", "status", id.rawValue).standardOutput.contains("app/polecats/nux, "))
  }

  @Test func anEmptyOneIsGivenUpAfterAWhile() throws {
    let issue = try town.issue("ap", "Parser")
    let id = try convoy("Emptied", [issue])
    let ledgers = town.ledgers()
    try ledgers.hq().write("edit") { tx throws(BeadsError) in try tx.removeDependency(id, dependsOn: issue) }
    ledgers.close()
    #expect(try check(id).verdict == .empty)
    town.project.advance(seconds: 301)
    #expect(try check(id).verdict == .closed)
  }

  @Test func anOwnedOneIsEndedByItsOwner() throws {
    let issue = try town.issue("ap", "Parser")
    let id = try convoy("Mine", [issue]) { $0.isOwned = true }
    let refused = town.gt("convoy", "land", id.rawValue)
    #expect(refused.status == 1 && refused.standardError.contains("1 of 1 issues not done"))
    try town.close(issue)
    #expect(try check(id).verdict == .owned)
    #expect(town.json("convoy", "land", id.rawValue)["status"] == .string("closed"))
    #expect(town.gt("convoy", "land", id.rawValue).standardOutput.contains("was closed before"))
    let other = try convoy("Not mine", [issue])
    #expect(town.gt("convoy", "land", other.rawValue).standardError.contains("is not owned"))
  }

  @Test func addingReopens() throws {
    let (first, second) = (try town.issue("ap", "Parser"), try town.issue("web", "Page"))
    let id = try convoy("Growing", [first])
    try town.close(first)
    #expect(try check(id).verdict == .closed)
    let same = town.gt("convoy", "add", id.rawValue, first.rawValue)
    #expect(same.status == 0 && same.standardOutput.contains("already"))
    let added = town.json("convoy", "add", id.rawValue, second.rawValue)
    #expect(added["reopened"] == .bool(true) && added["status"] == .string("open"))
    #expect(added["total"]?.intValue == 2)
  }

  @Test func closingByHandNeedsForceAndHappensOnce() throws {
    let issue = try town.issue("ap", "Parser")
    let id = try convoy("Given up", [issue])
    let refused = town.gt("convoy", "close", id.rawValue)
    #expect(refused.status == 1 && refused.standardError.contains("\(issue) is open"))
    #expect(town.gt("convoy", "close", id.rawValue, "--force", "-r", "No need").status == 0)
    #expect(town.gt("convoy", "close", id.rawValue).standardOutput.contains("was closed before"))
    #expect(try town.issue(id)?.closeReason == "No need")
    #expect(try town.issue(issue)?.status == .open)
    #expect(town.events.filter { $0 == "convoy_closed" }.count == 1)
  }

  @Test func strandedMeansWorkAndNobodyOnIt() throws {
    let ready = try town.issue("ap", "Ready")
    let blocker = try town.issue("ap", "Blocker") { $0.type = .epic }
    let blocked = try town.issue("ap", "Blocked")
    let held = try town.issue("web", "Held") {
      $0.status = .hooked
      $0.assignee = "web/polecats/toast"
    }
    let ledgers = town.ledgers()
    try ledgers.store(for: blocked).write("dep") { tx throws(BeadsError) in
      try tx.addDependency(blocked, dependsOn: blocker)
    }
    ledgers.close()
    let feedable = try convoy("Feedable", [blocked, ready])
    let stuck = try convoy("Stuck", [blocked])
    let moving = try convoy("Moving", [held])
    let database = try town.database()
    var toast = AgentRecord(try #require(AgentAddress("web/polecats/toast")))
    toast.bead = held
    try database.save(toast)
    town.project.advance(seconds: 120)
    let found = town.json("convoy", "stranded")
    let kinds = found.arrayValue?.map { "\($0["id"]?.stringValue ?? "") \($0["kind"]?.stringValue ?? "")" }
    #expect(Set(kinds ?? []) == ["\(feedable) feedable", "\(stuck) stuck"])
    #expect(
      found.arrayValue?.first { $0["kind"] == .string("feedable") }?["ready_issues"]?.strings == [
        ready.rawValue
      ])
    // Its polecat has lost the assignment, so that somebody else can have it.
    try database.update(toast.address) { $0.bead = nil }
    #expect(
      town.json("convoy", "stranded").arrayValue?.contains { $0["id"] == .string(moving.rawValue) } == true)
    #expect(town.gt("convoy", "stranded").standardOutput.contains("stuck: 1 issue left"))
  }

  @Test func stagingShowsWavesAndLaunchingBegins() throws {
    let epic = try town.issue("ap", "Epic") { $0.type = .epic }
    let (a, b) = (
      try town.issue("ap", "A") { $0.parent = epic }, try town.issue("ap", "B") { $0.parent = epic }
    )
    let alone = try town.issue("ap", "Alone") { $0.parent = epic }
    func wait(_ one: IssueID, _ other: IssueID) throws {
      let ledgers = town.ledgers()
      defer { ledgers.close() }
      try ledgers.store(for: one).write("dep") { tx throws(BeadsError) in
        try tx.addDependency(one, dependsOn: other, type: .blocks)
      }
    }
    try wait(b, a)
    let staged = town.json("convoy", "stage", epic.rawValue)
    #expect(
      staged["waves"]?.arrayValue?.map { Set($0.strings ?? []) } == [
        [a.rawValue, alone.rawValue], [b.rawValue],
      ])
    #expect(staged["status"] == .string("staged_warnings") && staged["errors"] == .array([]))
    #expect(staged["warnings"]?[0]?["category"] == .string("orphan"))
    let id = staged["convoy_id"]?.stringValue ?? ""
    #expect(
      town.json("convoy", "stranded") == .array([])
        && town.gt("convoy", "check", id).standardOutput.contains("staged"))
    #expect(town.gt("convoy", "launch", id).standardError.contains("with warnings"))
    #expect(town.json("convoy", "launch", id, "--force", "--no-sling")["status"] == .string("open"))
    #expect(town.gt("convoy", "launch", id).standardOutput.contains("launched already"))
    #expect(town.json("convoy", "stranded").arrayValue?.count == 1)
    // Without findings nothing has to be forced; a staged convoy can be looked at again.
    let again =
      town.json("convoy", "stage", a.rawValue, b.rawValue, "--title", "Two")["convoy_id"]?.stringValue ?? ""
    #expect(town.json("convoy", "stage", again)["status"] == .string("staged_ready"))
    #expect(town.gt("convoy", "stage", id).standardError.contains("is not staged"))
    #expect(town.gt("convoy", "stage", a.rawValue, b.rawValue).standardOutput.contains("Wave 2, 1 issue"))
  }

  /// Scenario 13: closing what has to be merged first is not enough.
  @Test func whatWaitsForAMergeIsNotGivenOutBefore() throws {
    let (first, second) = (try town.issue("ap", "Library"), try town.issue("ap", "Program"))
    try edit(second) { tx throws(BeadsError) in
      try tx.addDependency(second, dependsOn: first, type: .mergeBlocks)
    }
    let staged = town.json("convoy", "stage", first.rawValue, second.rawValue, "--title", "Both")
    #expect(staged["waves"]?.arrayValue?.map { $0.strings ?? [] } == [[first.rawValue], [second.rawValue]])
    let id = staged["convoy_id"]?.stringValue ?? ""
    #expect(town.json("convoy", "launch", id, "--force", "--no-sling")["status"] == .string("open"))
    func ready() -> [String] {
      town.json("ready", "--rig", "app").compactText.contains(second.rawValue)
        ? [second.rawValue] : town.json("convoy", "stranded")[0]?["ready_issues"]?.strings ?? []
    }
    #expect(ready() == [first.rawValue])
    try town.close(first)
    #expect(ready() == [])
    #expect(town.gt("sling", second.rawValue, "app").standardError.contains("\(second) waits for \(first)"))
    try edit(first) { tx throws(BeadsError) in
      try tx.update(first) { $0.closeReason = "Merged in ap-wisp-mr" }
    }
    #expect(ready() == [second.rawValue])
    #expect(town.json("convoy", "stranded")[0]?["ready_issues"]?.strings == [second.rawValue])
  }

  private func edit(_ id: IssueID, _ change: (inout Transaction) throws(BeadsError) -> Void) throws {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("edit") { tx throws(BeadsError) in try change(&tx) }
  }

  @Test func whatCannotBeDoneIsNotStaged() throws {
    let homeless = try town.issue("hq", "Homeless")
    let refused = town.gt("convoy", "stage", homeless.rawValue, "--json")
    let plan = JSONValue(parsing: refused.standardOutput)
    #expect(refused.status == 1 && plan?["errors"]?[0]?["category"] == .string("no-rig"))
    #expect(plan?["convoy_id"] == .string("") && town.json("convoy", "list", "--all") == .array([]))
    let crossing = town.json(
      "convoy", "stage", try town.issue("ap", "A").rawValue, try town.issue("web", "W").rawValue)
    #expect(crossing["warnings"]?[0]?["category"] == .string("cross-rig"))
  }

  @Test func slingingMakesOneConvoyForAnIssue() throws {
    let issue = try #require(try town.issue(try town.issue("ap", "Parser")))
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    let first = try Convoys(ledgers).autoConvoy(for: issue)
    let second = try Convoys(ledgers).autoConvoy(for: issue)
    #expect(first.isNew && !second.isNew && first.convoy.id == second.convoy.id)
    #expect(first.convoy.title == "Work: Parser")
    #expect(try Convoys(ledgers).list().count == 1)
  }

  @Test func anEpicIsTrackedByItsWork() throws {
    let epic = try town.issue("ap", "Epic") { $0.type = .epic }
    let inner = try town.issue("ap", "Inner") {
      $0.type = .epic
      $0.parent = epic
    }
    let task = try town.issue("ap", "Task") { $0.parent = inner }
    try town.issue("ap", "Decision") {
      $0.type = .decision
      $0.parent = epic
    }
    let made = town.json("convoy", "create", "All", "--from-epic", epic.rawValue)
    #expect(made["tracked"]?.arrayValue?.map { $0["id"]?.stringValue } == [task.rawValue])
  }

  @Test func watchersAreKeptOnce() throws {
    let id = try convoy("Watched", [try town.issue("ap", "Parser")])
    #expect(
      town.json(as: "app/polecats/nux", "convoy", "watch", id.rawValue)["watchers"]?.strings == [
        "app/polecats/nux"
      ])
    #expect(town.gt("convoy", "watch", id.rawValue, "app/nux").standardOutput.contains("already"))
    #expect(
      town.json("convoy", "watch", id.rawValue, "app/max", "--nudge")["nudge_watchers"]?.strings == [
        "app/crew/max"
      ])
    #expect(town.json("convoy", "unwatch", id.rawValue, "app/nux")["watchers"] == .array([]))
    #expect(town.gt("convoy", "watch", id.rawValue, "app/slit").status == 0)
    #expect(town.gt(as: "mayor", "convoy", "close", id.rawValue, "-f").status == 0)
    #expect(town.json(as: "app/polecats/slit", "mail", "inbox").arrayValue?.count == 1)
    #expect(town.json("mail", "inbox") == .array([]), "the owner, who is the mayor, ended it")
    #expect(try #require(try town.issue(id)).description.contains("nudge_watchers: app/crew/max"))
  }

  @Test(arguments: [
    (["convoy", "create", "Nothing"], "no issues to follow"),
    (["convoy", "create", "", "ap-1"], "no issue"),
    (["convoy", "create", "Foreign", "zz-1"], "no rig has issues like"),
    (["convoy", "status", "hq-cv-zzzzz"], "there is no convoy"),
    (["convoy", "add", "hq-cv-zzzzz", "ap-1"], "there is no convoy"),
    (["convoy", "watch", "hq-cv-zzzzz", "app/nobody"], "there is no convoy"),
    (["convoy", "list", "--status", "gone"], "gone"),
  ])
  func badInputSaysWhatIsWrong(_ line: [String], _ sentence: String) throws {
    let result = town.run(nil, line)
    #expect(result.status == 1 && result.standardError.contains(sentence), "\(result.standardError)")
    #expect(result.standardOutput.isEmpty && town.events.isEmpty)
  }

  @Test func emptyAnswersAreEmptyLists() throws {
    for verb in ["list", "stranded", "check", "status"] {
      #expect(town.gt("convoy", verb, "--json").standardOutput == "[]\n")
      #expect(town.gt("convoy", verb).standardOutput.hasPrefix("No "))
    }
  }

  @Test func fieldsOfOtherToolsAreReadFromTheDescription() throws {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    try TownVocabulary.teach(ledgers.hq())
    var draft = IssueDraft(title: "Theirs")
    draft.type = .convoy
    draft.description = "Some prose: with a colon\nOwner: mayor/\nBase-Branch: develop\nnudgeWatchers: a, b"
    let new = draft
    let issue = try ledgers.hq().write("create") { tx throws(BeadsError) in try tx.create(new) }
    let convoy = try #require(Convoy(issue))
    #expect(convoy.owner == "mayor/" && convoy.baseBranch == "develop" && convoy.nudgeWatchers == ["a", "b"])
    let watched = try Convoys(ledgers).setWatcher("c", of: issue.id, to: true, nudge: true).convoy
    #expect(watched.issue.description.hasPrefix("Some prose: with a colon\nOwner: mayor/\n"))
    #expect(watched.nudgeWatchers == ["a", "b", "c"])
  }
}
