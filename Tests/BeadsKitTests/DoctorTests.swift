import BeadsKit
import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// The table of checks: each one's good and bad case, in projects of every kind.
@Suite struct DoctorTests {
  private func examine(_ environment: Environment, _ scope: Doctor.Scope = .deep) -> HealthReport {
    let doctor = Doctor(environment: environment)
    defer { doctor.close() }
    return doctor.examine(scope)
  }

  private func problems(_ report: HealthReport) -> [String] {
    report.problems.map(\.name).filter { $0 != "CLI Availability" }
  }

  @Test func soundProjectHasNoProblems() throws {
    let world = try FsckWorld()
    #expect(problems(examine(world.project.environment)) == [])
  }

  @Test func namesAreUnique() {
    let names = DoctorCheck.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in Doctor.validation + Doctor.artifacts + Doctor.conventions { #expect(names.contains(name)) }
  }

  @Test func withoutProjectItSaysSo() throws {
    let report = examine(try TestProject().environment)
    #expect(!report.isHealthy)
    #expect(report.checks.first?.name == "Installation")
    #expect(report.checks.first?.status == .error)
    #expect(throws: BeadsError.self) { try Doctor(environment: TestProject().environment).plan() }
  }

  /// A change to the database or the files, and the check that must notice it.
  struct Flaw: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var status = HealthVerdict.Status.warning
    var alsoNamed: [String] = []
    let make: @Sendable (FsckWorld) throws -> Void

    static func sql(
      _ name: String, is status: HealthVerdict.Status = .warning, also: [String] = [], _ sql: String
    ) -> Flaw {
      Flaw(testDescription: name, status: status, alsoNamed: also) { try $0.edit(sql) }
    }

    static func file(
      _ name: String, is status: HealthVerdict.Status = .warning, also: [String] = [], _ file: String,
      _ text: String
    ) -> Flaw {
      Flaw(testDescription: name, status: status, alsoNamed: also) { world in
        let path = Path.join(world.project.beadsDirectory, file)
        try FileSystem.makeDirectory(Path.directory(of: path))
        try FileSystem.replace(path, with: Array(text.utf8))
      }
    }
  }

  private static let agreement = "Store Agreement"
  private static let edge = "'2026-01-01T00:00:00.000000000Z'"

  static let flaws: [Flaw] = [
    .sql(
      "Dependency Cycles", is: .error, also: [agreement],
      "INSERT INTO dependencies (issue_id, depends_on_id, created_at) VALUES ('t-b', 't-a', \(edge))"),
    .sql(
      "Orphaned Dependencies", also: [agreement],
      "INSERT INTO dependencies (issue_id, depends_on_id, created_at) VALUES ('t-b', 't-zz', \(edge))"),
    .sql(
      "Child-Parent Dependencies", also: [agreement, "Dependency Cycles"],
      "INSERT INTO dependencies (issue_id, depends_on_id, created_at) VALUES ('t-c', 't-a', \(edge)), ('t-a', 't-c', \(edge))"
    ),
    .sql("Duplicate Issues", also: [agreement], "UPDATE issues SET title = 'Issue c' WHERE id = 't-b'"),
    .sql("Test Pollution", also: [agreement], "UPDATE issues SET title = 'Test issue 3' WHERE id = 't-b'"),
    .sql("Misclassified Wisps", also: [agreement], "UPDATE issues SET id = 't-wisp-3' WHERE id = 't-d'"),
    .sql("Parent Consistency", also: [agreement], "UPDATE issues SET status = 'closed' WHERE id = 't-a'"),
    .sql("Dependency Integrity", also: [agreement], "UPDATE dependencies SET metadata = '{'"),
    .sql("Schema Compatibility", is: .error, "DROP INDEX idx_labels_label"),
    .sql("Store Agreement", is: .error, "DELETE FROM labels"),
    .sql("Database Config", is: .error, "DELETE FROM config WHERE key = 'issue_prefix'"),
    .sql("Config Values", "INSERT INTO config VALUES ('issue_id_mode', 'dice')"),
    .sql("Repo Fingerprint", "INSERT OR REPLACE INTO metadata VALUES ('project_id', 'another')"),
    .sql(
      "DB-JSONL Sync",
      "INSERT INTO dirty_issues SELECT subject, '', 1, after FROM operation_changes WHERE subject = 't-b'"),
    .file("JSONL Integrity", is: .error, also: ["DB-JSONL Sync"], "issues.jsonl", "{\"id\":\n"),
    .file(
      "Git Conflicts", is: .error, also: ["DB-JSONL Sync"], "issues.jsonl",
      "<<<<<<< a\n=======\n>>>>>>> b\n"),
    .file("JSONL Config", is: .error, "metadata.json", "[]"),
    .file("JSONL Files", "beads.jsonl", "x"),
    .file("Database Files", "other.db", "x"),
    .file("Deletions Manifest", "deletions.jsonl", "x"),
    .file("Merge Artifacts", "beads.base.jsonl", "x"),
    .file("Lock Files", "daemon.pid", "1"),
    .file("Quarantine", "quarantine/line-1.jsonl", "x"),
  ]

