import Testing

@testable import BeadsModel

@Suite struct MergeTextTests {
  private typealias Bead = BeadsModel.Issue

  private static let early = Timestamp("2026-02-01T10:00:00.5Z") ?? Timestamp(seconds: 1)
  private static let late = Timestamp("2026-02-02T10:00:00+01:00") ?? Timestamp(seconds: 2)

  private static func version(_ time: Timestamp, _ change: (inout Bead) -> Void) -> Bead {
    var issue = Issue(id: IssueID(unchecked: "t-1"), title: "Title", createdAt: Timestamp(seconds: 1))
    issue.updatedAt = time
    change(&issue)
    return issue
  }

  private static func merge(_ base: Bead?, _ ours: Bead, _ theirs: Bead) throws -> Bead {
    try #require(IssueMerge.merge(base: base, ours: ours, theirs: theirs, policy: MergeSamples.policy))
  }

  @Test func theEarlierOfTwoTextsGoesToTheNotesOnce() throws {
    let base = Self.version(Self.early) { $0.notes = "Note" }
    let ours = Self.version(Self.early) { (issue: inout Bead) in
      issue.title = "Earlier"
      issue.description = "one\n\n> two\n"
      issue.notes = "Note"
    }
    let theirs = Self.version(Self.late) { (issue: inout Bead) in
      issue.title = "Later"
      issue.description = "three"
      issue.notes = "Note"
    }
    let merged = try Self.merge(base, ours, theirs)
    #expect(merged.title == "Later")
    #expect(merged.description == "three")
    #expect(
      merged.notes == """
        Note

        [merge: other description of 2026-02-01T10:00:00Z]
        > one
        >
        > > two
        >

        [merge: other title of 2026-02-01T10:00:00Z]
        > Earlier
        """)
    for (base, side) in [(base, ours), (base, theirs), (nil, ours), (nil, theirs)] {
      #expect(try Self.merge(base, merged, side).notes == merged.notes)
    }
  }

  @Test func notesAreNotRearrangedWithoutNeed() throws {
    let base = Self.version(Self.early) { $0.notes = "Note" }
    let ours = Self.version(Self.early) { $0.design = "Earlier" }
    var merged = try Self.merge(base, ours, Self.version(Self.late) { $0.design = "Later" })
    merged.notes += "\nwritten below"
    var again = ours
    again.notes = base.notes
    #expect(try Self.merge(base, merged, again).notes == merged.notes)
  }

  @Test func notesOfBothSidesSurvive() throws {
    let base = Self.version(Self.early) { $0.notes = "Base" }
    let ours = Self.version(Self.early) { $0.notes = "Base\nours" }
    let theirs = Self.version(Self.late) { $0.notes = "Base\ntheirs" }
    #expect(
      try Self.merge(base, ours, theirs).notes == """
        Base
        theirs

        [merge: other notes of 2026-02-01T10:00:00Z]
        > ours
        """)
    #expect(
      try Self.merge(nil, ours, theirs).notes == """
        Base
        theirs

        [merge: other notes of 2026-02-01T10:00:00Z]
        > Base
        > ours
        """)
  }

  @Test(arguments: [("Text and more", "Text", ""), ("Text", "", ""), ("", "Text", "Text")])
  func whatTheWinnerContainsIsNotRepeated(_ later: String, _ earlier: String, _ kept: String) throws {
    let base = Self.version(Self.early) { $0.design = "x" }
    let ours = Self.version(Self.early) { $0.design = earlier }
    let theirs = Self.version(Self.late) { $0.design = later }
    let merged = try Self.merge(base, ours, theirs)
    #expect(merged.design == later)
    #expect(MergeNotes(merged.notes).blocks.map(\.quoted) == (kept.isEmpty ? [] : ["> \(kept)"]))
  }

  @Test func blocksThatAPersonDeletedStayDeleted() throws {
    let block = "[merge: other title of 2026-01-01T00:00:00Z]\n> Old"
    let base = Self.version(Self.early) { $0.notes = "N\n\n\(block)" }
    let ours = Self.version(Self.early) { $0.notes = "N" }
    let theirs = Self.version(Self.late) { $0.notes = "N\n\n\(block)\nmore" }
    #expect(try Self.merge(base, ours, theirs).notes == "N\nmore")
  }

  @Test(arguments: [
    "", "a", "a\n", "\n", "a\r\nb", "a\n\n[merge: other title of 2026-01-01T00:00:00Z]\n> x",
    "[merge: other title of 2026-01-01T00:00:00Z]\n> x\n>\n> y",
    "a\n\n[merge: other notes of 2026-01-01T00:00:00Z]\n> x\n\n[merge: other title of 2026-01-02T00:00:00Z]\n> x",
    "[merge: other title of 2026-01-01T00:00:00Z]", "[merge: other title of 2026-01-01T00:00:00Z]\nx",
  ])
  func notesReadBackAsTheyWereWritten(_ text: String) { #expect(MergeNotes(text).text == text) }

  @Test func notesKeepWhatPeopleWroteBelowBlocks() {
    let notes = MergeNotes("a\n\n[merge: other title of 2026-01-01T00:00:00Z]\n> x\nb\n> c")
    #expect(notes.body == "a\nb\n> c")
    #expect(notes.blocks.map(\.quoted) == ["> x"])
    #expect(MergeNotes(notes.text).text == notes.text)
  }

  @Test func aTextIsKeptOnceUnderItsLatestTime() {
    let blocks = ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-01T00:00:00Z"].compactMap {
      Timestamp($0).map { MergeNotes.Block(field: "title", of: $0, text: "x") }
    }
    #expect(MergeNotes(body: "", blocks: blocks).text == "[merge: other title of 2026-01-03T00:00:00Z]\n> x")
  }
}
