import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite struct IssueHistoryTests {
  private func versions(_ clone: GitClone, _ id: IssueID, limit: Int = .max) throws -> [IssueVersion] {
    let current = try clone.issue(id)
    return try IssueHistory(clone.workspace()).versions(of: id, current: current, limit: limit)
  }

  /// Compared with `git log`: the commits in which the text of the issue's line changed.
  @Test func versionsAreThoseOfGitLog() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    let (id, other) = (try a.create("One"), try a.create("Other"))
    try world.sync(0)
    var expected = [try a.git("rev-parse", "HEAD")]
    for round in 0..<6 {
      try a.update(round % 2 == 0 ? id : other) { $0.title = "Round \(round)" }
      try world.sync(0)
      if round % 2 == 0 { expected.insert(try a.git("rev-parse", "HEAD"), at: 0) }
    }
    let found = try versions(a, id)
    #expect(found.map(\.commit) == expected)
    #expect(found.map(\.change.kind) == [.changed, .changed, .changed, .added])
    #expect(found[0].change.fields.map(\.field) == ["title", "updated_at"])
    #expect(found[0].author == "a")
    #expect(try versions(a, id, limit: 2).map(\.commit) == Array(expected.prefix(2)))
    try a.update(id) { $0.title = "Not committed" }
    #expect(try versions(a, id).map(\.commit) == [nil] + expected)
  }

  /// A merge that only takes a line of one side over is no version; one that makes a new line is.
  @Test func mergesCountWhenTheyMadeTheLine() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    let (id, other) = (try a.create("One"), try a.create("Other"))
    try world.sync(0)
    try world.sync(1)
    try a.update(id) { $0.labels = ["a"] }
    try world.sync(0)
    try b.update(id) { $0.labels = ["b"] }
    try world.sync(1)
    let found = try versions(b, id)
    #expect(found.map(\.change.kind) == [.changed, .changed, .changed, .added])
    #expect(found[0].summary.hasPrefix("bd sync: merge"))
    #expect(found[0].change.after?.labels == ["a", "b"])
    #expect(try versions(b, other).count == 1)
  }

  @Test func changesBetweenRevisions() throws {
    let world = try SyncWorld(["a"])
    let a = world.clones[0]
    let ids = try (0..<5).map { try a.create("Issue \($0)") }
    try world.sync(0)
    try a.update(ids[0]) { $0.title = "Changed" }
    try a.withStore { store in
      try store.write("x") { tx throws(BeadsError) in
        try tx.close(ids[1])
        _ = try tx.delete([ids[2]], force: true)
      }
    }
    let added = try a.create("New")
    func changes(_ old: String, _ new: String?) throws -> [IssueID: IssueChange.Kind] {
      let found = try a.withStore { store in
        try IssueHistory(a.workspace()).changes(from: old, to: new) { store }
      }
      return Dictionary(
        uniqueKeysWithValues: found.compactMap { change in change.issue.map { ($0.id, change.kind) } })
    }
    let expected: [IssueID: IssueChange.Kind] = [
      ids[0]: .changed, ids[1]: .closed, ids[2]: .deleted, added: .added,
    ]
    #expect(try changes("HEAD", nil) == expected)
    try world.sync(0)
    #expect(try changes("HEAD~1", "HEAD") == expected)
    #expect(try changes("HEAD", nil) == [:])
    #expect(try changes("HEAD", "HEAD~1")[ids[1]] == .reopened)
    #expect(try changes("HEAD", "HEAD~1")[added] == .removed)
    #expect(throws: BeadsError.self) { try changes("nowhere", nil) }
  }

  @Test func mainIsTakenOverWithoutACommit() throws {
    let world = try SyncWorld()
    let (a, b) = (world.clones[0], world.clones[1])
    try b.git("checkout", "-q", "-b", "feature")
    try b.create("On the branch")
    let head = try b.git("rev-parse", "HEAD")
    try a.create("On main")
    try world.sync(0)
    let workspace = try b.workspace()
    let report = try b.withStore {
      try GitSync.takeFromMain(
        $0, in: workspace, Configuration(environment: b.environment, workspace: workspace))
    }
    #expect(report.branch == "origin/main")
    #expect(report.imported.created.count == 1)
    #expect(try b.titles() == ["On main", "On the branch"])
    #expect(try b.git("rev-parse", "HEAD") == head)
  }
}
