import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// SQLite before 3.51.3 can corrupt a database when one connection checkpoints while another writes.
///
/// No two of ours do either at once: whoever changes database or log, or checkpoints, holds the write lock or has the database alone.
@Suite struct FaultTurnTests {
  private struct World {
    let project: TestProject
    let disk: DiskScript

    init() throws {
      project = try TestProject()
      let lock = FileLock(path: Path.join(project.beadsDirectory, ".write.lock"), command: "test")
      disk = FaultVFS.watch(project.beadsDirectory) { lock.holder() != nil }
    }
  }

  @Test func everythingWeDoIsDoneInTurn() throws {
    let world = try World()
    let project = world.project
    let store = try project.makeStore()
    try change(store, "One")
    try store.flush()
    let reader = try project.openStore(access: .readOnly)
    let other = try project.openStore(actor: "bob")
    #expect(try reader.count() == 1)
    try change(other, "Two")
    try other.flush()
    _ = try store.sql("UPDATE issues SET priority = 0 WHERE title = 'One'")
    _ = try store.sql("SELECT * FROM issues")
    try store.undo()
    try FileSystem.append(Array(foreignLine.utf8), to: project.location.jsonlPath)
    try store.importChanges()
    // So much that the log is moved into the database at once.
    _ = try store.importIssues(from: TrackerGenerator(count: 3000).jsonLines())
    #expect(try FileSystem.stamp(project.location.databasePath)?.size ?? 0 > 1 << 20)
    try store.flush(force: true)
    try Store.openSnapshot(at: project.location).closeConnection()
    // The writers go first: whoever is last moves what is left of the log.
    other.closeConnection()
    store.closeConnection()
    reader.closeConnection()
    let last = try project.openStore()
    #expect(try last.count() == 3003)
    last.closeConnection()
    #expect(world.disk.strays == [])
  }

  /// A log that a killed process left is replayed by whoever comes next.
  @Test func aLogThatIsLeftIsReplayedInTurn() throws {
    let world = try World()
    let project = world.project
    let store = try project.makeStore()
    try change(store, "One")
    let copies = ["beads.db", "beads.db-wal"].map { Path.join(project.beadsDirectory, $0) }
    let bytes = try copies.map { try FileSystem.read($0) }
    store.closeConnection()
    for (path, content) in zip(copies, bytes) { try FileSystem.replace(path, with: content) }
    try FileSystem.remove(project.location.databasePath + "-shm")
    let reader = try project.openStore(access: .readOnly)
    #expect(try reader.count() == 1)
    let writer = try project.openStore()
    try change(writer, "Two")
    writer.closeConnection()
    #expect(try reader.count() == 2)
    reader.closeConnection()
    #expect(world.disk.strays == [])
  }

  /// The watch sees what it is to see.
  @Test func aWriteOutOfTurnIsNoticed() throws {
    let world = try World()
    let store = try world.project.makeStore()
    #expect(world.disk.strays == [])
    let rogue = try Connection(world.project.location.databasePath, .readWrite)
    try rogue.execute("UPDATE config SET value = value || '!'")
    #expect(!world.disk.strays.isEmpty)
    let count = world.disk.strays.count
    try rogue.checkpoint()
    #expect(world.disk.strays[count...].contains { $0.hasPrefix("checkpoint") })
    store.closeConnection()
  }

  /// What was acknowledged survives a loss of power: its bytes are on the disk.
  @Test func acknowledgedChangesAreSynced() throws {
    let world = try World()
    let store = try world.project.makeStore()
    for number in 1...5 {
      try change(store, "Number \(number)")
      #expect(!world.disk.unsynced.contains(world.project.location.databasePath + "-wal"))
      try store.flush()
    }
    // What an export notes may be lost, and so needs no sync: comparing with the file again finds it.
    #expect(world.disk.unsynced.contains(world.project.location.databasePath + "-wal"))
    store.closeConnection()
    #expect(!world.disk.unsynced.contains(world.project.location.databasePath))
  }

  private func change(_ store: Store, _ title: String) throws {
    try store.write("create") { tx throws(BeadsError) in _ = try tx.create(IssueDraft(title: title)) }
  }

  private let foreignLine =
    #"{"id":"t-x","title":"X","status":"open","priority":1,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"#
    + "\n"
}
