import BeadsFormats
import Testing

@testable import BeadsModel

@Suite struct CodecRoundTripTests {
  static let now = Timestamp(seconds: 1_800_000_000)

  @Test(arguments: CodecSamples.all)
  func canonicalLinesKeepTheirBytes(_ line: String) throws {
    let issue = try #require(CodecSamples.decode(line))
    #expect(issue.jsonLine == line)
    var repaired = issue
    repaired.repair(now: Self.now)
    #expect(repaired.jsonLine == line)
  }

  @Test func theSampleUsesEveryFieldOfTheTable() throws {
    let issue = try #require(CodecSamples.decode(CodecSamples.everyField))
    let deleted = try #require(CodecSamples.decode(CodecSamples.classicAgent))
    let blank = Issue(id: IssueID(unchecked: ""), title: "", createdAt: Timestamp(seconds: 0))
    for field in IssueField.all {
      #expect(!field.isEqual(issue, blank) || !field.isEqual(deleted, blank), "\(field.key)")
    }
    #expect(issue.unknownMembers.map(\.key) == ["zz_future", #"esc\u0041ped"#, "ünï"])
    #expect(issue.unknownMembers.first?.json == #"{"b":2, "a":[ 1 ]}"#)
  }

  @Test func readsEveryKindOfValue() throws {
    let issue = try #require(CodecSamples.decode(CodecSamples.everyField))
    #expect(issue.title == "Retry <uploads> & \"quote\" \\ tab\t")
    #expect(issue.description == "Line one\nline two — “quoted” 🐛\u{2028}end")
    #expect(issue.acceptanceCriteria == "a\u{8}\u{c}\0\u{1f}")
    #expect(issue.estimatedMinutes == 0)
    #expect(issue.updatedAt.nanoseconds == 123_456_789 as Int32)
    #expect(issue.updatedAt.offsetMinutes == 330 as Int16)
    #expect(issue.metadata == #"{"k":[1,2.50,null],"html":"\u003cb\u003e"}"#)
    #expect(issue.dependencies.map(\.type) == [.blocks, "my-own-type"])
    #expect(issue.dependencies[0].metadata == #"{"gate":"all-children"}"#)
    #expect(issue.comments.map(\.id) == ["4", "01890a5d-ac96-774b-bcce-b302099a8057", "007"])
    #expect(issue.timeout == 3_600_000_000_000 as Int64)
    #expect(issue.qualityScore == 0.00001)
  }