  @Test(arguments: flaws) func flawIsNamed(_ flaw: Flaw) throws {
    let world = try FsckWorld()
    try FileSystem.replace(
      Path.join(world.project.beadsDirectory, "metadata.json"), with: Array(#"{"project_id":"one"}"#.utf8))
    try flaw.make(world)
    let report = examine(world.project.environment)
    let verdict = try #require(report.checks.first { $0.name == flaw.testDescription })
    #expect(verdict.status == flaw.status, "\(verdict)")
    #expect(!verdict.message.isEmpty)
    #expect(Set(problems(report)) == Set([flaw.testDescription] + flaw.alsoNamed), "\(report.problems)")
  }

  @Test func damagedDatabaseIsNamed() throws {
    let world = try FsckWorld()
    try FileSystem.replace(world.project.location.databasePath, with: Array(repeating: 0x5A, count: 9000))
    let report = examine(world.project.environment)
    #expect(!report.isHealthy)
    #expect(problems(report) == ["Database", "Database Integrity"])
  }

  @Test func freshCloneIsNoError() throws {
    let world = try FsckWorld()
    _ = try FileSystem.remove(world.project.location.databasePath)
    let report = examine(world.project.environment)
    #expect(report.isHealthy)
    #expect(problems(report) == ["Fresh Clone"])
    #expect(!FileSystem.exists(world.project.location.databasePath))
  }

  @Test func settingLeavesACheckOut() throws {
    let world = try FsckWorld()
    let store = try world.project.openStore()
    _ = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "Test issue 3"))
    }
    try store.flush()
    #expect(problems(examine(world.project.environment)) == ["Test Pollution"])
    try store.write("config") { transaction throws(BeadsError) in
      try transaction.setConfig("doctor.suppress.test-pollution", "true")
    }
    try store.close()
    let report = examine(world.project.environment)
    #expect(problems(report) == [])
    #expect(report.suppressedCount == 1)
  }

  @Test func nothingIsWritten() throws {
    let world = try FsckWorld()
    try world.edit("UPDATE issues SET title = 'x' WHERE id = 't-a'")
    func snapshot() throws -> [String: [UInt8]] {
      var files: [String: [UInt8]] = [:]
      for name in try FileSystem.list(world.project.beadsDirectory) where !name.hasSuffix("-shm") {
        files[name] = try FileSystem.read(Path.join(world.project.beadsDirectory, name))
      }
      return files
    }
    let before = try snapshot()
    _ = examine(world.project.environment)
    _ = try Doctor(environment: world.project.environment).plan()
    #expect(try snapshot() == before)
  }

  @Test func titlesOfRealWorkAreNoPollution() throws {
    let store = try TestProject().makeStore()
    let titles = [
      "Test the parser", "Testing strategy for merges", "Sample rate is wrong", "Fix test issue 3",
    ]
    let left = ["test", "Test issue 3", "test-task-12", "foo bar", "Dummy"]
    try store.write("create") { transaction throws(BeadsError) in
      for title in titles + left { _ = try transaction.create(IssueDraft(title: title)) }
    }
    #expect(Set(try store.testIssues().map(\.title)) == Set(left))
  }
}
