import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// Similar issues are found as if each were compared with each.
@Suite struct SimilarTests {
  /// Every pair, compared as the contract says it.
  private func naive(_ texts: [String], _ threshold: Double) -> [SimilarPairs.Pair] {
    let bags = texts.map { text in
      var bag: [String: Int] = [:]
      TextWords.forEach(in: text) { bag[$0, default: 0] += 1 }
      return bag
    }
    var pairs: [SimilarPairs.Pair] = []
    for (second, b) in bags.enumerated() {
      for (first, a) in bags[..<second].enumerated() where !a.isEmpty && !b.isEmpty {
        let words = Set(a.keys).union(b.keys)
        let common = words.reduce(0) { $0 + min(a[$1] ?? 0, b[$1] ?? 0) }
        let all = words.reduce(0) { $0 + max(a[$1] ?? 0, b[$1] ?? 0) }
        let product = words.reduce(0) { $0 + (a[$1] ?? 0) * (b[$1] ?? 0) }
        let squares = [a, b].map { Double($0.values.reduce(0) { $0 + $1 * $1 }) }
        let cosine = Double(product) / (squares[0] * squares[1]).squareRoot()
        let similarity = (Double(common) / Double(all) + cosine) / 2
        if similarity >= threshold {
          pairs.append(SimilarPairs.Pair(first: first, second: second, similarity: similarity))
        }
      }
    }
    return pairs.sorted { ($1.similarity, $0.first, $0.second) < ($0.similarity, $1.first, $1.second) }
  }

  /// Texts of common and rare words, some of them copies with a few words changed.
  private func texts(_ random: inout TestRandom, _ count: Int) -> [String] {
    var texts: [String] = []
    for _ in 0..<count {
      func word() -> String {
        let spread = Int.random(in: 1...60, using: &random)
        return "w\(Int.random(in: 0..<spread, using: &random))"
      }
      if let copied = texts.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
        var words = copied.split(separator: " ").map(String.init)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          if words.isEmpty || Bool.random(using: &random) {
            words.append(contentsOf: Array(repeating: word(), count: Int.random(in: 1...6, using: &random)))
          } else {
            words.remove(at: Int.random(in: 0..<words.count, using: &random))
          }
        }
        texts.append(words.joined(separator: " "))
      } else {
        texts.append((0..<Int.random(in: 0...25, using: &random)).map { _ in word() }.joined(separator: " "))
      }
    }
    return texts
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64], [0.01, 0.3, 0.5, 0.75, 1])
  func pairsAreThoseOfTheModel(seed: UInt64, threshold: Double) {
    var random = TestRandom(seed: seed)
    let texts = texts(&random, 120)
    let expected = naive(texts, threshold)
    #expect(!expected.isEmpty)
    let finder = SimilarPairs(texts, threshold: threshold)
    for limit in [nil, 0, 1, 3, 20, 50, 10_000] {
      let found = finder.pairs(limit: limit)
      let wanted = expected.prefix(limit ?? .max)
      #expect(
        found.map { [$0.first, $0.second] } == wanted.map { [$0.first, $0.second] }, "limit \(limit ?? -1)")
      #expect(found.map(\.similarity) == wanted.map(\.similarity))
    }
  }

  @Test(arguments: [
    ("Fix the log-in BUG", ["fix", "the", "log-in", "bug"]), ("a b cd", ["cd"]), ("", []),
    ("x,y;10 9", ["10"]),
    ("Größe größe", ["größe", "größe"]), ("日本語", ["日本語"]), ("e\u{301}t\u{e9}", ["e\u{301}t\u{e9}"]),
    ("\u{0}ab\u{1b}[31mcd", ["ab", "31mcd"]), ("-- ---", ["--", "---"]),
  ]) func wordsAreLettersDigitsAndHyphens(text: String, words: [String]) {
    var found: [String] = []
    TextWords.forEach(in: text) { found.append($0) }
    #expect(found == words)
  }

  @Test func copiesAreFoundInTheStore() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for (id, title, text) in [
        ("t-1", "Login fails on Safari", "The login page shows an error"), ("t-2", "Export is slow", ""),
        ("t-3", "Login fails on Safari", "The login page shows an error"),
        ("t-4", "Login page fails on Safari", "It shows an error"),
      ] {
        var draft = IssueDraft(title: title)
        draft.id = try IssueID(id)
        draft.description = text
        try transaction.create(draft)
      }
    }
    let pairs = try store.similarIssues()
    #expect(pairs.map { "\($0.first.id) \($0.second.id)" } == ["t-1 t-3", "t-1 t-4", "t-3 t-4"])
    #expect(pairs[0].similarity == 1 && pairs[0].first.title == "Login fails on Safari")
    #expect(try store.similarIssues(threshold: 1).count == 1)
    #expect(try store.similarIssues(limit: 2) == Array(pairs.prefix(2)))
    for threshold in [0, -1, 1.01, .nan, .infinity] {
      #expect(throws: BeadsError.self) { try store.similarIssues(threshold: threshold) }
    }
    #expect(throws: BeadsError.self) { try store.similarIssues(limit: -1) }
  }

  @Test(arguments: [1, 2] as [UInt64]) func issuesLikeATextAreThoseOfTheModel(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let texts = texts(&random, 60).map { $0.isEmpty ? "w1" : $0 }
    let store = try TestProject().makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for (number, text) in texts.enumerated() {
        var draft = IssueDraft(title: text)
        draft.id = IssueID(unchecked: "t-\(number + 100)")
        try transaction.create(draft)
      }
      try transaction.close(IssueID(unchecked: "t-103"), reason: "done")
    }
    for (number, text) in texts.enumerated() {
      // The model's pairs of which one is this text.
      let expected = naive([text] + texts, 0.2).filter { $0.first == 0 }.map {
        ($0.second - 1, $0.similarity)
      }
      let found = try store.issues(like: text, matching: .everything, threshold: 0.2)
      #expect(found.map(\.issue.id.rawValue) == expected.map { "t-\($0.0 + 100)" })
      #expect(found.map(\.similarity) == expected.map(\.1))
      let id = IssueID(unchecked: "t-\(number + 100)")
      let others = found.filter { $0.issue.id != id }
      #expect(try store.issues(like: id, matching: .everything, threshold: 0.2) == others)
      #expect(
        try store.issues(like: id, matching: .everything, threshold: 0.2, limit: 2) == Array(others.prefix(2))
      )
    }
    #expect(throws: BeadsError.self) {
      try store.issues(like: IssueID(unchecked: "t-none"), matching: .everything)
    }
    #expect(throws: BeadsError.self) { try store.issues(like: "x", matching: .everything, threshold: 0) }
    #expect(try store.issues(like: "", matching: .everything) == [])
  }

  /// Only as many pairs as asked for are kept of all that there are.
  @Test func manyCopiesAreNoTrouble() {
    let texts = (0..<600).map { _ in "the same words again" }
    #expect(SimilarPairs(texts, threshold: 0.5).pairs(limit: 3).map(\.second) == [1, 2, 3])
  }
}
