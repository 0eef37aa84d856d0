public import BeadsModel
public import BeadsSystem

/// An issue that a test seems to have left in a real project.
public struct TestIssue: Sendable, Equatable {
  /// The issue.
  public let id: IssueID
  /// Its title.
  public let title: String
  /// Why it looks like that.
  public let reasons: [String]
  /// 0.7 to 1; from 0.9 on there is little doubt.
  public let confidence: Double

  /// Whether there is little doubt.
  public var isCertain: Bool { confidence >= 0.9 }
}

extension Store {
  /// The issues that tests seem to have left, the surest first.
  ///
  /// Judged by title, description and author; one pass over the issues that are not deleted.
  public func testIssues() throws(BeadsError) -> [TestIssue] {
    var found: [TestIssue] = []
    try connection.query(
      "SELECT id, title, description, created_by FROM issues WHERE status <> 'tombstone' AND ephemeral = 0"
    ) { row throws(BeadsError) in
      let suspicion = Suspicion(title: row.text(1), description: row.text(2), author: row.text(3))
      if suspicion.score < 70 { return }
      found.append(
        TestIssue(
          id: IssueID(unchecked: row.text(0)), title: row.text(1), reasons: suspicion.reasons,
          confidence: Double(min(100, suspicion.score)) / 100))
    }
    return found.sorted { ($1.confidence, $0.id) < ($0.confidence, $1.id) }
  }
}

extension Doctor {
  /// The issues that tests seem to have left; none without a database.
  /// - Throws: What keeps the database from being read.
  public func testIssues() throws(BeadsError) -> [TestIssue] { try context.store()?.testIssues() ?? [] }

  /// Deletes issues in one operation, which `undo` takes back.
  public func delete(_ issues: [TestIssue]) throws(BeadsError) {
    context.close()
    guard let store = try context.open(.readWrite) else { return }
    defer { store.closeConnection() }
    try store.write("doctor") { transaction throws(BeadsError) in
      try transaction.delete(issues.map(\.id), cascade: false, force: true)
      transaction.summary = "deleted \(issues.count) issues that tests left"
    }
    try store.flush()
  }
}

/// What speaks for an issue being a test's, in hundredths.
private struct Suspicion {
  private(set) var score = 0
  private(set) var reasons: [String] = []

  private static let words: Set<Substring> = [
    "test", "tests", "testing", "benchmark", "sample", "dummy", "tmp", "temp", "debug", "foo", "bar", "baz",
    "asdf",
    "example",
  ]
  private static let nouns: Set<Substring> = [
    "issue", "issues", "bug", "task", "epic", "feature", "bead", "item",
  ]

  init(title: String, description: String, author: String) {
    let words = title.lowercased().split { !$0.isLetter && !$0.isNumber }
    guard let first = words.first, Self.words.contains(first) else { return }
    // "Test the parser" is work; "test", "test 3", "test-issue-3" and "foo bar" hardly are.
    let isOnlyNames = words.dropFirst().allSatisfy {
      Self.words.contains($0) || Self.nouns.contains($0) || $0.allSatisfy(\.isNumber) || $0.count == 1
    }
    if isOnlyNames { note(75, "the title says nothing else than \"\(first)\"") } else { return }
    let text = description.lowercased()
    if text.isEmpty || text == title.lowercased() { note(20, "there is no description") }
    if text.hasPrefix("test") || text.contains("this is a test") { note(20, "so does the description") }
    if author.lowercased().contains("test") { note(10, "the author is \(author)") }
  }

  private mutating func note(_ points: Int, _ reason: String) {
    score += points
    reasons.append(reason)
  }
}
