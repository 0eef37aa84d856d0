import BeadsKit
import BeadsModel
import BeadsStore
import BeadsTesting
import Testing

/// Random lives of a few issues: whatever happens, the fields that follow the status agree with it, the guard
/// refuses exactly what a plain reading of the contract says, and what is refused changes nothing.
@Suite struct LifecyclePropertyTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func invariantsHold(_ seed: UInt64) throws {
    var life = try RandomLife(seed)
    for _ in 0..<120 {
      try life.step()
      try life.check()
    }
    #expect(life.succeeded > 30)
    #expect(life.refused > 5)
  }
}

struct RandomLife {
  let project: TestProject
  let store: Store
  private(set) var random: TestRandom
  private(set) var ids: [IssueID] = []
  private(set) var succeeded = 0
  private(set) var refused = 0
  private var before: [IssueID: BeadsModel.Issue] = [:]
  private var after: [IssueID: BeadsModel.Issue] = [:]

  init(_ seed: UInt64) throws {
    project = try TestProject()
    store = try project.makeStore()
    random = TestRandom(seed: seed)
    ids = try store.write("create") { transaction throws(BeadsError) in
      var ids: [IssueID] = []
      for (number, type) in [IssueType.task, .task, .bug, .epic, .epic, .molecule, .task, .feature]
        .enumerated()
      {
        var draft = IssueDraft(title: "Issue \(number)")
        draft.type = type
        draft.notes = "see t-0, t-3"
        draft.id = IssueID(rawValue: "t-\(number)")
        ids.append(try transaction.create(draft).id)
      }
      for (child, parent) in [(0, 3), (1, 3), (2, 4), (6, 5)] {
        try transaction.setParent(of: ids[child], to: ids[parent])
      }
      try transaction.addDependency(ids[0], dependsOn: ids[1])
      try transaction.addDependency(ids[7], dependsOn: ids[0])
      return ids
    }
    after = try issues()
  }

  // MARK: One change

  mutating func step() throws {
    before = after
    project.advance(seconds: Int64.random(in: 1...40_000, using: &random))
    let id = ids.randomElement(using: &random) ?? ids[0]
    let other = ids.randomElement(using: &random) ?? ids[0]
    let choice = max(0, Int.random(in: -3..<14, using: &random))
    let force = Int.random(in: 0..<4, using: &random) == 0
    let expected = choice <= 1 ? before[id].flatMap { mayClose($0, force) } : nil
    let later = store.now.adding(seconds: Int64.random(in: -5000...100_000, using: &random))
    let status = store.rules.vocabulary.statuses.randomElement(using: &random)?.status ?? .open
    let actor = ["alice", "bob"].randomElement(using: &random) ?? "alice"
    store.actor = actor
    do throws(BeadsError) {
      try store.write("step") { transaction throws(BeadsError) in
        switch choice {
        case 0: try transaction.close(id, reason: "why", session: "s", force: force)
        case 1: try transaction.update(id, force: force) { $0.status = .closed }
        case 2: try transaction.reopen(id, reason: force ? "again" : "")
        case 3: try transaction.claim(id)
        case 4: try transaction.update(id, force: true) { $0.status = status }
        case 5: try transaction.defer(id, until: force ? nil : later)
        case 6: try transaction.undefer(id)
        case 7: try transaction.addDependency(id, dependsOn: other, type: force ? .supersedes : .blocks)
        case 8: try transaction.removeDependency(id, dependsOn: other)
        case 9: try transaction.setParent(of: id, to: force ? nil : other)
        case 10: try transaction.setState("mode", to: actor, of: id)
        case 11 where force: try transaction.delete([id], cascade: false, force: true)
        case 13: try transaction.update(id) { $0.isPinned = force }
        case 12 where force: try transaction.rename(id, to: IssueID("\(id)x"))
        default: try transaction.addLabels(["l\(choice)"], to: id)
        }
      }
      succeeded += 1
      if let expected { #expect(expected, "\(id) was closed although something guards it") }
    } catch {
      refused += 1
      #expect([.conflict, .notFound, .cycle, .invalid, .exists].contains(error.code), "\(error)")
      #expect(try issues() == before, "a refused change left a trace: \(error)")
      if let expected { #expect(!expected, "\(id) was not closed although nothing guards it: \(error)") }
    }
    after = try issues()
    if choice == 12, let renamed = IssueID(rawValue: "\(id)x"), try store.exists(renamed) {
      ids = ids.map { $0 == id ? renamed : $0 }
    }
  }

  /// Takes what happened outside `step` for granted.
  mutating func lookAgain() throws { after = try issues() }

  /// Every issue there ever was.
  private func issues() throws(BeadsError) -> [IssueID: BeadsModel.Issue] {
    Dictionary(uniqueKeysWithValues: try store.issues(where: "1").map { ($0.id, $0) })
  }

  // MARK: What the contract says

  /// Whether closing is allowed (5.7), by a plain reading; nil for an issue that is gone.
  private func mayClose(_ issue: BeadsModel.Issue, _ force: Bool) -> Bool? {
    if issue.isTombstone { return nil }
    if issue.status == .closed || force { return true }
    if issue.isPinned || issue.status == .pinned || issue.isTemplate { return false }
    func isOpen(_ id: IssueID) -> Bool {
      guard let other = before[id] else { return false }
      return !other.isClosed && other.status != .pinned && !other.isPinned
    }
    for edge in issue.dependencies where edge.type == .blocks && isOpen(edge.dependsOnID) { return false }
    let children = before.values.filter { $0.parentID == issue.id }
    return issue.type != .epic || !children.contains { isOpen($0.id) }
  }

  func check() throws {
    for issue in after.values {
      #expect((issue.closedAt != nil) == (issue.status == .closed) || issue.isTombstone, "\(issue)")
      if issue.status == .closed { #expect(!issue.closeReason.isEmpty, "\(issue)") }
      if issue.status == .inProgress { #expect(issue.startedAt != nil, "\(issue)") }
      if issue.deferUntil != nil { #expect(issue.status == .deferred || issue.isTombstone, "\(issue)") }
      #expect(issue.isTombstone == (issue.deletedAt != nil), "\(issue)")
      #expect(issue.labels == Set(issue.labels).sorted())
      #expect(issue.labels.filter { $0.hasPrefix("mode:") }.count <= 1)
      if issue.isTombstone {
        #expect(issue.dependencies.isEmpty)
        continue
      }
      if issue.status != .closed {
        #expect(issue.closeReason.isEmpty && issue.closedBySession.isEmpty, "\(issue)")
      }
      if let old = before[issue.id] { checkChange(from: old, to: issue) }
      for edge in issue.dependencies {
        #expect(
          try store.issue(edge.dependsOnID)?.isTombstone == false,
          "\(issue.id) has an edge to a deleted issue")
      }
    }
  }

  private func checkChange(from old: BeadsModel.Issue, to new: BeadsModel.Issue) {
    #expect(new.createdAt == old.createdAt)
    #expect((new.updatedAt > old.updatedAt) == (new != old), "\(old) became \(new)")
    if old.status != new.status, new.status != .pinned { #expect(!new.isPinned, "\(new)") }
    if old.startedAt != nil { #expect(new.startedAt == old.startedAt) }
    if old.status == .closed, new.status != .closed {
      let replaced = new.dependencies.filter { $0.type == .supersedes && old.dependencies.contains($0) }
      #expect(replaced.isEmpty, "\(new.id) is open and still superseded")
    }
  }
}
