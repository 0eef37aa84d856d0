import BeadsKit
import BeadsModel
import BeadsStore
import BeadsTesting
import Testing

/// Whole trackers under another prefix, compared with what a naive reading of the rule says of each issue.
@Suite struct PrefixRenamingTests {
  private typealias Issue = BeadsModel.Issue

  /// Issues of one project, some of which name others in their texts.
  private func issues(_ seed: UInt64, prefix: String) -> [Issue] {
    var random = TestRandom(seed: seed)
    var issues = TrackerGenerator(count: 120, seed: seed, prefix: prefix).issues()
    let ids = issues.map(\.id.rawValue)
    for index in issues.indices where Int.random(in: 0..<3, using: &random) == 0 {
      let id = ids.randomElement(using: &random) ?? ""
      issues[index].description += " See \(id), (\(id)) and \(id).99 but not x\(id) or \(id)z. Then \(id)."
      issues[index].metadata = "{\"hook\":\"\(id)\"}"
    }
    return issues
  }

  private func makeStore(_ issues: [Issue], prefix: String) throws -> Store {
    let store = try TestProject().makeStore(prefix: prefix)
    try store.write("import") { transaction throws(BeadsError) in try transaction.insert(issues) }
    return store
  }

  private func rename(
    _ store: Store, to prefix: String, folding: Bool = false
  ) throws -> PrefixRenaming {
    let prefix = try PrefixRenaming.prefix(prefix)
    return try store.write("rename-prefix") { transaction throws(BeadsError) in
      let renaming = try store.prefixRenaming(to: prefix, folding: folding)
      try transaction.perform(renaming)
      return renaming
    }
  }

  private func all(_ store: Store) throws -> [Issue] { try store.issues(where: "1") }

  /// Words taken apart and put together again, without looking at bytes.
  private func replaced(_ text: String, _ names: [String: String]) -> String {
    var result = ""
    var word = ""
    func isWord(_ c: Character) -> Bool {
      c.isASCII ? c.isLetter || c.isNumber || c == "-" || c == "_" || c == "." : true
    }
    func flush() {
      var dots = ""
      while word.last == "." { dots += String(word.removeLast()) }
      result += (names[word] ?? word) + dots
      word = ""
    }
    for character in text {
      if isWord(character) {
        word.append(character)
      } else {
        flush()
        result.append(character)
      }
    }
    flush()
    return result
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func everyMentionFollows(seed: UInt64) throws {
    let before = issues(seed, prefix: "old")
    let store = try makeStore(before, prefix: "old")
    let renaming = try rename(store, to: "web-")
    #expect(renaming.names.count == before.count && renaming.rehashed.isEmpty)
    let names = Dictionary(
      uniqueKeysWithValues: before.map { ($0.id.rawValue, "web" + $0.id.rawValue.dropFirst(3)) })
    let after = Dictionary(uniqueKeysWithValues: try all(store).map { ($0.id.rawValue, $0) })
    #expect(after.count == 2 * before.count)
    for issue in before {
      let name = try #require(names[issue.id.rawValue])
      let found = try #require(after[name])
      #expect(found.description == replaced(issue.description, names))
      #expect(found.metadata == issue.metadata.map { replaced($0, names) })
      #expect(found.title == issue.title && found.status == issue.status && found.labels == issue.labels)
      #expect(found.comments.map(\.text) == issue.comments.map(\.text))
      #expect(
        found.dependencies.map(\.dependsOnID.rawValue)
          == issue.dependencies.map { names[$0.dependsOnID.rawValue] ?? $0.dependsOnID.rawValue })
      let old = try #require(after[issue.id.rawValue])
      #expect(old.isTombstone && old.deleteReason == "renamed to \(name)")
    }
    #expect(try store.prefixes().primary.rawValue == "web")
    #expect(try store.fsck().findings.isEmpty)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>) func undoTakesItBack(seed: UInt64) throws {
    let store = try makeStore(issues(seed, prefix: "old"), prefix: "old")
    let before = try all(store).map(withoutTime)
    _ = try rename(store, to: "web")
    try store.undo()
    let after = try all(store).filter { !$0.isTombstone }.map(withoutTime)
    #expect(after == before)
    #expect(try store.prefixes().primary.rawValue == "old")
  }

  private func withoutTime(_ issue: Issue) -> Issue {
    var copy = issue
    copy.updatedAt = issue.createdAt
    for index in copy.comments.indices { copy.comments[index].id = "" }
    return copy
  }

  @Test func severalPrefixesAreFoldedAndOnlyClashesAreHashed() throws {
    let store = try TestProject().makeStore(prefix: "a")
    try store.write("create") { transaction throws(BeadsError) in
      for id in ["a-1", "a-1.1", "b-1", "b-1.1", "b-2", "web-3", "b-wisp-x9", "web-wisp-x9"] {
        var draft = IssueDraft(title: id)
        draft.id = IssueID(rawValue: id)
        draft.isForced = true
        draft.description = "b-1.1 and a-1"
        _ = try transaction.create(draft)
      }
    }
    let error = #expect(throws: BeadsError.self) { _ = try rename(store, to: "web") }
    #expect(error?.message == "the issues have several prefixes: a (2), b (4), web (2)")
    let renaming = try rename(store, to: "web", folding: true)
    #expect(renaming.unchangedCount == 2 && renaming.names.count == 6)
    #expect(renaming.rehashed.map(\.rawValue) == ["b-1", "b-1.1", "b-wisp-x9"])
    func name(_ old: String) throws -> IssueID { try #require(renaming.names[IssueID(old)]) }
    #expect(try name("a-1").rawValue == "web-1" && name("b-2").rawValue == "web-2")
    let (parent, number) = try #require(try name("b-1.1").parentAndNumber)
    #expect(try parent == name("b-1") && number == 1)
    #expect(try name("b-wisp-x9").isWisp)
    #expect(try store.issue(name("b-2"))?.description == "\(name("b-1.1")) and web-1")
    #expect(try store.issue(IssueID("web-3"))?.description == "\(name("b-1.1")) and web-1")
    let again = try rename(store, to: "web", folding: true)
    #expect(again.names.isEmpty && again.unchangedCount == 8)
  }

  @Test func anIDThatWasDeletedIsNotTakenAgain() throws {
    let store = try TestProject().makeStore(prefix: "a")
    try store.write("create") { transaction throws(BeadsError) in
      for id in ["a-1", "web-1"] {
        var draft = IssueDraft(title: id)
        draft.id = IssueID(rawValue: id)
        draft.isForced = true
        _ = try transaction.create(draft)
      }
      _ = try transaction.delete([IssueID(unchecked: "web-1")], reason: "gone")
    }
    let error = #expect(throws: BeadsError.self) { _ = try rename(store, to: "web") }
    #expect(error?.code == .conflict)
    #expect(try rename(store, to: "web", folding: true).rehashed.count == 1)
  }

  @Test(arguments: ["", "A", "1a", "toolong-x", "a b", "a_b", "ä"]) func badPrefixes(text: String) {
    #expect(throws: BeadsError.self) { _ = try PrefixRenaming.prefix(text) }
  }
}
