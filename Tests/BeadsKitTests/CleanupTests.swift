import BeadsKit
import BeadsTesting
import Testing

@Suite struct CleanupTests {
  private let project: TestProject
  private let store: Store

  init() throws {
    project = try TestProject()
    store = try project.makeStore()
  }

  /// Issues of all kinds with edges between them, some closed, some pinned.
  private func fill(_ random: inout SeededRandom) throws -> [IssueID] {
    let plan = (0..<40).map { _ in (random.below(4), random.chance(60), random.chance(10)) }
    let edges = (0..<60).map { _ in (random.below(40), random.below(40), random.below(3)) }
    return try store.write("fill") { tx throws(BeadsError) in
      var ids: [IssueID] = []
      for (number, (kind, _, isPinned)) in plan.enumerated() {
        var draft = IssueDraft(title: "Issue \(number)")
        draft.id = try IssueID("t-\(number)")
        draft.isEphemeral = kind == 0
        draft.isPinned = isPinned
        ids.append(try tx.create(draft).id)
      }
      for (from, to, kind) in edges where from != to {
        let type: DependencyType = kind == 0 ? .blocks : kind == 1 ? .parentChild : .related
        _ = try? tx.addDependency(ids[from], dependsOn: ids[to], type: type)
      }
      for (id, (_, isClosed, _)) in zip(ids, plan) where isClosed { try tx.close(id, force: true) }
      return ids
    }
  }

  @Test(arguments: [Cleanup.Scope.everything, .wisps, .lasting], [UInt64(1), 2, 3])
  func nothingThatIsNeededGoes(_ scope: Cleanup.Scope, _ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let ids = try fill(&random)
    let before = try store.issues(ids)
    #expect(try store.cleanupPlan(Cleanup(scope, age: 3_600_000_000_000)).deleted.isEmpty)
    project.advance(seconds: 7200)
    let plan = try store.cleanupPlan(Cleanup(scope, age: 3_600_000_000_000))
    #expect(Set(plan.deleted) == Set(before.filter { goes($0, before, scope) }.map(\.id)))
    #expect(!plan.deleted.isEmpty && Set(plan.pinned + plan.needed).isDisjoint(with: plan.deleted))
    let blocked = Set(try store.blocked().map(\.issue.id))
    let preview = try store.previewDeletion(plan.deleted)
    let report = try store.write("cleanup") { tx throws(BeadsError) in
      try tx.cleanUp(plan, reason: "test")
    }
    #expect(report == preview)
    #expect(Set(try store.blocked().map(\.issue.id)) == blocked.subtracting(plan.deleted))
    try store.undo()
    #expect(try store.issues(ids).map(\.comparable) == before.map(\.comparable))
  }

  private func goes(
    _ issue: BeadsKit.Issue, _ all: [BeadsKit.Issue], _ scope: Cleanup.Scope
  ) -> Bool {
    guard issue.status == .closed, !issue.isPinned else { return false }
    if scope == .wisps, !issue.isEphemeral { return false }
    if scope == .lasting, issue.isEphemeral { return false }
    let isNeeded = all.contains { other in
      other.status == .open
        && other.dependencies.contains { $0.dependsOnID == issue.id && $0.type.isBlocking }
    }
    let isPart = issue.dependencies.contains { edge in
      edge.type == .parentChild && all.contains { $0.id == edge.dependsOnID && $0.status == .open }
    }
    return !isNeeded && !isPart
  }

  @Test func cascadeTakesWhatDependsOnItAndSparesPins() throws {
    try store.write("fill") { tx throws(BeadsError) in
      for name in ["t-a", "t-b", "t-c"] {
        try tx.insert(BeadsKit.Issue(id: try IssueID(name), title: name, createdAt: tx.now))
      }
      try tx.addDependency(try IssueID("t-b"), dependsOn: try IssueID("t-a"))
      try tx.addDependency(try IssueID("t-c"), dependsOn: try IssueID("t-b"))
      try tx.close(try IssueID("t-a"))
    }
    project.advance(seconds: 60)
    var cleanup = Cleanup(.everything)
    #expect(try store.cleanupPlan(cleanup).needed == [try IssueID("t-a")])
    cleanup.cascades = true
    #expect(try store.cleanupPlan(cleanup).deleted.map(\.rawValue) == ["t-a", "t-b", "t-c"])
    try store.write("pin") { tx throws(BeadsError) in try tx.update(try IssueID("t-c")) { $0.isPinned = true }
    }
    #expect(throws: BeadsError.self) { try store.cleanupPlan(cleanup) }
  }

  @Test func deletionsAreForgottenWhenTheyHaveExpiredAndNotBefore() throws {
    let (a, b) = (try IssueID("t-a"), try IssueID("t-b"))
    try store.write("fill") { tx throws(BeadsError) in
      for id in [a, b] { try tx.insert(BeadsKit.Issue(id: id, title: "T", createdAt: tx.now)) }
    }
    try store.flush(force: true)
    try store.write("delete") { tx throws(BeadsError) in try tx.delete([a]) }
    #expect(try store.expiredTombstones().isEmpty)
    #expect(try store.expiredTombstones(TombstoneLifetime(days: 0)) == [a])
    project.advance(seconds: 30 * 86_400)
    #expect(try store.expiredTombstones().isEmpty, "clocks differ")
    project.advance(seconds: 3700)
    #expect(try store.expiredTombstones() == [a])
    #expect(throws: BeadsError.self) {
      try store.write("forget") { tx throws(BeadsError) in try tx.forget([b]) }
    }
    let line = try #require(try store.issue(a)).jsonLine
    try store.write("forget") { tx throws(BeadsError) in try tx.forget([a]) }
    #expect(try store.fsck().isClean)
    try store.flush(force: true)
    #expect(!project.exportedText.contains("t-a") && project.exportedText.contains("t-b"))
    #expect(try !store.exists(a) && store.fsck().isClean)
    try store.undo()
    var back = try #require(try store.issue(a))
    back.updatedAt = try #require(back.deletedAt)
    #expect(back.jsonLine == line)
    #expect(try store.fsck().isClean)
  }

  @Test func oldNamesAndTombstonesInUseAreKept() throws {
    let (a, b, c) = (try IssueID("t-a"), try IssueID("t-b"), try IssueID("t-c"))
    try store.write("fill") { tx throws(BeadsError) in
      for id in [a, b] { try tx.insert(BeadsKit.Issue(id: id, title: "T", createdAt: tx.now)) }
      try tx.rename(a, to: c)
    }
    #expect(try store.expiredTombstones(TombstoneLifetime(days: 0)).isEmpty)
  }
}

extension BeadsKit.Issue {
  /// The line without the moment of the last change.
  fileprivate var comparable: String {
    var copy = self
    copy.updatedAt = createdAt
    return copy.jsonLine
  }
}
