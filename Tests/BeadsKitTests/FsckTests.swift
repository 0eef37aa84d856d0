import BeadsFormats
import BeadsKit
import BeadsModel
import BeadsStore
import BeadsSystem
import BeadsTesting
import Testing

/// `fsck` accepts whatever the library does and names whatever anybody else does.
@Suite struct FsckTests {
  /// Lives with exports, undos, imports and edits of the file by others in between.
  @Test(arguments: [11, 12, 13, 15, 16, 17] as [UInt64]) func randomLivesAreSound(_ seed: UInt64) throws {
    var life = try RandomLife(seed)
    var random = TestRandom(seed: seed &* 77)
    for step in 0..<100 {
      try life.lookAgain()
      try life.step()
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2: try life.store.flush()
      case 3: _ = try? life.store.undo()
      case 4: try editFile(life, &random)
      case 5:
        let key = "kv.k\(Int.random(in: 0..<3, using: &random))"
        try life.store.write("kv") { transaction throws(BeadsError) in
          try transaction.setConfig(key, step.isMultiple(of: 3) ? nil : "\(step)")
        }
      case 6: try addLocalWork(life, step)
      default: break
      }
      if step.isMultiple(of: 10) { try expectSound(life.store) }
    }
    try life.store.flush(force: true)
    try expectSound(life.store)
    let counts = try life.store.fsck().proved
    #expect(counts.issues > 8 && counts.operations > 30 && counts.changes > 30 && counts.lines > 5)
  }

  private func expectSound(_ store: Store) throws {
    _ = try store.importChanges()
    let report = try store.fsck()
    #expect(report.findings == [])
  }

  /// Somebody else changes, drops and adds lines, in an order and a form of their own.
  private func editFile(_ life: RandomLife, _ random: inout TestRandom) throws {
    let path = life.project.location.jsonlPath
    guard FileSystem.exists(path) else { return }
    var lines = try FileSystem.readText(path).split(separator: "\n").map(String.init)
    lines.shuffle(using: &random)
    if lines.count > 3 { lines.removeLast() }
    let id = try life.ids.first.map { try IssueID("\($0)-f\(lines.count)") }
    if let id, var issue = try life.store.issue(life.ids[0]), !issue.isTombstone {
      issue.notes += "edited"
      issue.updatedAt = issue.updatedAt.adding(seconds: 5)
      issue.labels.append("zz")
      let replaced = [issue.id.rawValue, id.rawValue]
      lines.removeAll { line in
        JSONValue(parsing: line)?["id"]?.stringValue.map { replaced.contains($0) } ?? false
      }
      lines.append(issue.jsonLine.replacing("\":", with: "\" : "))
      issue.id = id
      issue.dependencies = []
      issue.comments = []
      lines.append(issue.jsonLine)
    }
    try FileSystem.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    _ = try life.store.importChanges()
  }

  private func addLocalWork(_ life: RandomLife, _ step: Int) throws {
    let id = life.ids[step % life.ids.count]
    let isLive = try life.store.issue(id).map { !$0.isTombstone } ?? false
    try life.store.write("more") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: "Wisp \(step)")
      draft.isEphemeral = true
      _ = try transaction.create(draft)
      if isLive { try transaction.addComment("said \(step)", to: id) }
    }
  }

  // MARK: Damage

  @Test(arguments: FsckDamage.all) func damageIsNamed(_ damage: FsckDamage) throws {
    let world = try FsckWorld()
    #expect(try world.fsck().findings == [])
    try damage.inflict(world)
    let report = try world.fsck()
    #expect(Set(report.findings.map(\.kind)) == Set(damage.kinds), "\(report.findings)")
    for finding in report.findings {
      #expect(damage.subjects.contains(finding.subject), "\(finding)")
      #expect(!finding.message.isEmpty)
    }
  }

  @Test func everyKindOfFindingIsTested() {
    let tested = Set(FsckDamage.all.flatMap(\.kinds)).union(
      [.databaseDamaged, .historyLost] as [FsckFinding.Kind])
    #expect(tested == Set(FsckFinding.Kind.allCases))
  }

  @Test func damagedPagesAreNamed() throws {
    let world = try FsckWorld()
    let path = world.project.location.databasePath
    let connection = try Connection(path, .readWrite)
    try connection.checkpoint(.truncate)
    let page = try #require(
      try connection.int64("SELECT rootpage FROM sqlite_master WHERE name = 'comments'").map { Int($0) })
    connection.close()
    var bytes = try FileSystem.read(path)
    for index in (page - 1) * 4096..<page * 4096 { bytes[index] = 0xA5 }
    try FileSystem.replace(path, with: bytes)
    let report = try world.fsck()
    #expect(report.findings.contains { $0.kind == .databaseDamaged })
  }

  @Test func lostHistoryIsNamed() throws {
    let clone = try GitClone("a", in: TestProject())
    try clone.start()
    let location = StoreLocation(directory: Path.join(clone.directory, ".beads"))
    try FileSystem.makeDirectory(location.directory)
    let store = try Store.create(at: location, prefix: try Prefix("t"), environment: clone.environment)
    try store.write("create") { transaction throws(BeadsError) in
      _ = try transaction.create(IssueDraft(title: "kept"))
    }
    try store.flush()
    let kept = try clone.text(".beads/issues.jsonl")
    let line = #"{"id":"t-was","title":"x","created_at":"2026-01-01T00:00:00Z"}"#
    let deleted = line.replacing("t-was", with: "t-del").replacing(
      "}", with: #","status":"tombstone","deleted_at":"2026-01-01T00:00:00Z"}"#)
    try clone.commit(".beads/issues.jsonl", kept + line + "\n" + deleted + "\n")
    try clone.commit(".beads/issues.jsonl", kept)
    _ = try store.importChanges()
    let report = try store.fsck(history: clone.workspace())
    #expect(report.findings.map(\.kind) == [.historyLost])
    #expect(report.findings.map(\.subject) == ["t-was"])
    #expect(report.proved.history == 3)
  }

  @Test func nothingIsWritten() throws {
    let world = try FsckWorld()
    let directory = world.project.beadsDirectory
    _ = try world.fsck()
    let before = try snapshot(directory)
    try world.edit("UPDATE issues SET title = 'x' WHERE id = 't-a'")
    let damaged = try snapshot(directory)
    _ = try world.fsck()
    #expect(try snapshot(directory) == damaged)
    #expect(before != damaged)
  }

  private func snapshot(_ directory: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try FileSystem.list(directory) where !name.hasSuffix("-shm") {
      files[name] = try FileSystem.read(Path.join(directory, name))
    }
    return files
  }
}
