import BeadsModel
import BeadsSystem
import Testing

@testable import BeadsStore

@Suite("Configuration: statuses and types")
struct ConfigurationVocabularyTests {
  @Test(
    "custom statuses",
    arguments: [
      ("review", ["review:unspecified"]),
      (
        "review:wip, parked:frozen,done_elsewhere:done",
        ["review:wip", "parked:frozen", "done_elsewhere:done"]
      ),
      (#"["review:active", " qa "]"#, ["review:active", "qa:unspecified"]),
      ("review:active\nqa:wip\n", ["review:active", "qa:wip"]),
      ("", []),
      (" , ,", []),
    ])
  func customStatuses(text: String, expected: [String]) {
    let vocabulary = Vocabulary(customStatuses: text)
    let added = vocabulary.statuses.dropFirst(StatusDefinition.builtIn.count)
    #expect(added.map { "\($0.status):\($0.category.rawValue)" } == expected)
    #expect(vocabulary.problems.isEmpty)
  }

  @Test(
    "bad words are left out and named",
    arguments: [
      ("status.custom", "Review", "no name"),
      ("status.custom", "1st", "no name"),
      ("status.custom", "a b", "no name"),
      ("status.custom", "é", "no name"),
      ("status.custom", String(repeating: "x", count: 51), "longer than 50"),
      ("status.custom", "open", "already a status"),
      ("status.custom", "tombstone:done", "already a status"),
      ("status.custom", "qa,qa", "already a status"),
      ("status.custom", "qa:activ", "did you mean 'active'"),
      ("types.custom", "a/b", "no name"),
      ("types.infra", "-x", "no name"),
    ])
  func problems(key: String, value: String, message: String) {
    let error = thrownError { () throws(BeadsError) in try Vocabulary.check("fine_word," + value, for: key) }
    #expect(error?.code == .invalid)
    #expect(error?.message.contains(message) == true)
    #expect(error?.message.contains(key) == true)
    let lenient = Vocabulary(customStatuses: "fine_word," + value)
    #expect(lenient.isKnown(Status(rawValue: "fine_word")))
  }

  @Test(
    "words of users",
    arguments: [
      ("open", "open"), ("In-Progress", "in_progress"), ("in progress", "in_progress"),
      (" closed ", "closed"),
      ("in-review", "in-review"), ("in_review", nil), ("tombstone", nil), ("", nil),
    ])
  func statusWords(word: String, expected: String?) {
    let vocabulary = Vocabulary(customStatuses: "in-review:wip")
    #expect((try? vocabulary.status(word))?.rawValue == expected)
  }

  @Test func unknownStatusNamesTheNearest() {
    let error = thrownError { () throws(BeadsError) in try Vocabulary().status("clsoed") }
    #expect(error?.hint?.hasPrefix("did you mean 'closed'?") == true)
    #expect(error?.hint?.contains("open, in_progress") == true)
    #expect(
      thrownError { () throws(BeadsError) in try Vocabulary().status("zzz") }?.hint?.hasPrefix("known")
        == true)
    #expect((try? Vocabulary().status("tombstone", allowingTombstone: true)) == .tombstone)
  }

  @Test func categoriesAndIcons() {
    let vocabulary = Vocabulary(customStatuses: "triage:active,shelf:frozen,odd")
    #expect(vocabulary.statuses(in: .active) == [.open, Status(rawValue: "triage")])
    #expect(vocabulary.category(of: Status(rawValue: "shelf")) == .frozen)
    #expect(vocabulary.category(of: Status(rawValue: "odd")) == .unspecified)
    #expect(vocabulary.category(of: Status(rawValue: "never_heard")) == .unspecified)
    #expect(vocabulary.icon(of: Status(rawValue: "shelf")) == "❄")
    #expect(vocabulary.icon(of: .blocked) == "●")
  }

  @Test(
    "types",
    arguments: [
      ("bug", "bug"), ("FEAT", "feature"), ("adr", "decision"), ("event", "event"), ("agent", "agent"),
      ("convoy", "convoy"), ("mr", "merge-request"), ("widget", nil),
    ])
  func types(word: String, expected: String?) {
    let vocabulary = Vocabulary(customTypes: #"["convoy","merge-request","bug","convoy"]"#)
    #expect((try? vocabulary.type(word))?.rawValue == expected)
    #expect(vocabulary.customTypes.map(\.rawValue) == ["convoy", "merge-request"])
  }

  @Test func aCustomTypeWinsOverAnAlias() throws {
    #expect(try Vocabulary(customTypes: "ms").type("ms").rawValue == "ms")
    #expect(try Vocabulary().type("ms") == .milestone)
  }

  @Test func infrastructureTypesAreReplaced() {
    #expect(Vocabulary().isInfrastructure(.message))
    let vocabulary = Vocabulary(infrastructureTypes: "convoy,agent")
    #expect(!vocabulary.isInfrastructure(.message))
    #expect(vocabulary.isKnown(IssueType(rawValue: "convoy")))
    #expect(vocabulary.types.last?.rawValue == "agent")
  }
}
