import BeadsKit
import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// Searches find the same issues with the index as without it, whatever was written and whoever wrote it.
@Suite struct SearchTests {
  private static let words = [
    "login", "LOGIN", "Relogin", "cache", "100%", "a_b", "aXb", "\"quoted\"", "it's", "NEAR", "AND", "OR",
    "NOT",
    "title:x", "(a)", "b*", "^c", "-d", "--", "c:\\dir", "Straße", "STRASSE", "größe", "ÄRGER", "ärger",
    "İstanbul",
    "日本語", "日本", "e\u{301}te\u{301}", "\u{212A}elvin", "\u{1F41B}", "x\u{0}y", "ab", "z", "\u{1b}[31m", "ΣΑΣ",
  ]

  private static func text(_ random: inout TestRandom, _ count: Int) -> String {
    (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
  }

  /// What the contract promises: the text as it stands, in one of the fields, whatever the case.
  private static func holds(_ text: String, _ part: String) -> Bool {
    func lower(_ text: String) -> [UInt8] {
      if !part.lowercased().utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.lowercased().utf8) }
      return text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
    }
    let (text, part) = (lower(text), Array(part.lowercased().utf8))
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }

  private static func model(_ issues: [BeadsModel.Issue], _ part: String) -> Set<IssueID> {
    Set(
      issues.filter { issue in
        !issue.isTombstone
          && [issue.id.rawValue, issue.title, issue.description, issue.externalRef ?? ""].contains {
            holds($0, part)
          }
      }.map(\.id))
  }

  private static func found(_ store: Store, _ part: String) throws -> [IssueID] {
    var filter = IssueFilter.everything
    filter.text = part
    return try store.issues(matching: filter, order: .relevance).map(\.id)
  }

  /// Whatever may be asked: parts of the texts, and what nothing has.
  private static func questions(_ random: inout TestRandom, _ issues: [BeadsModel.Issue]) -> [String] {
    var questions =
      words + ["%", "_", "\\", "'", "\"", "*", "a", "nothing", "t-", "gh-1", "login cache", "\u{FFFD}"]
    for _ in 0..<60 {
      let issue = issues.randomElement(using: &random)
      let source = Array(
        [issue?.title, issue?.description].randomElement(using: &random)?.flatMap { $0 } ?? "")
      guard !source.isEmpty else { continue }
      let start = Int.random(in: 0..<source.count, using: &random)
      let part = String(source[start...].prefix(Int.random(in: 1...12, using: &random)))
      questions.append(Bool.random(using: &random) ? part.uppercased() : part)
    }
    return questions.filter { !$0.allSatisfy(\.isWhitespace) }
  }

  private func check(_ store: Store, _ random: inout TestRandom) throws {
    let issues = try store.issues(where: "1")
    for question in Self.questions(&random, issues) {
      let found = try Self.found(store, question)
      #expect(
        Set(found) == Self.model(issues, question) && Set(found).count == found.count,
        "\(question.debugDescription)")
      var filter = IssueFilter.everything
      filter.titleContains = question
      let titles = issues.filter { !$0.isTombstone && Self.holds($0.title, question) }.map(\.id)
      #expect(Set(try store.issues(matching: filter).map(\.id)) == Set(titles))
    }
    #expect(try SearchIndex(connection: store.connection).hiddenIssues().isEmpty)
  }

  private func change(_ store: Store, _ random: inout TestRandom, _ number: Int) throws {
    let ids = try store.issues(where: "i.status <> 'tombstone'", lists: false).map(\.id)
    let (title, description) = (Self.text(&random, 3), Self.text(&random, 12))
    try store.write("change") { transaction throws(BeadsError) in
      for (offset, id) in ids.shuffled(using: &random).prefix(3).enumerated() {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try transaction.update(id) { $0.title = title }
        case 1: try transaction.update(id) { $0.description = description }
        case 2: try transaction.update(id) { $0.externalRef = "GH-\(number)-\(offset)" }
        default: try transaction.delete([id], cascade: false, force: true)
        }
      }
      _ = try? transaction.attempt { transaction throws(BeadsError) in
        try transaction.create(IssueDraft(title: "rolled back"))
        throw BeadsError(.invalid, "no")
      }
      var draft = IssueDraft(title: title)
      draft.description = description
      try transaction.create(draft)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func theIndexHidesNothing(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for _ in 0..<120 {
        var draft = IssueDraft(title: Self.text(&random, 2))
        draft.description = Self.text(&random, Int.random(in: 0...8, using: &random))
        try transaction.create(draft)
      }
    }
    try check(store, &random)
    for number in 0..<4 {
      try change(store, &random, number)
      try check(store, &random)
    }
    // Others write past us: their issues are looked at until our next change.
    try store.connection.execute("UPDATE issues SET title = 'Straße ' || title WHERE seq % 5 = 0")
    try store.connection.execute("DELETE FROM issues WHERE seq = (SELECT max(seq) FROM issues)")
    try store.connection.execute(
      """
      INSERT INTO issues (id, title, status, created_at, updated_at)
      SELECT 't-foreign', 'a new LOGIN', status, created_at, updated_at FROM issues LIMIT 1
      """)
    try check(store, &random)
    try change(store, &random, 9)
    try check(store, &random)
    _ = try store.sql("UPDATE issues SET description = 'by SQL ÄRGER' WHERE id = 't-foreign'")
    try store.undo()
    try check(store, &random)
    #expect(try store.connection.int64("SELECT COUNT(*) FROM search_pending") == 0)
  }

  /// What an index may look like that was not kept.
  @Test(arguments: [
    "DELETE FROM search_signatures", "DELETE FROM search_signatures WHERE block % 2 = 0",
    "UPDATE search_signatures SET signatures = zeroblob(7) WHERE block % 2 = 0",
    "UPDATE search_signatures SET signatures = 'text'", "DROP TABLE search_signatures",
    "INSERT INTO search_signatures VALUES (9000000000000000, x'00'), (-5, x'00'), (500, x'')",
    "INSERT INTO search_pending SELECT 1000 * seq FROM issues",
    "DROP TABLE search_pending; DROP TABLE search_signatures; DROP TRIGGER search_new_text; DROP TRIGGER search_other_text",
  ]) func aLostIndexLosesNothing(damage: String) throws {
    var random = TestRandom(seed: 5)
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for _ in 0..<100 { try transaction.create(IssueDraft(title: Self.text(&random, 3))) }
    }
    try store.connection.executeScript(damage)
    let issues = try store.issues(where: "1")
    for question in ["login", "ärger", "nothing"] {
      #expect(Set(try Self.found(store, question)) == Self.model(issues, question))
    }
    try change(store, &random, 1)
    try check(store, &random)
  }

  @Test func theBestComeFirst() throws {
    let store = try TestProject().makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for (id, title, text, priority) in [
        ("t-1", "A relogin loop", "", 0), ("t-2", "Logins fail", "", 1), ("t-3", "The login", "", 3),
        ("t-4", "LOGIN", "", 4), ("t-5", "Body", "the login page", 3), ("t-6", "Body", "many logins", 1),
        ("t-7", "Body", "relogin", 0), ("t-login", "Other", "", 0), ("t-8", "The login", "", 2),
      ] {
        var draft = IssueDraft(title: title)
        (draft.id, draft.description, draft.priority) = (try IssueID(id), text, priority)
        try transaction.create(draft)
      }
    }
    #expect(
      try Self.found(store, "login").map(\.rawValue)
        == ["t-4", "t-8", "t-3", "t-2", "t-1", "t-5", "t-6", "t-7", "t-login"])
    #expect(try Self.found(store, "T-LOGIN").map(\.rawValue) == ["t-login"])
    #expect(try Self.found(store, "t-7").first?.rawValue == "t-7")
  }

  @Test func compactedIssuesAreFoundByWhatTheyHad() throws {
    let store = try TestProject().makeStore()
    let id = try store.write("create") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: "Old work")
      draft.description = "It was about a peculiar Größenwahn, at length"
      return try transaction.create(draft).id
    }
    let before = try #require(try store.issue(id))
    try store.write("compact") { transaction throws(BeadsError) in
      try transaction.keepSnapshot(of: before, compactedAt: transaction.now, summary: "Done")
      try transaction.update(id) { ($0.description, $0.compactionLevel) = ("Done", 1) }
    }
    #expect(try Self.found(store, "PECULIAR grössen").isEmpty)
    #expect(try Self.found(store, "PECULIAR größen") == [id])
    try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(id) { $0.title = "Older work" }
    }
    #expect(try Self.found(store, "peculiar") == [id])
    #expect(try SearchIndex(connection: store.connection).hiddenIssues().isEmpty)
  }

  @Test(
    arguments: [
      ("login", "The login page", "The [login] page"),
      ("LOGIN", "x\n\n  The Login\n\tpage ", "x The [Login] page"),
      ("größe", "die GRÖßE", "die [GRÖßE]"), ("i\u{307}st", "Der İstanbul", "Der [İst]anbul"), ("", "x", nil),
      ("nope", "The login page", nil), ("a b", "xa\n b", nil), ("a\nb", "xa\nby", "x[a b]y"),
      (
        "needle", String(repeating: "word ", count: 30) + "needle" + String(repeating: " word", count: 30),
        "…word word word word word word [needle] word word word word word word…"
      ),
    ] as [(String, String, String?)]) func excerptsShowThePlace(part: String, text: String, shown: String?)
  {
    let excerpt = TextExcerpt(of: part, in: text)
    #expect(excerpt.map { "\($0.before)[\($0.match)]\($0.after)" } == shown)
  }

  @Test func excerptsAreForWhatIsNotSeenAnyway() {
    var issue = BeadsModel.Issue(
      id: IssueID(unchecked: "t-1"), title: "Title", createdAt: Timestamp(seconds: 0))
    (issue.description, issue.externalRef) = ("t-1 has a title and more", "gh-9")
    #expect(issue.excerpt(of: "TITLE") == nil && issue.excerpt(of: "t-1") == nil)
    #expect(issue.excerpt(of: "MORE")?.before == "t-1 has a title and ")
    #expect(issue.excerpt(of: "gh-")?.match == "gh-")
  }
}
