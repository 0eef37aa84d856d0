import BeadsKit
import BeadsModel
import BeadsStore
import BeadsSystem
import BeadsTesting
import Testing

/// What `doctor --apply` does: exactly the plan, in one operation that can be undone, or nothing.
@Suite struct RepairTests {
  private func doctor(_ world: FsckWorld) -> Doctor { Doctor(environment: world.project.environment) }

  /// Damage that no plan mends; `fsck` goes on naming it.
  private static let lasting: Set<FsckFinding.Kind> = [.logGap, .schemaDiffers]

  @Test(arguments: FsckDamage.all) func planMendsDamage(_ damage: FsckDamage) throws {
    let world = try FsckWorld()
    #expect(try doctor(world).plan().isEmpty)
    try damage.inflict(world)
    let isLasting =
      !Self.lasting.isDisjoint(with: damage.kinds)
      || damage.subjects.first.map { ["operation 1", "line 1"].contains($0) } ?? false
    let plan = try doctor(world).plan()
    #expect(plan.isEmpty == (damage.kinds.isEmpty || isLasting))
    #expect(try doctor(world).plan() == plan)
    if plan.isEmpty { return }
    let report = try doctor(world).apply(plan.id)
    #expect(report.plan == plan)
    // An image that cannot be read stays in the log.
    let isTorn = damage.testDescription.contains("after = '{'")
    let found = try world.fsck().findings.filter { !(isTorn && $0.kind == .logGap) }
    #expect(found == [], "\(plan)")
    #expect(try doctor(world).plan().isEmpty)
    // Every issue is still there.
    let store = try world.project.openStore()
    for id in [FsckWorld.a, FsckWorld.b, FsckWorld.c, FsckWorld.d, FsckWorld.gone] {
      #expect(try store.exists(id), "\(id)")
    }
  }

  @Test func undoTakesAllRepairsBack() throws {
    let world = try FsckWorld()
    try world.edit(
      """
      UPDATE issues SET title = 'Changed outside' WHERE id = 't-b';
      INSERT INTO dependencies (issue_id, depends_on_id, created_at) VALUES
        ('t-d', 't-nowhere', '2026-01-01T00:00:00.000000000Z'), ('t-c', 't-a', '2026-01-01T00:00:00.000000000Z');
      """)
    let first = try doctor(world).plan()
    #expect(first.repairs.map(\.kind) == [.adoptChanges, .orphanedEdges, .childParent, .derived, .file])
    let report = try doctor(world).apply(first.id)
    let store = try world.project.openStore()
    #expect(try store.issue(FsckWorld.b)?.title == "Changed outside")
    #expect(try store.issue(FsckWorld.d)?.dependencies == [])
    #expect(try store.issue(FsckWorld.c)?.dependencies.map(\.type) == [.parentChild])
    #expect(world.project.exportedText.contains("Changed outside"))
    #expect(try store.operations(limit: 1).map(\.id) == [report.operation])
    #expect(try store.undo().operation.id == report.operation)
    #expect(try store.issue(FsckWorld.b)?.title == "Issue b")
    #expect(try store.fsck().findings.filter { $0.kind != .fileLacks } == [])
  }

  @Test func outdatedPlanIsRefused() throws {
    let world = try FsckWorld()
    try world.edit("UPDATE issues SET title = 'x' WHERE id = 't-a'")
    let plan = try doctor(world).plan()
    try world.edit("UPDATE issues SET title = 'y' WHERE id = 't-a'")
    let before = try world.fsck()
    for id in [plan.id, "deadbeef", ""] {
      let error = #expect(throws: BeadsError.self) { try doctor(world).apply(id) }
      #expect(error?.code == .conflict)
    }
    #expect(try world.fsck() == before)
    #expect(!FileSystem.exists(Path.join(world.project.beadsDirectory, "backup")))
  }

  @Test func oneRepairOfAPlan() throws {
    let world = try FsckWorld()
    try world.edit(
      "UPDATE issues SET title = 'x' WHERE id = 't-a'; INSERT INTO labels VALUES ('t-none', 'l')")
    let plan = try doctor(world).plan()
    let stray = try #require(plan.repairs.first { $0.kind == .strayRows })
    let report = try doctor(world).apply(stray.id)
    #expect(report.plan.repairs == [stray])
    #expect(report.operation == nil && report.backup == nil)
    #expect(try doctor(world).plan().repairs == plan.repairs.filter { $0 != stray })
    let kept = try FileSystem.list(Path.join(world.project.beadsDirectory, "quarantine"))
    #expect(kept.contains { $0.hasSuffix(".jsonl") })
  }

  @Test func filesAreCopiedFirst() throws {
    let world = try FsckWorld()
    try world.editFile { $0.removeFirst() }
    let before = world.project.exportedText
    let report = try doctor(world).apply(try doctor(world).plan().id)
    let backup = try #require(report.backup)
    #expect(try FileSystem.readText(Path.join(backup, "issues.jsonl")) == before)
    #expect(FileSystem.exists(Path.join(backup, "beads.db")))
    #expect(world.project.exportedText.contains("t-a"))
  }

  @Test func leftoversAreMoved() throws {
    let world = try FsckWorld()
    let path = Path.join(world.project.beadsDirectory, "beads.left.jsonl")
    try FileSystem.replace(path, with: Array("x".utf8))
    let plan = try doctor(world).plan()
    #expect(plan.repairs.map(\.kind) == [.leftovers])
    let report = try doctor(world).apply(plan.id)
    #expect(!FileSystem.exists(path))
    #expect(report.notes.count == 1)
  }
}
