import Testing

@testable import BeadsModel

@Suite struct ContentHashTests {
  private static func issue(_ id: String, _ title: String, _ priority: Int, _ type: IssueType)
    -> BeadsModel.Issue
  {
    var issue = Issue(id: IssueID(unchecked: id), title: title, createdAt: Timestamp(seconds: 0))
    issue.priority = priority
    issue.type = type
    issue.owner = "a@x.y"
    issue.createdBy = "alice"
    return issue
  }

  /// Vectors measured on the classic program.
  @Test func equalsTheClassicHash() {
    var first = Self.issue("t-1", "First <b> & issue", 1, .bug)
    first.description = "desc"
    #expect(first.contentHash == "a3236dee08c868dcd45bbcece3141e5ba787aab88a750783ec259342f75983dc")
    let epic = Self.issue("t-2", "Epic", 2, .epic)
    #expect(epic.contentHash == "33c40dc64e8ff1140a9c5221b60dcea55c92b8d13d89528eeefb4025ac18c88f")
  }

  /// Exactly the fields with a place in the hash change it.
  @Test func coversTheHashedFieldsOnly() throws {
    let full = try #require(CodecSamples.decode(CodecSamples.everyField))
    let deleted = try #require(CodecSamples.decode(CodecSamples.classicAgent))
    for field in IssueField.all {
      var issue = Self.issue("t-1", "Title", 2, .task)
      let before = issue.contentHash
      field.copy(from: field.merge == .withDeletion ? deleted : full, to: &issue)
      #expect((issue.contentHash != before) == (field.hashOrder != nil), "\(field.key)")
    }
  }

  /// Every element of a list is a field of its own, and a missing optional still has its place.
  @Test func separatesFields() throws {
    var a = Self.issue("t-1", "x", 2, .task)
    var b = a
    (a.waiters, b.waiters) = (["ab", "c"], ["a", "bc"])
    #expect(a.contentHash != b.contentHash)
    (a, b) = (Self.issue("t-1", "x", 2, .task), Self.issue("t-1", "x", 2, .task))
    (a.externalRef, b.sourceSystem) = ("r", "r")
    #expect(a.contentHash != b.contentHash)
  }
}
