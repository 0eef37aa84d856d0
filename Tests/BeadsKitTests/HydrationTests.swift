import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite("Other projects' issues") struct HydrationTests {
  private struct Pair {
    let project: GitProject
    let repos: [HydratedRepo]

    init(_ root: String) throws {
      project = GitProject(root)
      try project.store("home", prefix: "h")
      try project.store("other", prefix: "o")
      repos = [HydratedRepo(name: "../other", directory: project.path("other"))]
    }

    func open(_ name: String) throws -> Store {
      let location = StoreLocation(directory: project.path(name) + "/.beads")
      let store = try Store.open(at: location, actor: name, environment: project.environment)
      try store.importChanges()
      return store
    }

    func create(_ id: String, in name: String) throws {
      let store = try open(name)
      try store.write("create") { tx throws(BeadsError) in
        var draft = IssueDraft(title: id)
        draft.id = try IssueID(id)
        _ = try tx.create(draft)
      }
      try store.close()
    }

    func ids(in name: String) throws -> [String] {
      let text = try FileSystem.readText(project.path(name) + "/.beads/issues.jsonl")
      return text.split(separator: "\n").compactMap { line in
        line.split(separator: "\"").dropFirst(3).first.map(String.init)
      }
    }
  }

  /// Whoever changes what, and whatever cannot be written for a while: every acknowledged change arrives, on both
  /// sides, and no file gets the other project's issues.
  @Test(arguments: [1, 2, 3]) func nothingIsLostOnEitherSide(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    try withScratchDirectory { root in
      let pair = try Pair(root)
      for number in 0..<4 {
        try pair.create("h-\(number)", in: "home")
        try pair.create("o-\(number)", in: "other")
      }
      var acknowledged: [String: Set<String>] = [:]
      for step in 0..<40 {
        let isHome = Bool.random(using: &random)
        let store = try pair.open(isHome ? "home" : "other")
        if isHome { try store.hydrate(pair.repos) }
        let prefix = isHome && Bool.random(using: &random) ? "h" : "o"
        let id = "\(prefix)-\(Int.random(in: 0..<4, using: &random))"
        try store.write("label") { tx throws(BeadsError) in
          _ = try tx.addLabels(["l\(step)"], to: IssueID(id))
          try tx.update(IssueID(id)) { $0.notes = "step \(step)" }
        }
        acknowledged[id, default: []].insert("l\(step)")
        try store.flush()
        // Now and then the process ends before it writes to the other project.
        if isHome, Int.random(in: 0..<3, using: &random) > 0 {
          #expect(try store.writeBack(pair.repos).isEmpty)
        }
        store.closeConnection()
        #expect(try pair.ids(in: "home").allSatisfy { $0.hasPrefix("h-") })
        #expect(try pair.ids(in: "other").allSatisfy { $0.hasPrefix("o-") })
      }
      let home = try pair.open("home")
      #expect(try home.writeBack(pair.repos).isEmpty)
      try home.hydrate(pair.repos)
      let other = try pair.open("other")
      for (id, labels) in acknowledged {
        let ours = try #require(try home.issue(IssueID(id)))
        #expect(labels.isSubset(of: ours.labels), "\(id) here")
        guard id.hasPrefix("o") else { continue }
        let theirs = try #require(try other.issue(IssueID(id)))
        #expect(ours == theirs, "\(id) is the same on both sides")
      }
      #expect(try home.connection.int64("SELECT count(*) FROM hydrated_changes") == 0)
      #expect(try home.connection.int64("SELECT count(*) FROM dirty_issues WHERE issue_id LIKE 'o-%'") == 0)
      try home.close()
      try other.close()
    }
  }

  @Test func issuesComeChangeAndGo() throws {
    try withScratchDirectory { root in
      let pair = try Pair(root)
      try pair.create("o-1", in: "other")
      try pair.create("o-2", in: "other")
      try pair.create("h-1", in: "home")
      let home = try pair.open("home")
      #expect(try home.hydrate(pair.repos).imported == 2)
      let again = try home.hydrate(pair.repos)
      #expect(again.skipped == 1 && again.imported == 0)
      try home.write("dep add") { tx throws(BeadsError) in
        try tx.addDependency(IssueID("h-1"), dependsOn: IssueID("o-1"))
      }
      #expect(try home.isBlocked(IssueID("h-1")))
      let other = try pair.open("other")
      try other.write("close") { tx throws(BeadsError) in _ = try tx.close(IssueID("o-1")) }
      try other.write("delete") { tx throws(BeadsError) in
        let issue = try other.issue(IssueID("o-2"))
        if let issue { _ = try tx.bury(issue, reason: "gone") }
      }
      try other.close()
      try home.hydrate(pair.repos)
      #expect(try !home.isBlocked(IssueID("h-1")))
      #expect(try home.issue(IssueID("o-2")) == nil)
      #expect(try home.dehydrate("../other") == 1)
      #expect(try home.count() == 1)
      try home.flush(force: true)
      #expect(try pair.ids(in: "home") == ["h-1"])
      try home.close()
    }
  }

  @Test func ourOwnIssueOfThatIDWins() throws {
    try withScratchDirectory { root in
      let pair = try Pair(root)
      try pair.create("o-7", in: "other")
      let home = try pair.open("home")
      try home.hydrate(pair.repos)
      #expect(try home.sourceRepo(of: IssueID("o-7")) == "../other")
      // Git brings an issue of the same ID into our own file.
      let line =
        #"{"id":"o-7","title":"ours","status":"open","priority":1,"issue_type":"task","#
        + #""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"# + "\n"
      try pair.project.write("home/.beads/issues.jsonl", line)
      try home.importChanges()
      let report = try home.hydrate(pair.repos, force: true)
      #expect(report.warnings.count == 1 && report.warnings[0].contains("o-7"))
      #expect(try home.sourceRepo(of: IssueID("o-7")) == nil)
      #expect(try home.issue(IssueID("o-7"))?.title == "ours")
      try home.flush(force: true)
      #expect(try pair.ids(in: "home") == ["o-7"])
      try home.close()
    }
  }

  @Test func pendingChangesKeepAProjectFromGoing() throws {
    try withScratchDirectory { root in
      let pair = try Pair(root)
      try pair.create("o-1", in: "other")
      let home = try pair.open("home")
      try home.hydrate(pair.repos)
      try home.write("update") { tx throws(BeadsError) in try tx.update(IssueID("o-1")) { $0.priority = 0 } }
      try FileSystem.rename(pair.project.path("other"), to: pair.project.path("away"))
      #expect(try home.writeBack(pair.repos).count == 1)
      #expect(thrownError { () throws(BeadsError) in try home.dehydrate("../other") }?.code == .conflict)
      #expect(try home.hydrate([]).warnings.count == 1)
      try FileSystem.rename(pair.project.path("away"), to: pair.project.path("other"))
      #expect(try home.writeBack(pair.repos).isEmpty)
      #expect(try pair.open("other").issue(IssueID("o-1"))?.priority == 0)
      #expect(try home.dehydrate("../other") == 1)
      try home.close()
    }
  }
}
