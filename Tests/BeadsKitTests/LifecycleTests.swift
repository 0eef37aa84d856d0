import BeadsKit
import BeadsTesting
import Testing

@Suite struct LifecycleTests {
  let project: TestProject
  let store: Store

  init() throws {
    project = try TestProject()
    store = try project.makeStore()
  }

  private func make(_ id: String, _ edit: (inout IssueDraft) -> Void = { _ in }) throws -> IssueID {
    var draft = IssueDraft(title: "Title of \(id)")
    draft.id = try IssueID("t-\(id)")
    edit(&draft)
    let made = draft
    return try store.write("create") { transaction throws(BeadsError) in try transaction.create(made).id }
  }

  private func edge(_ id: String, _ target: IssueID, _ type: DependencyType = .blocks) throws -> Dependency {
    Dependency(try IssueID("t-\(id)"), dependsOn: target, type: type, createdAt: store.now)
  }

  /// The message of a change that is refused; it must change nothing.
  private func message<R>(_ body: (inout Transaction) throws -> R) -> String {
    do throws(BeadsError) {
      try store.flush(force: true)
      let before = project.exportedText
      defer { #expect(project.exportedText == before) }
      try store.write("change") { transaction throws(BeadsError) in
        do { _ = try body(&transaction) } catch let error as BeadsError { throw error } catch {
          throw BeadsError(.unsupported, "\(error)")
        }
      }
      try store.flush(force: true)
      return "no error"
    } catch { return error.message }
  }

  // MARK: close and reopen

  @Test func guardNamesWhatIsOpen() throws {
    let blocker = try make("b")
    let edges = [try edge("a", blocker)]
    let blocked = try make("a") { $0.dependencies = edges }
    let refusal = "cannot close t-a: blocked by open issues [t-b] (use --force to override)"
    #expect(message { try $0.close(blocked) } == refusal)
    #expect(message { try $0.update(blocked) { $0.status = .closed } } == refusal)
    let closed = try store.write("close") { transaction throws(BeadsError) in
      try transaction.close(blocker)
      return try transaction.close(blocked, reason: "Done", session: "s1")
    }
    #expect(closed.closeReason == "Done")
    #expect(closed.closedBySession == "s1")
    #expect(closed.closedAt != nil)
  }

  @Test func guardKnowsEpicsPinsTemplatesAndGates() throws {
    let epic = try make("e") { $0.type = .epic }
    let edges = [try edge("c", epic, .parentChild)]
    _ = try make("c") { $0.dependencies = edges }
    let pinned = try make("p") { $0.isPinned = true }
    let template = try make("m") { $0.isTemplate = true }
    let gate = try make("g") {
      $0.type = .gate
      $0.awaitType = "timer"
      $0.timeout = 60_000_000_000
    }
    #expect(
      message { try $0.close(epic) }
        == "cannot close epic t-e: 1 of its children is open [t-c] (use --force to override)")
    #expect(message { try $0.close(pinned) }.contains("it is pinned"))
    #expect(message { try $0.close(template) }.contains("it is read-only"))
    #expect(message { try $0.close(gate) }.contains("timer is not satisfied yet"))
    project.advance(seconds: 61)
    try store.write("close") { transaction throws(BeadsError) in
      try transaction.close(gate)
      for id in [epic, pinned, template] { try transaction.close(id, force: true) }
    }
    #expect(try store.issue(pinned)?.isPinned == false)
  }

