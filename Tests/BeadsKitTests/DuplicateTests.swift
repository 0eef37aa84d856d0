import BeadsKit
import BeadsTesting
import Testing

@Suite struct DuplicateTests {
  private let project: TestProject
  private let store: Store

  init() throws {
    project = try TestProject()
    store = try project.makeStore()
  }

  private func id(_ text: String) throws(BeadsError) -> IssueID { try IssueID("t-" + text) }

  private func create(_ name: String, title: String, _ edit: (inout IssueDraft) -> Void = { _ in }) throws {
    try store.write("create") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: title)
      draft.id = try id(name)
      edit(&draft)
      try transaction.create(draft)
    }
  }

  @discardableResult
  private func change<R>(
    _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R { try store.write("change", body) }

  @Test func onlyEqualOpenIssuesAreGrouped() throws {
    for name in ["a", "b", "c"] { try create(name, title: "Same") }
    try create("d", title: "Same") { $0.description = "other" }
    try create("e", title: "Same") { $0.isEphemeral = true }
    try create("f", title: "Same") { $0.sourceFormula = "release" }
    try create("g", title: "Alone")
    try create("h", title: "Sees") { $0.notes = "like t-b, and t-b.1 is not it" }
    try change { transaction throws(BeadsError) in try transaction.close(try id("c")) }
    let groups = try store.duplicateGroups()
    #expect(groups.map { $0.members.map(\.issue.id.rawValue) } == [["t-b", "t-a"]])
    #expect(groups[0].members.map(\.references) == [1, 0])
  }

  @Test func mergeMovesEdgesAndMentions() throws {
    for name in ["a", "b"] { try create(name, title: "Same") }
    for name in ["p", "x", "y", "z"] {
      try create(name, title: name) { $0.description = "see t-b and t-bx" }
    }
    try change { transaction throws(BeadsError) in
      try transaction.addDependency(try id("b"), dependsOn: try id("x"))
      try transaction.addDependency(try id("y"), dependsOn: try id("b"))
      try transaction.addDependency(try id("z"), dependsOn: try id("b"), type: .parentChild)
      try transaction.setParent(of: try id("b"), to: try id("p"))
    }
    let merge = try change { transaction throws(BeadsError) in
      try transaction.mergeDuplicates([try id("b")], into: try id("a"))
    }
    #expect(merge.edgesMoved == 4)
    #expect(merge.edgesLeft.isEmpty)
    #expect(merge.rewritten.count == 4)
    let kept = try #require(try store.issue(try id("a")))
    #expect(Set(kept.dependencies.map(\.dependsOnID.rawValue)) == ["t-x", "t-p"])
    #expect(Set(try store.dependents(of: kept.id).map(\.issueID.rawValue)) == ["t-y", "t-z", "t-b"])
    let gone = try #require(try store.issue(try id("b")))
    #expect(gone.status == .closed)
    #expect(gone.closeReason == "Duplicate of t-a")
    #expect(gone.dependencies.map(\.type) == [.duplicates])
    #expect(try store.issue(try id("x"))?.description == "see t-a and t-bx")
    #expect(try store.duplicateGroups().isEmpty)
  }

  @Test func mergeLeavesEdgesThatWouldCloseACycle() throws {
    for name in ["a", "b", "x"] { try create(name, title: name == "x" ? "Between" : "Same") }
    try change { transaction throws(BeadsError) in
      try transaction.addDependency(try id("b"), dependsOn: try id("x"))
      try transaction.addDependency(try id("x"), dependsOn: try id("a"))
    }
    let merge = try change { transaction throws(BeadsError) in
      try transaction.mergeDuplicates([try id("b")], into: try id("a"))
    }
    #expect(merge.edgesLeft.map(\.dependsOnID) == [try id("x")])
    #expect(try store.dependencyCycles().isEmpty)
  }

  @Test func replacementsHaveNoCircle() throws {
    for name in ["a", "b", "c"] { try create(name, title: name) }
    try change { transaction throws(BeadsError) in
      try transaction.markDuplicate(try id("a"), of: try id("b"))
      try transaction.supersede(try id("b"), with: try id("c"))
    }
    #expect(try store.issue(try id("b"))?.closeReason == "Superseded by t-c")
    let error = #expect(throws: BeadsError.self) {
      try change { transaction throws(BeadsError) in
        try transaction.markDuplicate(try id("c"), of: try id("a"))
      }
    }
    #expect(error?.code == .cycle)
    #expect(try store.issue(try id("c"))?.status == .open)
    #expect(throws: BeadsError.self) {
      try change { transaction throws(BeadsError) in
        try transaction.markDuplicate(try id("c"), of: try id("c"))
      }
    }
  }
}