  /// Other programs write members in any order, with white space and with values nobody needs.
  @Test(arguments: [
    (#" { "title" : "t" , "id" : "a-1" } "#, #"{"id":"a-1","title":"t","priority":0"#),
    (#"{"id":"a-1","title":null,"labels":null,"due_at":null,"priority":2e0}"#, #""title":"","priority":2"#),
    (
      #"{"_type":"issue","id":"a-1","title":"t","dependency_count":2,"comment_count":0}"#,
      #""title":"t","priority":0"#
    ),
    (#"{"comments":[{"text":"c","id":9}],"id":"a-1"}"#, #"{"id":9,"issue_id":"a-1","author":"","text":"c""#),
    (
      #"{"dependencies":[{"depends_on_id":"b-1","new":1}],"id":"a-1"}"#,
      #"{"issue_id":"a-1","depends_on_id":"b-1","type":"blocks""#
    ),
    (
      #"{"id":"a-1","dependencies":[{"depends_on_id":"b-1","metadata":{"a":1}}]}"#, #""metadata":"{\"a\":1}""#
    ),
    (#"{"id":"a-1","replies_to":"b-1","relates_to":["c-1"]}"#, #""depends_on_id":"b-1","type":"replies-to""#),
    (#"{"id":"a-1","duplicate_of":"b-1"}"#, #""depends_on_id":"b-1","type":"duplicates""#),
    (#"{"id":"a-1","superseded_by":"b-1"}"#, #""depends_on_id":"b-1","type":"supersedes""#),
    (#"{"id":"a-1","wisp":true}"#, #""ephemeral":true"#),
    (#"{"id":"a-1","wisp":null}"#, #""wisp":null"#),
    (#"{"id":"a-1","title":"\ud83d\udc1b \ud83d x"}"#, #""title":"🐛 � x""#),
    (#"{"id":"a-1","title":"\/\u00e9"}"#, #""title":"/é""#),
    (#"{"id":"a-1","metadata":{ "a" : 1 }}"#, #""metadata":{ "a" : 1 }"#),
    (#"{"id":"a-1","unknown":[{"deep":[[[]]]}]}"#, #","unknown":[{"deep":[[[]]]}]}"#),
  ])
  func readsWhatOthersWrite(_ line: String, _ part: String) throws {
    let written = try #require(CodecSamples.decode(line)).jsonLine
    #expect(written.contains(part), "\(written)")
    #expect(CodecSamples.decode(written)?.jsonLine == written)
  }

  @Test(arguments: [
    "", "{", "null", "[]", "{}", #"{"title":"no id"}"#, #"{"id":""}"#, #"{"id":"a b"}"#, #"{"id":"a\u0007"}"#,
    #"{"id":1}"#, #"{"id":"a-1",}"#, #"{"id":"a-1"}x"#, #"{"id":"a-1" "title":"t"}"#,
    #"{"id":"a-1","title":"t}"#,
    #"{"id":"a-1","title":"\x"}"#, #"{"id":"a-1","\x":1}"#, #"{"id":"a-1","title":"\u12"}"#,
    #"{"id":"a-1","priority":"high"}"#, #"{"id":"a-1","priority":1.5}"#, #"{"id":"a-1","priority":01}"#,
    #"{"id":"a-1","priority":9223372036854775808}"#, #"{"id":"a-1","quality_score":1e999}"#,
    #"{"id":"a-1","created_at":"yesterday"}"#, #"{"id":"a-1","labels":"a"}"#, #"{"id":"a-1","pinned":1}"#,
    #"{"id":"a-1","dependencies":[{"type":"blocks"}]}"#, #"{"id":"a-1","unknown":}"#,
    #"{"id":"a-1","unknown":nul}"#,
  ])
  func refusesWhatIsNotARecord(_ line: String) { #expect(CodecSamples.decode(line) == nil) }

  @Test(
    arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
  func refusesInvalidUTF8(_ bytes: [UInt8]) {
    for (head, tail) in [
      (#"{"id":"a-1","title":"x"#, #""}"#), (#"{"id":"a-1","title":"\n"#, #""}"#),
      (#"{"id":"a-1","u":["#, #"]}"#),
      (#"{"id":"a-1","u":[""#, #""]}"#), (#"{"id":"a-1",""#, #"":1}"#),
    ] {
      #expect(CodecSamples.decode(Array(head.utf8) + bytes + Array(tail.utf8)) == nil)
    }
  }

  @Test func readsOtherRecords() throws {
    func record(_ line: String) throws -> FileRecord {
      try Array(line.utf8).withUnsafeBufferPointer { try IssueDecoder().decode($0) }
    }
    guard case .memory("k", "v") = try record(#"{"_type":"memory","key":"k","value":"v"}"#) else {
      Testing.Issue.record("not a memory")
      return
    }
    guard
      case .deletion(let id, let at) = try record(
        #"{"id":"a-1","_deleted":true,"_deleted_at":"2026-01-01T00:00:00Z"}"#)
    else {
      Testing.Issue.record("not a deletion")
      return
    }
    #expect(id.rawValue == "a-1")
    #expect(at == Timestamp("2026-01-01T00:00:00Z"))
  }

  @Test(arguments: [
    (0.5, "0.5"), (1, "1"), (0.1 + 0.2, "0.30000000000000004"), (0.0001, "0.0001"), (0.00001, "0.00001"),
    (0.0000015, "0.0000015"), (0.000001, "0.000001"), (9.99e-7, "9.99e-7"), (-1e-5, "-0.00001"),
    (1e15, "1000000000000000"),
    (1e16, "10000000000000000"), (1.5e16, "15000000000000000"), (123456789012345680, "123456789012345680"),
    (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e300, "1.5e+300"),
  ])
  func writesNumbersAsGoDoes(_ value: Double, _ text: String) {
    var writer = JSONWriter()
    writer.double(value)
    #expect(writer.text == text)
  }

  /// What the command line accepts as metadata may hold line breaks; a line of the file may not.
  @Test func keepsALineALine() throws {
    var issue = Issue(id: IssueID(unchecked: "a-1"), title: "t", createdAt: Self.now)
    issue.metadata = "{\n  \"a\": [\n    1\n  ]\n}"
    #expect(issue.jsonLine.contains(#""metadata":{"a":[1]}"#))
  }
}
