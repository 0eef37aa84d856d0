import BeadsKit
import BeadsModel
import BeadsStore
import BeadsTesting
import Testing

/// Issues that go from one project to another.
@Suite struct IssueMoveTests {
  private let project: TestProject
  private let here: Store
  private let there: Store

  init() throws {
    project = try TestProject()
    here = try project.makeStore(prefix: "a")
    let directory = project.directory + "/other/.beads"
    try FileSystem.makeDirectory(project.directory + "/other")
    try FileSystem.makeDirectory(directory)
    there = try Store.create(
      at: StoreLocation(directory: directory), prefix: Prefix("b"), actor: "alice",
      environment: project.environment)
    try here.write("create") { transaction throws(BeadsError) in
      for number in 0..<5 {
        var draft = IssueDraft(title: "Issue \(number)")
        draft.id = IssueID(rawValue: "a-\(number)")
        draft.labels = ["l\(number)"]
        draft.metadata = number == 0 ? #"{"team":"web"}"# : nil
        _ = try transaction.create(draft)
      }
      // A chain: each waits for the one before.
      for number in 1..<5 {
        try transaction.addDependency(
          IssueID(unchecked: "a-\(number)"), dependsOn: IssueID(unchecked: "a-\(number - 1)"))
      }
    }
  }

  private func issue(_ id: String, _ store: Store) throws -> BeadsModel.Issue {
    try #require(try store.issue(IssueID(id)))
  }

  /// In whatever order the issues of a chain are moved, the copies are a chain.
  @Test(arguments: [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]]) func edgesFollow(order: [Int]) throws
  {
    var copies: [Int: IssueID] = [:]
    for number in order {
      copies[number] = try IssueMove().run(IssueID("a-\(number)"), from: here, to: there).target
    }
    for number in 0..<5 {
      let id = try #require(copies[number])
      let copy = try #require(try there.issue(id))
      #expect(copy.title == "Issue \(number)" && copy.labels == ["l\(number)"] && copy.status == .open)
      let wanted = number == 0 ? [] : [copies[number - 1]]
      #expect(copy.dependencies.map(\.dependsOnID) == wanted)
      let old = try issue("a-\(number)", here)
      #expect(old.status == .closed && old.closeReason == "Moved to \(copy.id)")
    }
    #expect(try there.ready().map(\.id) == [copies[0]])
    #expect(try here.fsck().findings.isEmpty && there.fsck().findings.isEmpty)
  }

  @Test func aMoveThatWasInterruptedGoesOn() throws {
    var half = IssueMove()
    half.keepsOpen = true
    let first = try half.run(IssueID("a-0"), from: here, to: there)
    #expect(!first.isClosed && first.unblocked.map(\.rawValue) == ["a-1"])
    let second = try IssueMove().run(IssueID("a-0"), from: here, to: there)
    #expect(second.target == first.target && second.isClosed && second.remapped.isEmpty)
    #expect(try there.count() == 1)
    #expect(try issue(second.target.rawValue, there).metadata == #"{"team":"web","moved_from":"a-0"}"#)
  }

  @Test func refusals() throws {
    #expect(throws: BeadsError.self) { try IssueMove().run(IssueID("a-0"), from: here, to: here) }
    #expect(throws: BeadsError.self) { try IssueMove().run(IssueID("a-9"), from: here, to: there) }
    try there.write("create") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: "Taken")
      draft.externalRef = "gh-1"
      _ = try transaction.create(draft)
    }
    try here.write("update") { transaction throws(BeadsError) in
      try transaction.update(IssueID(unchecked: "a-0")) { $0.externalRef = "gh-1" }
    }
    let error = #expect(throws: BeadsError.self) {
      try IssueMove().run(IssueID("a-0"), from: here, to: there)
    }
    #expect(error?.code == .exists)
    #expect(try there.count() == 1 && issue("a-0", here).status == .open)
  }
}
