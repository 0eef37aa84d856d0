import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// Clones whose entropy gave two issues one ID, before they sync.
@Suite struct SeparatedClonesTests {
  private static let id = IssueID(unchecked: "t-4es")

  /// Makes an issue under the common ID, one that needs it, a comment and a child, as everything it has.
  private static func live(_ world: SyncWorld, _ clone: Int, _ title: String) throws {
    world.project.advance(seconds: 17)
    try world.clones[clone].withStore { store in
      try store.write("create") { tx throws(BeadsError) in
        var draft = IssueDraft(title: title)
        draft.id = id
        try tx.create(draft)
        var user = IssueDraft(title: "\(title), used")
        user.description = "see \(id)"
        let userID = try tx.create(user).id
        try tx.addDependency(userID, dependsOn: id)
        try tx.addComment("about \(title)", to: id)
        var child = IssueDraft(title: "\(title), part")
        child.parent = id
        try tx.create(child)
      }
    }
  }

  private static func issue(_ title: String, in clone: GitClone) throws -> BeadsModel.Issue {
    try #require(try clone.withStore { try $0.issues(where: "i.title = '\(title)'").first }, "\(title)")
  }

  private static func settle(_ world: SyncWorld) throws {
    for _ in 0..<2 { for index in world.clones.indices { try world.sync(index) } }
    for clone in world.clones.dropFirst() { #expect(clone.issueFile == world.clones[0].issueFile) }
  }

  /// Everything that was said of an issue, in every clone.
  private static func expect(_ world: SyncWorld, _ title: String, _ id: IssueID) throws {
    for clone in world.clones {
      let found = try issue(title, in: clone)
      #expect(found.id == id)
      #expect(found.comments.map(\.text) == ["about \(title)"])
      let user = try issue("\(title), used", in: clone)
      #expect(user.dependencies.map(\.dependsOnID) == [id])
      #expect(user.description == "see \(id)")
      #expect(try issue("\(title), part", in: clone).dependencies.map(\.dependsOnID) == [id])
    }
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]]) func clonesAgree(_ order: [Int]) throws {
    let world = try SyncWorld(["a", "b", "c"])
    for (clone, title) in [(0, "First"), (1, "Second"), (2, "Third")] { try Self.live(world, clone, title) }
    let births = try ["First", "Second", "Third"].enumerated().map {
      try Self.issue($0.element, in: world.clones[$0.offset]).createdAt.seconds
    }
    for index in order { try world.sync(index) }
    try Self.settle(world)
    try Self.expect(world, "First", Self.id)
    try Self.expect(world, "Second", Self.id.beside(bornAt: births[1]))
    try Self.expect(world, "Third", Self.id.beside(bornAt: births[2]))
    for clone in world.clones {
      let report = try clone.withStore { try $0.fsck(history: try clone.workspace()) }
      #expect(report.findings.isEmpty, "\(report.findings)")
    }
  }

  /// One is deleted before the clones meet, or after.
  @Test(arguments: [(0, true), (1, true), (0, false), (1, false)]) func deletion(
    _ deleter: Int, _ isEarly: Bool
  ) throws {
    let world = try SyncWorld()
    try Self.live(world, 0, "First")
    try Self.live(world, 1, "Second")
    func delete(_ title: String) throws {
      let id = try Self.issue(title, in: world.clones[deleter]).id
      try world.clones[deleter].withStore { store in
        try store.write("delete") { tx throws(BeadsError) in try tx.delete([id], force: true) }
      }
    }
    let (gone, kept) = deleter == 0 ? ("First", "Second") : ("Second", "First")
    if isEarly { try delete(gone) }
    try Self.settle(world)
    if !isEarly { try delete(gone) }
    try Self.settle(world)
    for clone in world.clones {
      #expect(try Self.issue(gone, in: clone).isTombstone)
      #expect(try Self.issue(kept, in: clone).status == .open)
    }
  }

  /// A clone that has the later one already, edits it under its old ID and syncs last.
  @Test func aCloneThatIsBehind() throws {
    let world = try SyncWorld(["a", "b", "c"])
    try Self.live(world, 1, "Second")
    let second = try Self.issue("Second", in: world.clones[1])
    try world.sync(1)
    try world.sync(2)
    world.project.advance(seconds: -100)
    try Self.live(world, 0, "First")
    world.project.advance(seconds: 200)
    try world.sync(0)
    try world.clones[2].update(Self.id) { $0.labels = ["late"] }
    try world.clones[2].withStore { store in
      try store.write("create") { tx throws(BeadsError) in
        let id = try tx.create(IssueDraft(title: "Late")).id
        try tx.addDependency(id, dependsOn: Self.id)
      }
    }
    try Self.settle(world)
    let newID = Self.id.beside(bornAt: second.createdAt.seconds)
    try Self.expect(world, "First", Self.id)
    try Self.expect(world, "Second", newID)
    for clone in world.clones {
      #expect(try Self.issue("Second", in: clone).labels == ["late"])
      #expect(try Self.issue("Late", in: clone).dependencies.map(\.dependsOnID) == [newID])
    }
  }

  /// The file comes with another issue under an ID of the database: a branch, or a copy from elsewhere.
  @Test(arguments: [true, false]) func theFileBringsAnother(isOursLater: Bool) throws {
    let world = try SyncWorld(["a"])
    try Self.live(world, 0, "Ours")
    let clone = world.clones[0]
    let ours = try Self.issue("Ours", in: clone)
    let birth = ours.createdAt.adding(seconds: isOursLater ? -5 : 5)
    let other = Issue(id: Self.id, title: "Theirs", createdAt: birth)
    let file = clone.issueFile.split(separator: "\n").map {
      $0.contains(#""title":"Ours","#) ? other.jsonLine : String($0)
    }
    try clone.write(".beads/issues.jsonl", file.joined(separator: "\n") + "\n")
    let newID = Self.id.beside(bornAt: (isOursLater ? ours.createdAt : birth).seconds)
    let report = try clone.withStore { store in
      #expect(try store.issue(isOursLater ? newID : Self.id)?.title == "Ours")
      #expect(try store.issue(isOursLater ? Self.id : newID)?.title == "Theirs")
      // Whoever began before the file came means the issue that had the ID then.
      #expect(try store.resolve(Self.id.rawValue) == (isOursLater ? newID : Self.id))
      let events = try store.connection.all(
        "SELECT event_type FROM events WHERE issue_id = ?1", newID.rawValue
      ) {
        $0.text(0)
      }
      #expect(events.contains("renamed") == isOursLater)
      return try store.fsck()
    }
    #expect(report.findings.isEmpty, "\(report.findings)")
    #expect(
      try Self.issue("Ours, used", in: clone).dependencies.map(\.dependsOnID) == [
        isOursLater ? newID : Self.id
      ])
    #expect(clone.issueFile.contains(#""title":"Theirs""#) && clone.issueFile.contains(#""title":"Ours","#))
  }

  @Test(arguments: [true, false]) func anImportBringsAnother(isOursLater: Bool) throws {
    let world = try SyncWorld(["a"])
    try Self.live(world, 0, "Ours")
    let clone = world.clones[0]
    let ours = try Self.issue("Ours", in: clone)
    let other = Issue(
      id: Self.id, title: "Theirs", createdAt: ours.createdAt.adding(seconds: isOursLater ? -5 : 5))
    var user = Issue(id: IssueID(unchecked: "t-zzz"), title: "User", createdAt: other.createdAt)
    user.dependencies = [Dependency(user.id, dependsOn: Self.id, createdAt: other.createdAt)]
    let file = Array([other, user].map { $0.jsonLine + "\n" }.joined().utf8)
    let newID = Self.id.beside(bornAt: (isOursLater ? ours : other).createdAt.seconds)
    for round in 0..<2 {
      let report = try clone.withStore { store in
        var dry = ImportOptions()
        dry.isDryRun = true
        let before = try store.issues(where: "1")
        _ = try store.importIssues(from: file, options: dry)
        #expect(try store.issues(where: "1") == before)
        return try store.importIssues(from: file)
      }
      #expect(report.created.count == (round == 0 ? 2 : 0))
      #expect(try Self.issue("Ours", in: clone).id == (isOursLater ? newID : Self.id))
      #expect(try Self.issue("Theirs", in: clone).id == (isOursLater ? Self.id : newID))
      #expect(
        try Self.issue("Ours, used", in: clone).dependencies.map(\.dependsOnID) == [
          isOursLater ? newID : Self.id
        ])
      #expect(
        try Self.issue("User", in: clone).dependencies.map(\.dependsOnID) == [isOursLater ? Self.id : newID])
    }
    // The import can be taken back; that ours moved stays.
    let undone = try clone.withStore { try $0.undo().operation.kind }
    #expect(undone == "import")
    let report = try clone.withStore { try $0.fsck() }
    #expect(report.findings.isEmpty, "\(report.findings)")
    #expect(try Self.issue("Ours", in: clone).status == .open)
    #expect(try Self.issue("Theirs", in: clone).isTombstone)
  }

  /// Between the look that finds a collision and the one that settles it, others may have settled it.
  @Test func whatIsSettledStays() throws {
    let world = try SyncWorld(["a"])
    try Self.live(world, 0, "First")
    let clone = world.clones[0]
    let first = try Self.issue("First", in: clone)
    let second = Issue(id: Self.id, title: "Second", createdAt: first.createdAt.adding(seconds: 5))
    let before = clone.issueFile
    try clone.withStore { store in
      try store.write("settle") { tx throws(BeadsError) in
        // As found when ours was the second.
        try tx.makeWay(IDCollision(ours: second, theirs: first), isFileKnown: true)
      }
    }
    #expect(clone.issueFile == before)
    let renamed = IssueFileMerge.renaming(SeparatedIssue(second), in: Array(before.utf8)) { _ in nil }
    #expect(String(decoding: renamed, as: UTF8.self) == before)
  }
}
