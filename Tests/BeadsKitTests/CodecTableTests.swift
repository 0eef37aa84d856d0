import Testing

@testable import BeadsModel

@Suite struct CodecTableTests {
  /// A property that the table forgot would be lost by every store, file and merge.
  @Test func theTableCoversEveryPropertyOfAnIssue() throws {
    let full = try #require(CodecSamples.decode(CodecSamples.everyField))
    let deleted = try #require(CodecSamples.decode(CodecSamples.classicAgent))
    var found = Set<String>()
    for field in IssueField.all {
      for source in [full, deleted] {
        var issue = Issue(id: IssueID(unchecked: ""), title: "", createdAt: Timestamp(seconds: 0))
        let before = Self.properties(issue)
        field.copy(from: source, to: &issue)
        let changed = Self.properties(issue).filter { before[$0.key] != $0.value }
        #expect(changed.count <= 1, "\(field.key)")
        found.formUnion(changed.keys)
      }
    }
    let all = Set(Self.properties(full).keys)
    #expect(all.subtracting(found) == ["unknownMembers"])
    #expect(found.count == IssueField.all.count)
  }

  private static func properties(_ issue: BeadsModel.Issue) -> [String: String] {
    let children = Mirror(reflecting: issue).children.map { ($0.label ?? "", String(reflecting: $0.value)) }
    return Dictionary(uniqueKeysWithValues: children)
  }

  @Test func keysColumnsAndHashPlacesAreUnique() {
    let keys = IssueField.all.map { "\($0.key)" }
    #expect(Set(keys).count == keys.count)
    let columns = IssueField.columns.compactMap(\.column)
    #expect(Set(columns).count == columns.count)
    #expect(columns.count == keys.count - 3)
    #expect(IssueField.named("timeout")?.column == "timeout_ns")
    #expect(IssueField.all.compactMap(\.hashOrder).sorted() == Array(1...38))
  }

  /// Equality and copying go through the same paths as the codecs, so each must see what the other moved.
  @Test func copyingMakesFieldsEqual() throws {
    let source = try #require(CodecSamples.decode(CodecSamples.everyField))
    var target = Issue(id: IssueID(unchecked: ""), title: "", createdAt: Timestamp(seconds: 0))
    for field in IssueField.all {
      field.copy(from: source, to: &target)
      #expect(field.isEqual(source, target), "\(field.key)")
    }
    target.unknownMembers = source.unknownMembers
    #expect(target == source)
    #expect(target.jsonLine == CodecSamples.everyField)
  }
}