  @Test func updateToClosedKeepsTheClosingFields() throws {
    let id = try make("a")
    let closed = try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(id) { $0.status = .closed }
    }
    #expect(closed.closeReason == "Closed")
    #expect(message { try $0.update(id) { $0.status = .tombstone } }.contains("cannot be set"))
  }

  @Test func reopeningDropsReplacementAndDate() throws {
    let other = try make("b")
    let edges = [try edge("a", other, .supersedes), try edge("a", other, .related)]
    let id = try make("a") { $0.dependencies = edges }
    #expect(message { try $0.reopen(id) } == "t-a is already open")
    let opened = try store.write("reopen") { transaction throws(BeadsError) in
      try transaction.close(id)
      return try transaction.reopen(id, reason: "not yet")
    }
    #expect(opened.status == .open)
    #expect(opened.closedAt == nil)
    #expect(opened.closeReason.isEmpty)
    #expect(opened.dependencies.map(\.type) == [.related])
    #expect(opened.comments.map(\.text) == ["not yet"])
  }

  @Test func lastStepClosesItsMolecule() throws {
    let molecule = try make("m") { $0.type = .molecule }
    let epic = try make("e") { $0.type = .epic }
    let first = [try edge("s1", molecule, .parentChild)]
    let second = [try edge("s2", molecule, .parentChild)]
    let third = [try edge("c", epic, .parentChild)]
    let steps = [
      try make("s1") { $0.dependencies = first }, try make("s2") { $0.dependencies = second },
      try make("c") { $0.dependencies = third },
    ]
    try store.write("close") { transaction throws(BeadsError) in try transaction.close(steps[0]) }
    #expect(try store.issue(molecule)?.status == .open)
    try store.write("close") { transaction throws(BeadsError) in
      for id in steps.dropFirst() { try transaction.close(id) }
    }
    #expect(try store.issue(molecule)?.closeReason == "all steps complete")
    #expect(try store.issue(epic)?.status == .open)
  }

  // MARK: claim and defer

  @Test func oneOfManyClaims() throws {
    let id = try make("a")
    let bob = try project.openStore(actor: "bob")
    let claimed = try bob.write("update") { transaction throws(BeadsError) in try transaction.claim(id) }
    #expect(claimed.assignee == "bob")
    #expect(claimed.status == .inProgress)
    #expect(claimed.startedAt != nil)
    #expect(message { try $0.claim(id) } == "issue already claimed by bob")
    let again = try bob.write("update") { transaction throws(BeadsError) in try transaction.claim(id) }
    #expect(again == claimed)
  }

  @Test(arguments: [Status.blocked, .deferred, .pinned, .closed])
  func statusForbidsClaim(_ status: Status) throws {
    let id = try make("a")
    try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(id) { $0.status = status }
    }
    #expect(message { try $0.claim(id) } == "cannot claim t-a: its status is \(status)")
  }

  @Test func deferringNeedsTheFuture() throws {
    let id = try make("a")
    let later = store.now.adding(seconds: 3600)
    let past = store.now.adding(seconds: -1)
    #expect(message { try $0.defer(id, until: past) }.contains("it has passed"))
    #expect(message { try $0.undefer(id) } == "t-a is not deferred, it is open")
    let deferred = try store.write("defer") { transaction throws(BeadsError) in
      try transaction.defer(id, until: later)
    }
    #expect(deferred.status == .deferred)
    #expect(deferred.deferUntil == later)
    let back = try store.write("undefer") { transaction throws(BeadsError) in try transaction.undefer(id) }
    #expect(back.status == .open)
    #expect(back.deferUntil == nil)
  }

  // MARK: labels, comments, state

  @Test(arguments: ["", "  ", "provides:x", " provides:y"]) func labelIsRefused(_ label: String) throws {
    let id = try make("a")
    #expect(message { try $0.addLabels([label], to: id) }.hasPrefix("label "))
  }

  @Test func labelsAreASet() throws {
    let id = try make("a")
    try store.write("label") { transaction throws(BeadsError) in
      #expect(try transaction.addLabels(["b", " a "], to: id) == ["a", "b"])
      #expect(try transaction.addLabels(["b", "c"], to: id) == ["c"])
      #expect(try transaction.removeLabels(["b", "x"], from: id) == ["b"])
    }
    #expect(try store.issue(id)?.labels == ["a", "c"])
  }

  @Test func commentIsKeptExactly() throws {
    let id = try make("a")
    let text = "  \u{1B}[31m\"quotes\"\n\u{2028}<end>  "
    let comment = try store.write("comment") { transaction throws(BeadsError) in
      try transaction.addComment(text, to: id, author: "bob")
    }
    #expect(try store.issue(id)?.comments == [comment])
    #expect(comment.text == text)
    #expect(comment.author == "bob")
    #expect(message { try $0.addComment(" \n", to: id) } == "comment text must not be empty")
  }

  @Test func stateIsOneLabelAndAnEvent() throws {
    let id = try make("a") { $0.labels = ["mode:slow", "x"] }
    let change = try store.write("set-state") { transaction throws(BeadsError) in
      try transaction.setState("mode", to: "fast", of: id, reason: "hurry")
    }
    #expect(change.oldValue == "slow")
    let eventID = try #require(change.eventID)
    let event = try #require(try store.issue(eventID))
    #expect(event.id.rawValue == "t-a.1")
    #expect(event.status == .closed)
    #expect(event.type == .event)
    #expect(event.title == "State change: mode → fast")
    #expect(try store.issue(id)?.labels == ["mode:fast", "x"])
    let same = try store.write("set-state") { transaction throws(BeadsError) in
      try transaction.setState("mode", to: "fast", of: id)
    }
    #expect(same.eventID == nil)
    #expect(try store.exists(IssueID("t-a.2")) == false)
  }

  // MARK: delete and rename

  @Test func deletionLeavesATombstoneAndNoEdges() throws {
    let gone = try make("g")
    let waits = [try edge("w", gone)]
    let links = [try edge("l", gone, .related)]
    let waiting = try make("w") {
      $0.dependencies = waits
      $0.notes = "after t-g, not t-g.1 or x-t-g"
    }
    let linked = try make("l") { $0.dependencies = links }
    let preview = try store.previewDeletion([gone])
    #expect(preview.orphaned == [waiting])
    #expect(preview.rewritten == [waiting])
    #expect(preview.dependenciesRemoved == 2)
    #expect(message { try $0.delete([gone]) } == "cannot delete: t-w would lose what it waits for")
    let report = try store.write("delete") { transaction throws(BeadsError) in
      try transaction.delete([gone], reason: "dup", force: true)
    }
    #expect(report == preview)
    #expect(try store.issue(gone)?.deleteReason == "dup")
    #expect(try store.issue(waiting)?.dependencies.isEmpty == true)
    #expect(try store.issue(linked)?.dependencies.isEmpty == true)
    #expect(try store.issue(waiting)?.notes == "after [deleted:t-g], not t-g.1 or x-t-g")
    #expect(try store.isBlocked(waiting) == false)
  }

  @Test func cascadeTakesWhatWaits() throws {
    let gone = try make("g")
    let one = [try edge("w", gone)]
    let waiting = try make("w") { $0.dependencies = one }
    let two = [try edge("c", waiting, .parentChild)]
    let child = try make("c") { $0.dependencies = two }
    let three = [try edge("l", gone, .tracks)]
    let convoy = try make("l") { $0.dependencies = three }
    let report = try store.write("delete") { transaction throws(BeadsError) in
      try transaction.delete([gone, gone], cascade: true, erase: true)
    }
    #expect(report.deleted == [gone, waiting, child])
    #expect(try store.issue(convoy)?.isTombstone == false)
    #expect(try store.issue(gone)?.title == "(deleted)")
    #expect(message { try $0.delete([gone]) }.hasPrefix("no issue found"))
  }

  @Test func renamingKeepsEverything() throws {
    let old = try make("old") {
      $0.labels = ["x"]
      $0.notes = "I am t-old"
    }
    let waits = [try edge("w", old)]
    let waiting = try make("w") {
      $0.dependencies = waits
      $0.description = "see t-old."
      $0.metadata = #"{"ref":"t-old"}"#
    }
    try store.write("comment") { transaction throws(BeadsError) in
      _ = try transaction.addComment("t-old", to: old)
    }
    let new = try IssueID("t-new")
    try store.write("rename") { transaction throws(BeadsError) in _ = try transaction.rename(old, to: new) }
    let renamed = try #require(try store.issue(new))
    #expect(renamed.notes == "I am t-new")
    #expect(renamed.labels == ["x"])
    #expect(renamed.comments.map(\.text) == ["t-old"])
    #expect(try store.issue(old)?.deleteReason == "renamed to t-new")
    let other = try #require(try store.issue(waiting))
    #expect(other.dependencies.map(\.dependsOnID) == [new])
    #expect(other.description == "see t-new.")
    #expect(other.metadata == #"{"ref":"t-new"}"#)
    #expect(try store.isBlocked(waiting))
    #expect(message { try $0.rename(new, to: old) }.contains("was deleted"))
    #expect(message { try $0.rename(new, to: waiting) } == "issue t-w already exists")
  }
}
