import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite("Backups")
struct BackupTests {
  private struct World {
    let project: TestProject
    let backups: Backups

    init() throws {
      project = try TestProject()
      var options = WorkspaceInit.Options()
      options.prefix = "t"
      let report = try WorkspaceInit(options, environment: project.environment).prepare()
      try Store.create(
        at: project.location, prefix: report.prefix, environment: project.environment
      ).close()
      backups = Backups(report.workspace, environment: project.environment)
    }

    /// Makes and changes issues at random.
    func change(_ store: Store, _ random: inout SeededRandom, steps: Int) throws {
      for step in 0..<steps {
        let ids = try store.issues(where: "i.status <> 'tombstone'", lists: false).map(\.id)
        let (choice, first, second) = (random.below(6), random.pick(ids), random.pick(ids))
        _ = try? store.write("step") { tx throws(BeadsError) in
          switch (choice, first) {
          case (1, let id?): try tx.update(id) { $0.priority = ($0.priority + 1) % 5 }
          case (2, let id?): try tx.close(id, reason: "done")
          case (3, let id?): try tx.addComment("Comment \(step)", to: id)
          case (4, let id?): if let second { try tx.addDependency(id, dependsOn: second, type: .related) }
          case (5, let id?): _ = try tx.delete([id], reason: "gone")
          default:
            var draft = IssueDraft(title: "Issue \(step)")
            draft.labels = ["a"]
            draft.isEphemeral = step % 7 == 0
            try tx.create(draft)
          }
        }
        project.advance(seconds: 1)
      }
    }
  }

  private func state(_ store: Store) throws -> [BeadsModel.Issue] { try store.issues(where: "1") }

  /// Whatever happened since, restoring brings every issue back as it was, and loses nothing of what is replaced.
  @Test(arguments: 0..<12)
  func restoringBringsEverythingBack(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let world = try World()
    var store = try world.project.openStore()
    try world.change(store, &random, steps: 30)
    try store.flush(force: true)
    let (before, file) = (try state(store), world.project.exportedText)
    let backup = try world.backups.make(store).made
    #expect(backup.problems().isEmpty)
    #expect(backup.issueCount == (try store.count()))
    #expect(try world.backups.plan(backup, store).isEmpty)

    try world.change(store, &random, steps: 30)
    try store.flush(force: true)
    let after = try state(store)
    let plan = try world.backups.plan(backup, store)
    let (old, new) = (shared(before), shared(after))
    #expect(plan.leaving == new.keys.filter { old[$0] == nil }.sorted())
    #expect(plan.returning == old.keys.filter { new[$0] == nil }.sorted())
    #expect(plan.changing == new.keys.filter { id in old[id].map { $0 != new[id] } ?? false }.sorted())

    // A process that has the database open follows to the restored one.
    let other = try world.project.openStore(actor: "bob")
    let done = try world.backups.restore(backup, store)
    store = try world.project.openStore()
    try store.importChanges()
    #expect(try state(store) == before)
    #expect(world.project.exportedText == file)
    #expect(try store.connection.integrityCheck().isEmpty)
    try other.write("later") { tx throws(BeadsError) in try tx.create(IssueDraft(title: "Later")) }
    #expect(try store.count() == backup.issueCount + 1)

    // What was replaced is all there, twice.
    #expect(FileSystem.exists(try #require(done.setAside)))
    #expect(done.safety.problems().isEmpty)
    store.closeConnection()
    other.closeConnection()
    store = try world.project.openStore()
    _ = try world.backups.restore(done.safety, store)
    store = try world.project.openStore()
    #expect(try state(store) == after)
    store.closeConnection()
  }

  private func shared(_ issues: [BeadsModel.Issue]) -> [IssueID: String] {
    Dictionary(uniqueKeysWithValues: issues.filter { !$0.isEphemeral }.map { ($0.id, $0.jsonLine) })
  }

