import BeadsKit
import BeadsTesting
import Testing

@Suite struct CompactionTests {
  private let project: TestProject
  private let store: Store

  init() throws {
    project = try TestProject()
    store = try project.makeStore()
  }

  static let month: Int64 = 31 * 86_400

  /// A closed issue with text in every field, some of it hostile.
  private func make(_ random: inout SeededRandom, _ number: Int) throws -> IssueID {
    let texts = [
      "", "A short text.", Self.long, "bell \u{7} \"quoted\" \\ \u{1F600}\r\n```\ncode. Here.\n```\nEnd",
    ]
    func text() -> String { texts[Int(random.next() % 4)] }
    let (description, design, notes, acceptance) = (text(), text(), text(), text())
    let labels = random.next() % 2 == 0 ? ["x", "y"] : []
    return try store.write("create") { tx throws(BeadsError) in
      var draft = IssueDraft(title: "Issue \(number)")
      (draft.description, draft.design) = (description, design)
      (draft.notes, draft.acceptanceCriteria) = (notes, acceptance)
      draft.labels = labels
      draft.id = IssueID(rawValue: "t-\(number)")
      let id = try tx.create(draft).id
      try tx.addComment("Said before", to: id)
      try tx.close(id, reason: "Fixed by a cache. It is fast now.")
      return id
    }
  }

  private static let long = String(
    repeating: "We decided to cache it because nothing changes. Another sentence follows here. ", count: 30)

  private func compact(_ id: IssueID, _ tier: CompactionTier, _ summary: String) throws {
    try store.write("compact") { tx throws(BeadsError) in
      try tx.compact(id, summary: summary, tier: tier, force: true)
    }
  }

  /// The line without the moment of the last change, which moves on with every change.
  private func line(_ id: IssueID) throws -> String {
    var issue = try #require(try store.issue(id))
    issue.updatedAt = issue.createdAt
    return issue.jsonLine
  }

  @Test func undoAndRestoreGiveEveryByteBack() throws {
    var random = SeededRandom(seed: 5)
    var compacted = 0
    for number in 0..<40 {
      let id = try make(&random, number)
      let before = try line(id)
      guard try #require(try store.issue(id)).textSize > 0 else { continue }
      try compact(id, .first, "Short \(number)")
      #expect(try line(id) != before)
      try store.undo()
      #expect(try line(id) == before)
      project.advance(seconds: 60)
      try compact(id, .first, "Short \(number)")
      if number % 2 == 0 {
        project.advance(seconds: 60)
        try compact(id, .second, "S")
        #expect(try store.issue(id)?.compactionLevel == 2)
      }
      let full = try store.fullText(of: id, in: nil)
      #expect(full.source == .snapshot)
      try store.write("restore") { tx throws(BeadsError) in try tx.restore(full) }
      #expect(try line(id) == before)
      compacted += 1
    }
    #expect(compacted > 20)
    try store.flush(force: true)
    #expect(try store.fsck().isClean)
  }

  @Test func whatWasWrittenSinceStays() throws {
    var random = SeededRandom(seed: 1)
    var id = try make(&random, 0)
    for number in 1... {
      if try #require(try store.issue(id)).textSize > 100 { break }
      id = try make(&random, number)
    }
    let before = try #require(try store.issue(id))
    try compact(id, .first, "Short")
    try store.write("update") { tx throws(BeadsError) in
      try tx.update(id) { $0.description += " and edited" }
      try tx.addComment("Said after", to: id)
    }
    let full = try store.fullText(of: id, in: nil)
    try store.write("restore") { tx throws(BeadsError) in try tx.restore(full) }
    let after = try #require(try store.issue(id))
    #expect(after.description.hasPrefix(before.description) && after.description.hasSuffix("and edited"))
    #expect(after.design == before.design && after.notes == before.notes)
    #expect(after.comments.map(\.text) == ["Said before", "Said after"])
    #expect(after.compactionLevel == 0 && after.compactedAt == nil && after.originalSize == 0)
  }

  /// A snapshot of an earlier compaction must not pass for the text before a later one made elsewhere.
  @Test func staleSnapshotIsNotTheFullText() throws {
    var random = SeededRandom(seed: 2)
    var id = try make(&random, 0)
    for number in 1... {
      if try #require(try store.issue(id)).textSize > 100 { break }
      id = try make(&random, number)
    }
    try compact(id, .first, "Short")
    try store.write("import") { tx throws(BeadsError) in
      try tx.update(id) { $0.compactedAt = $0.compactedAt?.adding(seconds: 5) }
    }
    #expect(throws: BeadsError.self) { try store.fullText(of: id, in: nil) }
  }

