import BeadsSystem
import Testing

@testable import BeadsModel

@Suite struct IdentityPrefixSetTests {
  private func set(_ names: String...) throws -> PrefixSet {
    let prefixes = try names.map { try #require(Prefix(rawValue: $0)) }
    return PrefixSet(try #require(prefixes.first), allowed: prefixes.dropFirst())
  }

  private func word(_ alphabet: String, _ length: ClosedRange<Int>, _ random: inout TestRandom) -> String {
    let letters = Array(alphabet)
    return String(
      (0..<Int.random(in: length, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
  }

  @Test func anyConfiguredPrefixIsFoundBeforeAnySuffix() throws {
    var random = TestRandom(seed: 22)
    for _ in 0..<3000 {
      let text = word("abz09", 1...1, &random) + word("ab09._-", 0...12, &random)
      let prefix = try #require(Prefix(rawValue: text))
      let suffix = word("abc019._-", 1...10, &random)
      let prefixes = PrefixSet(prefix, allowedList: "zzz, q-q-q-")
      let id = try prefix.id(suffix)
      #expect(prefixes.known(id) == prefix && prefixes.prefix(of: id) == prefix)
      #expect(prefixes.suffix(of: id) == suffix)
      #expect(throws: Never.self) { try prefixes.check(explicit: id) }
    }
  }

  @Test func theLongestConfiguredPrefixWins() throws {
    var random = TestRandom(seed: 23)
    for _ in 0..<1000 {
      let names = (0..<6).map { _ in word("a", 1...1, &random) + word("ab-", 0...5, &random) }
      let known = names.compactMap { Prefix(rawValue: $0) }
      let prefixes = PrefixSet(try #require(known.first), allowed: known.dropFirst())
      let id = try IssueID("a" + word("ab-", 0...8, &random) + "-x")
      let naive = known.map(\.rawValue).filter { id.rawValue.hasPrefix($0 + "-") }.max { $0.count < $1.count }
      #expect(prefixes.known(id)?.rawValue == naive)
    }
  }

  @Test(
    arguments: [
      ("web-app-a3f8", "web-app"), ("web-app-123", "web-app"), ("web-app-abc", "web-app"),
      ("web-app-abc.2", "web-app"),
      ("web-app-login", "web"), ("web-app-log1n", "web-app"), ("web-app-a3f8a3f8x", "web"),
      ("web-app-123456789", "web-app"),
      ("web-app-A3F8", "web"), ("bd-a3f8.1.2", "bd"), ("gt-wisp-a3f8", "gt-wisp"), ("web-app-", "web"),
      ("bd-merge-slot", "bd"),
      ("nohyphen", nil), ("-a3f8", nil),
    ] as [(String, String?)])
  func unknownPrefixesAreGuessed(_ text: String, _ prefix: String?) throws {
    #expect(try set("zz").prefix(of: IssueID(text))?.rawValue == prefix)
  }

  @Test func explicitIDsNeedAKnownPrefix() throws {
    let prefixes = try set("bd", "gt")
    for text in ["bd-x", "gt-my-own"] {
      #expect(throws: Never.self) { try prefixes.check(explicit: IssueID(text)) }
    }
    let error = #expect(throws: BeadsError.self) { try prefixes.check(explicit: IssueID("web-1")) }
    #expect(error?.message.hasPrefix("prefix mismatch") == true)
    #expect(error?.message.hasSuffix("(use --force to override)") == true)
    for text in ["bd", "bd-", "bdx-1", "nohyphen"] {
      #expect(throws: BeadsError.self) { try prefixes.check(explicit: IssueID(text)) }
    }
  }

  @Test(arguments: [
    ("a3f8", ["a3f8", "bd-a3f8"]), ("bd-a3f8", ["bd-a3f8"]), ("gt-1", ["gt-1"]), ("other-1", ["other-1"]),
    ("bda3f8", ["bda3f8", "bd-bda3f8", "bd-a3f8"]), ("wisp-a3f8", ["wisp-a3f8"]),
    ("longprefix-1", ["longprefix-1", "bd-longprefix-1"]),
    ("Up-1", ["Up-1", "bd-Up-1"]), ("a3f8.1", ["a3f8.1", "bd-a3f8.1"]), ("bd", ["bd", "bd-bd"]),
    ("", ["bd-"]), ("x y", []),
  ])
  func inputIsNormalised(_ input: String, _ candidates: [String]) throws {
    #expect(IDQuery(input, prefixes: try set("bd", "gt")).candidates.map(\.rawValue) == candidates)
  }

  @Test(arguments: [
    ("bd-a3f8", "bd-a3f8"), ("a3f8", "bd-a3f8"), ("bda3f8", "bd-a3f8"), ("a3f8.1", "bd-a3f8.1"),
    ("9zz", "bd-k9zz"),
    ("gt-k9", "gt-k9zy"), ("9zy", "gt-k9zy"), ("web-7", "web-77q"), ("77q", "web-77q"),
    ("my-own", "bd-my-own"), ("w1", "bd-wisp-w1sp"),
  ])
  func partsResolve(_ input: String, _ expected: String) throws {
    let ids = try [
      "bd-a3f8", "bd-a3f8.1", "bd-a3f8.2", "bd-xa3f8", "bd-k9zz", "gt-k9zy", "web-77q", "bd-my-own",
      "bd-wisp-w1sp",
    ].map { try IssueID($0) }
    #expect(try set("bd", "gt").resolve(input, among: ids).rawValue == expected)
  }

  @Test(arguments: ["", "bd-", "zzz", "bd-zzz", "a_b", "a%", "*", "gt-a3f8", "a3f8\u{1B}"])
  func nothingFound(_ input: String) throws {
    let ids = try [IssueID("bd-a3f8"), IssueID("gt-k9")]
    let error = #expect(throws: BeadsError.self) { try set("bd", "gt").resolve(input, among: ids) }
    #expect(error?.code == .notFound)
    #expect(error?.message == "no issue found matching \(quoted(input))")
  }

  @Test func ambiguityListsTenAndAdvises() throws {
    let prefixes = try set("bd")
    let few = try ["bd-ab2", "bd-ab1"].map { try IssueID($0) }
    let error = #expect(throws: BeadsError.self) { try prefixes.resolve("ab", among: few) }
    #expect(error?.code == .ambiguous)
    #expect(error?.message == "ambiguous ID \"ab\" matches 2 issues: [bd-ab1 bd-ab2]")
    #expect(error?.hint == "type more characters of the ID")
    let many = try (10..<35).map { try IssueID("bd-ab\($0)") }
    let crowd = #expect(throws: BeadsError.self) { try prefixes.resolve("ab", among: many) }
    #expect(crowd?.message.contains("matches 25 issues: [bd-ab10 ") == true)
    #expect(crowd?.message.hasSuffix(" bd-ab19 ...]") == true)
  }
}