  /// Database and issue file of a backup are of one moment.
  @Test func bothHalvesAgree() throws {
    let world = try World()
    let store = try world.project.openStore()
    var random = SeededRandom(seed: 7)
    try world.change(store, &random, steps: 20)
    let backup = try world.backups.make(store).made
    let names = ["beads.db", "config.yaml", "interactions.jsonl", "issues.jsonl", "metadata.json"]
    #expect(backup.files.map(\.name) == names)
    #expect(try FileSystem.list(backup.path) == (names + ["backup.json"]).sorted())
    let copy = try Store.open(at: StoreLocation(directory: backup.path), access: .readOnly)
    var lines = ""
    try copy.exportIssues { issue in lines += issue.jsonLine + "\n" }
    #expect(lines == (try FileSystem.readText(Path.join(backup.path, "issues.jsonl"))))
    copy.closeConnection()
    store.closeConnection()
    #expect(backup.problems().isEmpty, "reading leaves no trace")
  }

  @Test(arguments: ["beads.db", "issues.jsonl", "config.yaml"], ["changed", "missing", "shorter"])
  func damageIsFound(_ name: String, _ damage: String) throws {
    let world = try World()
    let store = try world.project.openStore()
    try store.write("create") { tx throws(BeadsError) in try tx.create(IssueDraft(title: "A")) }
    let backup = try world.backups.make(store).made
    let path = Path.join(backup.path, name)
    var bytes = try FileSystem.read(path)
    switch damage {
    case "changed": bytes[bytes.count / 2] ^= 1
    case "shorter": bytes.removeLast()
    default: try FileSystem.remove(path)
    }
    if damage != "missing" { try FileSystem.replace(path, with: bytes) }
    #expect(backup.problems().count == 1)
    let before = try FileSystem.list(world.project.beadsDirectory)
    #expect(throws: BeadsError.self) { try world.backups.plan(backup, store) }
    #expect(throws: BeadsError.self) { try world.backups.restore(backup, store) }
    #expect(try FileSystem.list(world.project.beadsDirectory) == before)
    #expect(try store.count() == 1)
    store.closeConnection()
  }

  @Test func theOldestGo() throws {
    let world = try World()
    let store = try world.project.openStore()
    var names: [String] = []
    for _ in 0..<5 {
      names.append(try world.backups.make(store, keeping: 3).made.name)
      world.project.advance(seconds: 1)
    }
    #expect(try world.backups.list().map(\.name) == names.suffix(3).reversed())
    store.closeConnection()
  }

  /// Projects that share a directory see and remove only their own.
  @Test func severalProjectsInOneDirectory() throws {
    let (first, second) = (try World(), try World())
    // Fixed randomness gave both the same identity.
    let metadata = Path.join(second.project.beadsDirectory, "metadata.json")
    let text = try FileSystem.readText(metadata)
    let other = text.replacing("\"project_id\": \"", with: "\"project_id\": \"other-")
    try FileSystem.replace(metadata, with: Array(other.utf8))
    let directory = Path.join(first.project.directory, "shared")
    for world in [first, second] {
      try world.backups.choose(directory)
      let store = try world.project.openStore()
      for _ in 0..<2 { _ = try world.backups.make(store, keeping: 1) }
      store.closeConnection()
      #expect(try world.backups.list().count == 1)
    }
    #expect(try FileSystem.list(directory).count { !$0.hasPrefix(".") } == 2)
    #expect(try first.backups.forgetDestination() == directory)
    #expect(try first.backups.list().isEmpty)
  }

  @Test func whatAKilledMakerLeftGoes() throws {
    let world = try World()
    let store = try world.project.openStore()
    let draft = Path.join(world.project.beadsDirectory, "backup/.unfinished-x")
    try FileSystem.makeDirectory(draft)
    try FileSystem.replace(Path.join(draft, "beads.db"), with: [1])
    _ = try world.backups.make(store)
    #expect(!FileSystem.exists(draft))
    store.closeConnection()
  }
}
