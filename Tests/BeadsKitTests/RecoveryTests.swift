import BeadsKit
import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// Databases that cannot be used: set aside, made anew from the file and what can be read, and nothing lost.
@Suite struct RecoveryTests {
  /// A project with issues in both stores, changes that only the database has, a wisp and a setting.
  private func makeProject(count: Int = 40) throws -> (TestProject, [IssueID: BeadsModel.Issue]) {
    let project = try TestProject()
    let store = try project.makeStore()
    let ids = try store.write("create") { transaction throws(BeadsError) in
      var ids: [IssueID] = []
      for number in 0..<count {
        var draft = IssueDraft(title: "Issue \(number)")
        draft.description = String(repeating: "text \(number) ", count: 60)
        draft.labels = ["label-\(number % 5)"]
        ids.append(try transaction.create(draft).id)
      }
      return ids
    }
    try store.flush()
    project.advance(seconds: 5)
    try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(ids[3]) { $0.title = "Changed here only" }
      try transaction.create(IssueDraft(title: "Made here only"))
      try transaction.setConfig("my.key", "my value")
      var wisp = IssueDraft(title: "Wisp")
      wisp.isEphemeral = true
      try transaction.create(wisp)
    }
    let issues = try Self.issues(store)
    store.closeConnection()
    return (project, issues)
  }

  private static func issues(_ store: Store) throws -> [IssueID: BeadsModel.Issue] {
    Dictionary(uniqueKeysWithValues: try store.issues(where: "1").map { ($0.id, $0) })
  }

  private func recovery(_ project: TestProject) throws -> DatabaseRecovery {
    DatabaseRecovery(at: project.location, prefix: try Prefix("t"), environment: project.environment)
  }

  private func damage(_ project: TestProject, _ change: (inout [UInt8]) -> Void) throws {
    // As after a crash of the machine: everything is in the main file.
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.checkpoint(.truncate)
    connection.close()
    var bytes = try FileSystem.read(project.location.databasePath)
    change(&bytes)
    // In place, as damage happens; the log stays beside it.
    try FileSystem.replace(project.location.databasePath, with: bytes)
  }

  @Test(arguments: [
    "header", "first page", "garbage", "empty", "truncated", "half", "directory", "loop", "missing",
  ])
  func zoo(_ kind: String) throws {
    let (project, before) = try makeProject()
    let path = project.location.databasePath
    switch kind {
    case "header":
      try damage(project) { $0.replaceSubrange(0..<100, with: [UInt8](repeating: 0, count: 100)) }
    case "first page":
      try damage(project) { $0.replaceSubrange(0..<4096, with: [UInt8](repeating: 0, count: 4096)) }
    case "garbage": try damage(project) { for i in $0.indices { $0[i] = UInt8(truncatingIfNeeded: i &* 31) } }
    case "empty": try damage(project) { $0 = [] }
    case "truncated": try damage(project) { $0.removeLast(4096 * 3 + 17) }
    case "half": try damage(project) { $0.removeLast($0.count / 2) }
    case "directory":
      for file in ["", "-wal", "-shm"] { try FileSystem.remove(path + file) }
      try FileSystem.makeDirectory(path + "/sub")
    case "loop":
      for file in ["", "-wal", "-shm"] { try FileSystem.remove(path + file) }
      try FileSystem.makeLink(path, to: path)
    default: for file in ["", "-wal", "-shm"] { try FileSystem.remove(path + file) }
    }
    let found = try Store.examineDatabase(at: project.location, deep: true)
    #expect(found.isRecoverable)
    let report = try #require(try recovery(project).run(deep: true))
    #expect(report.found == found)
    if kind != "missing" {
      let kept = try #require(report.keptAs)
      #expect(try FileSystem.status(kept, followLinks: false) != nil)
    }
    #expect(try Store.examineDatabase(at: project.location, deep: true) == .sound)
    #expect(try recovery(project).run(deep: true) == nil)
    let store = try project.openStore()
    let after = try Self.issues(store)
    // Everything that the file has is there as it was, whatever happened to the database.
    for line in project.exportedText.split(separator: "\n") {
      let id = try IssueDecoder().decodeIssue(String(line)).id
      #expect(after[id] != nil)
      if before[id]?.title.hasPrefix("Issue") ?? false { #expect(after[id] == before[id]) }
    }
    if ["header", "first page"].contains(kind) {
      #expect(after == before)
      #expect(try store.config("my.key") == "my value")
      #expect(try store.operations().contains { $0.kind == "update" })
    }
    try store.close()
    #expect(
      !(try FileSystem.list(project.beadsDirectory)).contains {
        $0.contains("salvage") || $0.contains("new-")
      })
  }

  /// Cut off anywhere, also within a page: what is read afterwards is as the file has it, and goes on into the file.
  @Test func cutOffAnywhere() throws {
    let (project, before) = try makeProject(count: 12)
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.checkpoint(.truncate)
    connection.close()
    let (good, file) = (try FileSystem.read(project.location.databasePath), project.exportedText)
    let written = try file.split(separator: "\n").map { try IssueDecoder().decodeIssue(String($0)).id }
    for length in stride(from: good.count - 700, to: 4096, by: -2900) {
      for ending in ["-wal", "-shm"] { try FileSystem.remove(project.location.databasePath + ending) }
      try FileSystem.replace(project.location.databasePath, with: Array(good[..<length]))
      try FileSystem.replace(project.location.jsonlPath, with: Array(file.utf8))
      guard try recovery(project).run(deep: true) != nil else { continue }
      let store = try project.openStore()
      let after = try Self.issues(store)
      for id in written where before[id]?.title.hasPrefix("Issue") ?? false {
        #expect(after[id] == before[id], "\(id), \(length) bytes")
      }
      try store.write("update") { tx throws(BeadsError) in
        for id in after.keys.sorted() { try tx.update(id) { $0.notes = "Seen" } }
      }
      try store.flush(force: true)
      let lines = try store.issues(where: "NOT i.ephemeral").map(\.jsonLine)
      try store.close()
      #expect(project.exportedText.split(separator: "\n").map(String.init) == lines, "\(length) bytes")
    }
  }

  /// Every page in turn: nothing that can be read elsewhere is lost.
  @Test func everyPageInTurn() throws {
    let (project, before) = try makeProject(count: 12)
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.checkpoint(.truncate)
    connection.close()
    let good = try FileSystem.read(project.location.databasePath)
    let file = project.exportedText
    let written = Set(try file.split(separator: "\n").map { try IssueDecoder().decodeIssue(String($0)).id })
    var recovered = 0
    for page in stride(from: 0, to: good.count / 4096, by: 1) {
      var bytes = good
      for index in page * 4096..<(page + 1) * 4096 {
        bytes[index] = UInt8(truncatingIfNeeded: index &* 7) | 0x80
      }
      for ending in ["-wal", "-shm"] { try FileSystem.remove(project.location.databasePath + ending) }
      try FileSystem.replace(project.location.databasePath, with: bytes)
      guard let report = try recovery(project).run(deep: true) else { continue }
      recovered += 1
      let store = try project.openStore(options: StoreOptions(exportsFile: false))
      let after = try Self.issues(store)
      store.closeConnection()
      #expect(written.isSubset(of: after.keys))
      for (id, issue) in before where written.contains(id) && issue.title.hasPrefix("Issue") {
        #expect(after[id] == issue, "page \(page)")
      }
      for (id, issue) in before where after[id] == nil {
        #expect(!report.losses.isEmpty, "\(id) \(issue.title) went without a word with page \(page)")
      }
    }
    #expect(recovered > good.count / 4096 / 2)
    #expect(project.exportedText == file)
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let project = try TestProject()
    try FileSystem.makeDirectory(project.beadsDirectory)
    let foreign = try Connection(project.location.databasePath, .create)
    try foreign.executeScript("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
    foreign.close()
    let bytes = try FileSystem.read(project.location.databasePath)
    #expect(try Store.examineDatabase(at: project.location) == .foreign)
    let error = #expect(throws: BeadsError.self) { try recovery(project).run(always: true) }
    #expect(error?.code == .unsupported)
    #expect(try FileSystem.read(project.location.databasePath) == bytes)
  }

  @Test func newerDatabaseIsReadAndRefusesWrites() throws {
    let (project, before) = try makeProject(count: 5)
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.execute("PRAGMA user_version = 99")
    connection.close()
    let store = try project.openStore()
    #expect(try Self.issues(store) == before)
    let error = #expect(throws: BeadsError.self) {
      try store.write("create") { transaction throws(BeadsError) in
        try transaction.create(IssueDraft(title: "A"))
      }
    }
    #expect(error?.code == .unsupported)
    #expect(throws: BeadsError.self) { try recovery(project).run(always: true) }
  }

  @Test func classicDatabaseIsTakenOver() throws {
    let project = try TestProject()
    try FileSystem.makeDirectory(project.beadsDirectory)
    let classic = try Connection(project.location.databasePath, .create)
    try classic.executeScript(
      """
      CREATE TABLE issues (id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL DEFAULT 'open', priority INTEGER NOT NULL DEFAULT 2, issue_type TEXT NOT NULL,
        created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, closed_at DATETIME, timeout_ns INTEGER);
      CREATE TABLE labels (issue_id TEXT, label TEXT, PRIMARY KEY (issue_id, label));
      CREATE TABLE dependencies (issue_id TEXT, depends_on_id TEXT, type TEXT, created_at DATETIME NOT NULL,
        created_by TEXT NOT NULL, PRIMARY KEY (issue_id, depends_on_id, type));
      CREATE TABLE comments (id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id TEXT, author TEXT, text TEXT,
        created_at DATETIME);
      CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE dirty_issues (issue_id TEXT PRIMARY KEY, marked_at DATETIME);
      INSERT INTO issues VALUES ('old-1', 'One', 'd', 'open', 1, 'bug', '2026-01-02 03:04:05.123456789 -0800 PST',
        '2026-01-03T03:04:05.5+01:00', NULL, NULL);
      INSERT INTO issues VALUES ('old-2', 'Two', '', 'closed', 2, 'task', '2026-01-02 03:04:05+00:00',
        '2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', 5);
      INSERT INTO labels VALUES ('old-1', 'x');
      INSERT INTO dependencies VALUES ('old-1', 'old-2', 'blocks', '2026-01-02 03:04:05+00:00', 'li');
      INSERT INTO comments (issue_id, author, text, created_at) VALUES ('old-1', 'li', 'hm', '2026-01-02 03:04:05+00:00');
      INSERT INTO config VALUES ('issue_prefix', 'old');
      INSERT INTO dirty_issues VALUES ('old-1', '2026-01-02');
      """)
    classic.close()
    var newer = try IssueDecoder().decodeIssue(
      #"{"id":"old-2","title":"Newer in the file","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-02-02T03:04:05Z"}"#
    )
    newer.repair(now: Timestamp(seconds: 0))
    try FileSystem.replace(project.location.jsonlPath, with: Array((newer.jsonLine + "\n").utf8))
    #expect(try Store.examineDatabase(at: project.location) == .classic)
    let report = try #require(try recovery(project).run())
    #expect(report.losses == [])
    #expect(report.onlyInDatabase.map(\.rawValue) == ["old-1"])
    let store = try project.openStore()
    let one = try #require(try store.issue(IssueID(unchecked: "old-1")))
    #expect(one.createdAt == Timestamp("2026-01-02T11:04:05.123456789Z"))
    #expect(one.updatedAt == Timestamp("2026-01-03T02:04:05.5Z"))
    #expect(one.labels == ["x"])
    #expect(one.dependencies.map(\.dependsOnID.rawValue) == ["old-2"])
    #expect(one.comments.map(\.text) == ["hm"])
    #expect(try store.issue(newer.id) == newer)
    #expect(try store.config("issue_prefix") == "old")
    let kept = try Connection(try #require(report.keptAs), .readOnly)
    #expect(try kept.int64("SELECT COUNT(*) FROM issues") == 2)
    try store.flush(force: true)
    #expect(project.exportedText.contains("old-1"))
  }

  /// Rebuilding a sound store changes nothing that can be seen, whatever the file does not have yet.
  @Test(arguments: 1...6) func rebuildIsNoChange(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let project = try TestProject()
    try project.makeStore().closeConnection()
    for round in 0..<5 {
      let exports = Bool.random(using: &random)
      let store = try project.openStore(options: StoreOptions(exportsFile: exports))
      for number in 0..<Int.random(in: 1...8, using: &random) {
        project.advance(seconds: 1)
        let ids = try store.issues(where: "i.status <> 'tombstone'").map(\.id)
        let pick = ids.randomElement(using: &random)
        let choice = Int.random(in: 0..<7, using: &random)
        try store.write("change") { transaction throws(BeadsError) in
          guard choice > 1, let pick else {
            var draft = IssueDraft(title: "Issue \(round) \(number)")
            draft.isEphemeral = choice == 1
            try transaction.create(draft)
            return
          }
          let now = transaction.now
          if choice == 2 { return try transaction.setConfig("k\(number)", "v\(round)") }
          try transaction.update(pick) { issue in
            switch choice {
            case 3: issue.title += "!"
            case 4: issue.labels.append("l\(number)")
            case 5:
              issue.comments.append(Comment(issueID: pick, author: "a", text: "t\(number)", createdAt: now))
            default: issue.status = issue.status == .closed ? .open : .closed
            }
          }
        }
        if Bool.random(using: &random) { try store.flush() }
      }
      let before = try Snapshot(store)
      store.closeConnection()
      let report = try #require(try recovery(project).run(always: true, deep: true))
      #expect(report.losses == [])
      let again = try project.openStore(options: StoreOptions(exportsFile: false))
      #expect(try Snapshot(again) == before)
      again.closeConnection()
    }
  }

  private struct Snapshot: Equatable {
    let issues: [String]
    let config: [String]
    let events: Int64?
    let operations: [BeadsStore.Operation]
    let ready: [IssueID]

    init(_ store: Store) throws {
      issues = try store.issues(where: "1").map(\.jsonLine)
      config = try store.allConfig().map { "\($0.key)=\($0.value)" }
      events = try store.connection.int64("SELECT COUNT(*) FROM events")
      operations = try store.operations(limit: 1000)
      ready = try store.connection.all("SELECT issue_id FROM blocked_issues_cache ORDER BY 1") {
        IssueID(unchecked: $0.text(0))
      }
    }
  }

  /// Killed at every place, the store is the old or the new one.
  @Test func dryRunChangesNothing() throws {
    let (project, _) = try makeProject(count: 4)
    let connection = try Connection(project.location.databasePath, .readWrite)
    try connection.checkpoint(.truncate)
    connection.close()
    let names = try FileSystem.list(project.beadsDirectory)
    let report = try #require(try recovery(project).run(always: true, isDryRun: true))
    #expect(report.issueCount == 6)
    #expect(report.keptAs == nil)
    #expect(
      try FileSystem.list(project.beadsDirectory).filter { !$0.hasSuffix(".lock") }
        == names.filter { !$0.hasSuffix(".lock") })
  }
}
