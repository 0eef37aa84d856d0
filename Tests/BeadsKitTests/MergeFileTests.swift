import Testing

@testable import BeadsModel

@Suite struct MergeFileTests {
  private static func merge(_ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8]) -> MergedFile {
    IssueFileMerge.merge(base: base, ours: ours, theirs: theirs, policy: MergeSamples.policy)
  }

  private static func merge(_ base: String, _ ours: String, _ theirs: String) -> MergedFile {
    merge(Array(base.utf8), Array(ours.utf8), Array(theirs.utf8))
  }

  private static func text(_ file: MergedFile) -> String { String(decoding: file.bytes, as: UTF8.self) }

  private static func line(
    _ id: String, _ title: String, day: Int = 1, merged: Bool = false, more: String = ""
  ) -> String {
    #"{"id":"\#(id)","title":"\#(title)","status":"open","priority":2,"issue_type":"task","#
      + #""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-02-0\#(day)T00:00:00\#(merged ? ".000000001" : "")Z"\#(more)}"#
      + "\n"
  }

  // MARK: Against a naive model

  /// Random files: issues added, changed and deleted on both sides, some written by hand or out of order.
  private static func files(_ seed: UInt64) -> (base: [UInt8], ours: [UInt8], theirs: [UInt8]) {
    var samples = MergeSamples(seed: seed)
    var texts = ["", "", ""]
    for number in 0..<25 {
      var base = samples.base()
      // A name, so that times of birth may be as random as the rest.
      base.id = IssueID(unchecked: "t-issue_\(number)")
      for (side, absence) in zip(0..<3, [4, 6, 6])
      where Int.random(in: 0..<absence, using: &samples.random) > 0 {
        let changes = side == 0 ? 0 : max(0, Int.random(in: -4..<6, using: &samples.random))
        var version = samples.version(after: base, changes: changes)
        if side > 0, Int.random(in: 0..<12, using: &samples.random) == 0 {
          version = samples.tombstone(of: version)
        }
        texts[side] += version.jsonLine + "\n"
      }
    }
    return (Array(texts[0].utf8), Array(texts[1].utf8), Array(texts[2].utf8))
  }

  private static func issues(_ file: [UInt8]) -> [String: BeadsModel.Issue] {
    let issues = file.split(separator: 0x0A).compactMap { CodecSamples.decode(Array($0)) }
    return Dictionary(uniqueKeysWithValues: issues.map { ($0.id.rawValue, $0) })
  }

  @Test(arguments: 0..<8)
  func equalsTheMergeOfEachIssue(_ seed: UInt64) throws {
    let (base, ours, theirs) = Self.files(seed)
    let (old, mine, other) = (Self.issues(base), Self.issues(ours), Self.issues(theirs))
    var expected = ""
    for id in Set(mine.keys).union(other.keys).sorted() {
      let merged = IssueMerge.merge(
        base: old[id], ours: mine[id], theirs: other[id], policy: MergeSamples.policy)
      expected += try #require(merged).jsonLine + "\n"
    }
    let merged = Self.merge(base, ours, theirs)
    #expect(Self.text(merged) == expected)
    #expect(merged.rejected.isEmpty)
    #expect(Self.merge(base, theirs, ours).bytes == merged.bytes)
    #expect(Self.merge(base, merged.bytes, theirs).bytes == merged.bytes)
    #expect(Self.merge(base, ours, merged.bytes).bytes == merged.bytes)
    #expect(Self.merge(merged.bytes, merged.bytes, merged.bytes).bytes == merged.bytes)
  }

  /// Whatever happens to the bytes, it does not crash, both directions agree, every issue that can be read on
  /// either side is in the result, and what cannot be read is handed back.
  @Test(arguments: 0..<6)
  func damagedFilesLoseNothing(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    for round in 0..<12 {
      let files = Self.files(seed * 100 + UInt64(round))
      let ours = CodecMutation.mutated(files.ours, &random)
      let theirs = CodecMutation.mutated(files.theirs, &random)
      let merged = Self.merge(files.base, ours, theirs)
      #expect(Self.merge(files.base, theirs, ours).bytes == merged.bytes)
      let lines = merged.bytes.split(separator: 0x0A).map(Array.init)
      let kept = lines.compactMap { CodecSamples.decode($0)?.id.rawValue }
      #expect(Set(kept).count == kept.count)
      for line in ours.split(separator: 0x0A) + theirs.split(separator: 0x0A) {
        let bytes = Array(line)
        if let id = CodecSamples.decode(bytes)?.id.rawValue {
          #expect(kept.contains(id) || merged.rejected.contains { $0.bytes == bytes }, "\(id)")
        } else if bytes.contains(where: { $0 > 0x20 }) {
          #expect(lines.contains(bytes) || merged.rejected.contains { $0.bytes == bytes.trimmed })
        }
      }
    }
  }

  // MARK: Cases

  @Test func copiesLinesThatOneSideLeftAlone() {
    let odd = #"{"title":"odd","id":"a-1" ,"priority":2}"# + "\n"
    let changed = Self.line("a-1", "New", day: 2)
    #expect(Self.text(Self.merge(odd, odd, changed)) == changed)
    #expect(Self.text(Self.merge(odd, odd, odd)) == odd)
    #expect(Self.merge(odd, changed, odd).mergedCount == 0)
    #expect(Self.text(Self.merge("", odd, "")) == odd)
    #expect(Self.text(Self.merge(odd, odd, "")) == odd)
    #expect(Self.text(Self.merge(odd, "", "")) == "")
  }

  @Test func sortsByBytesOfTheID() {
    let lines = ["t-33n", "t-A", "t-jdn.1", "t-jdn", "t-a"].map { Self.line($0, "x") }
    let merged = Self.merge("", lines[0] + lines[2] + lines[4], lines[3] + lines[1])
    let ids = Self.text(merged).split(separator: "\n").compactMap {
      CodecSamples.decode(String($0))?.id.rawValue
    }
    #expect(ids == ["t-33n", "t-A", "t-a", "t-jdn", "t-jdn.1"])
  }

  @Test func anOlderRecordDoesNotUndoADeletion() {
    let tombstone =
      #"{"id":"a-1","title":"t","status":"tombstone","priority":2,"issue_type":"task","#
      + #""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-02-05T00:00:00Z","deleted_at":"2026-02-05T00:00:00Z"}"#
      + "\n"
    #expect(Self.text(Self.merge(tombstone, tombstone, Self.line("a-1", "stale", day: 4))) == tombstone)
    let revived = Self.line("a-1", "back", day: 6)
    #expect(Self.text(Self.merge(tombstone, tombstone, revived)) == revived)
  }

  @Test(arguments: ["\n", "\r\n"])
  func readsFilesWithConflictMarkers(_ lineEnd: String) {
    let conflicted = [
      Self.line("a-1", "same"), "<<<<<<< HEAD\n", Self.line("a-2", "mine", day: 2, more: #","labels":["x"]"#),
      Self.line("a-3", "only mine"), "||||||| base\n", Self.line("a-2", "old"), Self.line("a-9", "gone"),
      "=======\n",
      Self.line("a-2", "other", day: 3, more: #","labels":["y"]"#), ">>>>>>> branch\n",
    ].joined().replacing("\n", with: lineEnd)
    let merged = Self.merge("", conflicted, "")
    let result = Self.text(merged)
    #expect(merged.hadConflictMarkers)
    #expect(result.split(separator: "\n").count == 3)
    #expect(result.contains(#""id":"a-2","title":"other""#))
    #expect(result.contains(#""labels":["x","y"]"#))
    #expect(result.contains(#"\u003e mine"#))
    #expect(result.contains("only mine"))
    #expect(!result.contains("gone"))
    #expect(Self.merge("", "", conflicted).bytes == merged.bytes)
  }

  @Test func mergesSeveralLinesForOneIssue() {
    let (first, second) = (
      Self.line("a-1", "t", more: #","labels":["x"]"#),
      Self.line("a-1", "t", day: 2, more: #","labels":["y"]"#)
    )
    let merged = Self.merge(Self.line("a-1", "t"), first + second + first, Self.line("a-2", "u"))
    #expect(
      Self.text(merged) == Self.line("a-1", "t", day: 2, merged: true, more: #","labels":["x","y"]"#)
        + Self.line("a-2", "u"))
    #expect(Self.merge("", second + first, "").bytes == Self.merge("", first, second).bytes)
  }

  @Test func handsBackWhatItCannotRead() {
    let torn = #"{"id":"a-1","title":"to"#
    let ours = "\u{FEFF}" + Self.line("a-0", "x") + "\n  \n" + torn
    let theirs = Self.line("a-1", "whole") + "nonsense\n" + #"{"id":"a-3","priority":"high"}"# + "\n"
    let merged = Self.merge(Self.line("a-3", "base"), ours, theirs + Self.line("a-3", "again"))
    #expect(
      Self.text(merged) == Self.line("a-0", "x") + Self.line("a-1", "whole") + Self.line("a-3", "again"))
    #expect(merged.rejected.map(\.side) == [.ours, .theirs, .theirs])
    #expect(merged.rejected.map(\.number) == [4, 2, 3])
    #expect(
      merged.rejected.map { String(decoding: $0.bytes, as: UTF8.self) } == [
        torn, "nonsense", #"{"id":"a-3","priority":"high"}"#,
      ])
    #expect(
      merged.rejected.map(\.reason) == ["unfinished string", "expected an object", "expected a number"])
  }

  @Test func mergesMemoriesAfterIssues() {
    func memory(_ key: String, _ value: String) -> String {
      #"{"_type":"memory","key":"\#(key)","value":"\#(value)"}"# + "\n"
    }
    let base = memory("a", "1") + memory("b", "1") + memory("c", "1")
    let ours = memory("a", "2") + memory("b", "2") + memory("c", "1")
    let theirs = memory("a", "3") + memory("b", "1") + memory("d", "1") + Self.line("z-1", "t")
    let merged = Self.merge(base, ours, theirs)
    #expect(
      Self.text(merged) == Self.line("z-1", "t") + memory("a", "3") + memory("b", "2") + memory("c", "1")
        + memory("d", "1"))
    #expect(merged.rejected.map(\.reason) == ["another value of this memory was kept"])
    #expect(merged.rejected.map(\.side) == [.ours])
  }

  @Test func aDeletionMarkerBecomesATombstone() throws {
    let marker = #"{"id":"a-1","_deleted":true,"_deleted_at":"2026-02-08T00:00:00Z"}"# + "\n"
    let merged = Self.merge(Self.line("a-1", "t"), marker, Self.line("a-1", "edited", day: 2))
    let tombstone = try #require(CodecSamples.decode(Self.text(merged).trimmedLine))
    #expect(tombstone.isTombstone)
    #expect(tombstone.title == "edited")
    #expect(tombstone.deletedAt == Timestamp("2026-02-08T00:00:00Z"))
    #expect(
      Self.merge(Self.line("a-1", "t"), Self.line("a-1", "edited", day: 2), marker).bytes == merged.bytes)
    #expect(Self.text(Self.merge("", marker, marker)) == marker)
  }

  @Test func readsLinesOfTheLaterFormat() {
    let ours =
      #"{"_type":"issue","id":"a-1","title":"t","priority":1,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z","dependency_count":0}"#
      + "\n"
    let merged = Self.text(Self.merge("", ours, Self.line("a-1", "t", day: 3)))
    #expect(merged == Self.line("a-1", "t", day: 3))
  }

  @Test func explainsOnDemand() throws {
    let (base, ours, theirs) = (
      Self.line("a-1", "t"), Self.line("a-1", "mine", day: 2), Self.line("a-1", "other", day: 3)
    )
    let bytes = (Array(base.utf8), Array(ours.utf8), Array(theirs.utf8))
    let merged = IssueFileMerge.merge(
      base: bytes.0, ours: bytes.1, theirs: bytes.2, policy: MergeSamples.policy, explaining: true)
    let report = try #require(merged.reports.first)
    #expect(
      report.decisions == [
        MergeDecision(
          field: "title", rule: .laterKeepingText, winner: .theirs, ours: "\"mine\"", theirs: "\"other\""),
        MergeDecision(
          field: "updated_at", rule: .moment, winner: .both, ours: "\"2026-02-02T00:00:00Z\"",
          theirs: "\"2026-02-03T00:00:00Z\""),
      ])
    #expect(Self.merge(base, ours, theirs).reports.isEmpty)
  }
}

extension [UInt8] {
  fileprivate var trimmed: [UInt8] { withUnsafeBufferPointer { Array($0.trimmed) } }
}

extension String {
  fileprivate var trimmedLine: String { String(prefix { $0 != "\n" }) }
}