  @Test func eligibilityAgreesWithANaiveModel() throws {
    var random = SeededRandom(seed: 7)
    var ids: [IssueID] = []
    for number in 0..<40 { ids.append(try make(&random, number)) }
    try store.write("shape") { tx throws(BeadsError) in
      for id in ids {
        switch random.next() % 4 {
        case 0: try tx.reopen(id)
        case 1: try tx.update(id) { $0.isPinned = true }
        default: break
        }
        let (other, kind) = (ids[Int(random.next() % 40)], random.next() % 3)
        if other <= id || kind == 2 { continue }
        _ = try? tx.addDependency(id, dependsOn: other, type: kind == 0 ? .blocks : .parentChild)
      }
    }
    #expect(try store.compactionCandidates(.first).isEmpty)
    project.advance(seconds: Self.month)
    let all = try store.issues(ids)
    let expected = all.filter { isDue($0, all) }.map(\.id)
    let found = try store.compactionCandidates(.first)
    #expect(Set(found.map(\.id)) == Set(expected))
    #expect(!expected.isEmpty && expected.count < all.count(where: \.isClosed))
    #expect(found.map(\.closedAt) == found.map(\.closedAt).sorted { ($0 ?? store.now) < ($1 ?? store.now) })
    for issue in all {
      #expect(try (store.compactionObstacle(issue, .first) == nil) == expected.contains(issue.id))
    }
  }

  private func isDue(_ issue: BeadsKit.Issue, _ all: [BeadsKit.Issue]) -> Bool {
    guard issue.status == .closed, !issue.isPinned, issue.textSize > 0 else { return false }
    func sources(_ id: IssueID, _ type: DependencyType) -> [BeadsKit.Issue] {
      all.filter { $0.dependencies.contains { $0.dependsOnID == id && $0.type == type } }
    }
    var level = sources(issue.id, .blocks)
    for _ in 0...2 {
      if level.contains(where: { !$0.isClosed }) { return false }
      level = level.flatMap { sources($0.id, .parentChild) }
    }
    return true
  }

  @Test func refusals() throws {
    var random = SeededRandom(seed: 3)
    let id = try make(&random, 0)
    try store.write("update") { tx throws(BeadsError) in try tx.update(id) { $0.description = Self.long } }
    let version = try #require(try store.issue(id)).updatedAt
    func code(_ body: () throws -> Void) -> BeadsError.Code? {
      do { try body() } catch let error as BeadsError { return error.code } catch { return nil }
      return nil
    }
    #expect(code { try compact(id, .first, " \n") } == .invalid)
    #expect(
      code {
        try store.write("compact") { tx throws(BeadsError) in _ = try tx.compact(id, summary: "S") }
      } == .conflict)
    project.advance(seconds: Self.month)
    #expect(
      code {
        try store.write("compact") { tx throws(BeadsError) in
          _ = try tx.compact(id, summary: String(repeating: Self.long, count: 5))
        }
      } == .invalid)
    #expect(
      code {
        try store.write("compact") { tx throws(BeadsError) in
          _ = try tx.compact(id, summary: "S", of: version.adding(seconds: -1))
        }
      } == .conflict)
    #expect(try store.issue(id)?.compactionLevel == 0)
  }

  // MARK: Summaries

  @Test func builtInSummaryIsShorterDeterministicAndSaysWhatCounts() throws {
    var random = SeededRandom(seed: 11)
    for number in 0..<30 {
      let issue = try #require(try store.issue(try make(&random, number)))
      for tier in CompactionTier.allCases {
        let summary = try ExtractiveSummarizer().summary(of: issue, tier: tier)
        #expect(summary == (try ExtractiveSummarizer().summary(of: issue, tier: tier)))
        guard let summary else { continue }
        #expect(summary.utf8.count < issue.textSize && summary.utf8.count < 1700)
        #expect(summary.contains("Fixed by a cache."))
        if issue.description == Self.long, tier == .first {
          #expect(summary.contains("We decided to cache it"))
        }
      }
    }
  }

  @Test(arguments: [
    (["sh", "-c", "cat > /dev/null; exit 3"], "failed"), (["sh", "-c", "cat > /dev/null"], "no usable text"),
    (["sh", "-c", "cat > /dev/null; printf '\\377\\376'"], "no usable text"),
    (["no-such-program-here"], "no-such-program-here"),
  ])
  func summarizerFailures(_ arguments: [String], _ words: String) throws {
    let summarizer = CommandSummarizer(arguments, environment: project.environment)
    let issue = BeadsKit.Issue(id: try IssueID("t-1"), title: "T", createdAt: Timestamp(seconds: 0))
    var message = ""
    do throws(BeadsError) { _ = try summarizer.summary(of: issue, tier: .first) } catch {
      message = error.message
    }
    #expect(message.contains(words), "\(message)")
  }

  @Test func summarizerThatHangsIsEndedWithItsChildren() throws {
    let summarizer = CommandSummarizer(
      ["sh", "-c", "sleep 600 & sleep 600"], environment: project.environment, timeout: .milliseconds(100))
    let issue = BeadsKit.Issue(id: try IssueID("t-1"), title: "T", createdAt: Timestamp(seconds: 0))
    #expect(throws: BeadsError.self) { try summarizer.summary(of: issue, tier: .first) }
  }

  @Test func summarizerGetsTheIssueAndTheTier() throws {
    let summarizer = CommandSummarizer(
      ["sh", "-c", "echo \"$BD_COMPACT_TIER\"; cat"], environment: project.environment)
    var issue = BeadsKit.Issue(id: try IssueID("t-1"), title: "$(x) `y`", createdAt: Timestamp(seconds: 0))
    issue.description = "'; exit 1"
    #expect(try summarizer.summary(of: issue, tier: .second) == "2\n" + issue.jsonLine)
  }
}
