import Testing

@testable import BeadsModel

/// One test for each rule of contract 3.7 and for what other tools got wrong there.
@Suite struct MergeRuleTests {
  private typealias Bead = BeadsModel.Issue

  private static let early = Timestamp("2026-02-01T10:00:00Z") ?? Timestamp(seconds: 1)
  private static let late = Timestamp("2026-02-02T10:00:00Z") ?? Timestamp(seconds: 2)

  private static var base: Bead {
    var issue = Issue(
      id: IssueID(unchecked: "t-1"), title: "Title", createdAt: Timestamp(seconds: 1_700_000_000))
    issue.labels = ["a", "b"]
    issue.waiters = ["z", "m"]
    issue.dependencies = [edge("x-1"), edge("x-2")]
    return issue
  }

  private static func edge(_ target: String, _ type: DependencyType = .blocks, by actor: String = "")
    -> Dependency
  {
    Dependency(
      IssueID(unchecked: "t-1"), dependsOn: IssueID(unchecked: target), type: type, createdAt: early,
      createdBy: actor)
  }

  private static func version(_ time: Timestamp, of base: Bead = base, _ change: (inout Bead) -> Void) -> Bead
  {
    var issue = base
    issue.updatedAt = time
    change(&issue)
    return issue
  }

  /// The merged record, which must not depend on the direction.
  private static func merge(
    _ base: Bead?, _ ours: Bead?, _ theirs: Bead?, ttl: Int64 = 30 * 86_400
  ) throws -> Bead {
    let policy = MergePolicy(now: MergeSamples.now, tombstoneLifetime: ttl)
    let merged = try #require(IssueMerge.merge(base: base, ours: ours, theirs: theirs, policy: policy))
    let turned = IssueMerge.merge(base: base, ours: theirs, theirs: ours, policy: policy)
    #expect(turned?.jsonLine == merged.jsonLine)
    return merged
  }

  // MARK: Status

  private static func closed(_ time: Timestamp, of base: Bead = base, reason: String = "Done") -> Bead {
    version(time, of: base) {
      $0.status = .closed
      $0.closedAt = time
      $0.closeReason = reason
      $0.closedBySession = "s"
    }
  }

  @Test func aCloseBeatsALaterUnrelatedChange() throws {
    let merged = try Self.merge(
      Self.base, Self.closed(Self.early), Self.version(Self.late) { $0.priority = 0 })
    #expect(merged.status == .closed)
    #expect(merged.closedAt == Self.early)
    #expect(merged.closeReason == "Done")
    #expect(merged.priority == 0)
    #expect(merged.updatedAt == Self.late.adding(nanoseconds: 1))
  }

  @Test func aReopenBeatsAnUnrelatedChange() throws {
    let base = Self.closed(Self.early)
    let reopened = Self.version(Self.late, of: base) {
      $0.status = .open
      $0.closedAt = nil
      $0.closeReason = ""
      $0.closedBySession = ""
    }
    let merged = try Self.merge(base, reopened, Self.version(Self.late, of: base) { $0.notes = "n" })
    #expect(merged.status == .open)
    #expect(merged.closedAt == nil)
    #expect(merged.closeReason == "")
    #expect(merged.notes == "n")
  }

  @Test(arguments: [true, false])
  func twoStatusChangesGoByTime(_ closeIsLater: Bool) throws {
    let close = Self.closed(closeIsLater ? Self.late : Self.early)
    let claim = Self.version(closeIsLater ? Self.early : Self.late) { $0.status = .inProgress }
    let merged = try Self.merge(Self.base, close, claim)
    #expect(merged.status == (closeIsLater ? .closed : .inProgress))
    #expect((merged.closedAt != nil) == closeIsLater)
    #expect(merged.closeReason == (closeIsLater ? "Done" : ""))
  }

  @Test func aCloseBreaksATie() throws {
    let claim = Self.version(Self.late) { $0.status = Status(rawValue: "zzz") }
    #expect(try Self.merge(Self.base, Self.closed(Self.late), claim).status == .closed)
  }

  @Test func ofTwoClosesTheLaterKeepsItsReason() throws {
    let first = Self.version(Self.late, of: Self.closed(Self.early, reason: "First")) { $0.priority = 1 }
    let second = Self.closed(Self.late, reason: "Second")
    let merged = try Self.merge(Self.base, first, second)
    #expect(merged.closeReason == "Second")
    #expect(merged.closedAt == Self.late)
    #expect(merged.priority == 1)
  }

  @Test func closingDataIsNotMixed() throws {
    let base = Self.closed(Timestamp(seconds: 1_700_000_005))
    let reason = Self.version(Self.early, of: base) { $0.closeReason = "Other" }
    let session = Self.version(Self.late, of: base) { $0.closedBySession = "other" }
    let merged = try Self.merge(base, reason, session)
    #expect([merged.closeReason, merged.closedBySession] == ["Done", "other"])
  }

  @Test func closingTimesAgreeWithTheStatus() throws {
    let close = Self.version(Self.early) { $0.status = .closed }
    let merged = try Self.merge(Self.base, close, Self.version(Self.late) { $0.priority = 0 })
    #expect(merged.closedAt == Self.late)
    let stray = Self.version(Self.early) { $0.closedAt = Self.early }
    #expect(try Self.merge(Self.base, stray, Self.version(Self.late) { $0.priority = 0 }).closedAt == nil)
  }

  // MARK: Scalars

  @Test func theMostUrgentPriorityIsAValueLikeOthers() throws {
    let urgent = Self.version(Self.early) { $0.priority = 0 }
    let normal = Self.version(Self.late) { $0.priority = 3 }
    #expect(try Self.merge(Self.base, urgent, normal).priority == 3)
    #expect(try Self.merge(nil, urgent, normal).priority == 3)
    #expect(try Self.merge(Self.base, urgent, Self.version(Self.late) { $0.rig = "r" }).priority == 0)
  }

  @Test func clearingAValueIsAChange() throws {
    var base = Self.base
    base.assignee = "max"
    let cleared = Self.version(Self.early, of: base) { $0.assignee = "" }
    #expect(try Self.merge(base, cleared, Self.version(Self.late, of: base) { $0.rig = "r" }).assignee == "")
  }

  @Test func withoutABaseAValueBeatsNone() throws {
    let owned = Self.version(Self.early) { $0.owner = "o" }
    #expect(try Self.merge(nil, owned, Self.version(Self.late) { $0.rig = "r" }).owner == "o")
  }

  @Test func flagsAreThreeWayWhenABaseIsKnown() throws {
    var base = Self.base
    base.isPinned = true
    let unpinned = Self.version(Self.early, of: base) { $0.isPinned = false }
    let other = Self.version(Self.late, of: base) { $0.priority = 0 }
    #expect(try Self.merge(base, unpinned, other).isPinned == false)
    #expect(try Self.merge(nil, unpinned, other).isPinned == true)
  }

  @Test func timesKeepTheFirstCreationAndTheLastUpdate() throws {
    let older = Self.version(Self.late) { $0.createdAt = Timestamp(seconds: 5) }
    let merged = try Self.merge(Self.base, older, Self.version(Self.early) { $0.priority = 0 })
    #expect(merged.createdAt == Timestamp(seconds: 5))
    #expect(merged.updatedAt == Self.late.adding(nanoseconds: 1))
    let active = Self.version(Self.early) { $0.lastActivity = Self.late }
    let idle = Self.version(Self.late) { $0.lastActivity = Self.early }
    #expect(try Self.merge(nil, active, idle).lastActivity == Self.late)
  }

  @Test func fieldsThatOthersDropAreCarried() throws {
    let ours = Self.version(Self.early) {
      $0.workType = "open_competition"
      $0.eventKind = "e"
      $0.bondedFrom = #"[{"source_id":"p"}]"#
    }
    let theirs = Self.version(Self.late) {
      $0.creator = #"{"name":"n"}"#
      $0.validations = "[]"
      $0.payload = "p"
    }
    let merged = try Self.merge(Self.base, ours, theirs)
    #expect(merged.workType == "open_competition")
    #expect(merged.eventKind == "e")
    #expect(merged.bondedFrom == #"[{"source_id":"p"}]"#)
    #expect(merged.creator == #"{"name":"n"}"#)
    #expect(merged.validations == "[]")
    #expect(merged.payload == "p")
  }

  @Test func compactionComesFromTheLaterOne() throws {
    func compacted(_ time: Timestamp, at level: Int, updated: Timestamp) -> Bead {
      Self.version(updated) {
        $0.compactionLevel = level
        $0.compactedAt = time
        $0.compactedAtCommit = "c\(level)"
        $0.originalSize = level * 10
      }
    }
    let ours = compacted(Self.late, at: 1, updated: Self.early)
    let merged = try Self.merge(Self.base, ours, compacted(Self.early, at: 2, updated: Self.late))
    #expect(merged.compactionLevel == 1)
    #expect(merged.compactedAtCommit == "c1")
    #expect(merged.originalSize == 10)
  }

  // MARK: Lists

  @Test func setsMergeByElement() throws {
    let ours = Self.version(Self.early) {
      $0.labels = ["b", "new"]
      $0.waiters = ["z", "m", "b"]
      $0.dependencies = [Self.edge("x-2"), Self.edge("x-3")]
    }
    let theirs = Self.version(Self.late) {
      $0.labels = ["a", "b", "c"]
      $0.waiters = ["m", "a"]
      $0.dependencies = [Self.edge("x-1"), Self.edge("x-2"), Self.edge("x-2", .related)]
    }
    let merged = try Self.merge(Self.base, ours, theirs)
    #expect(merged.labels == ["b", "c", "new"])
    #expect(merged.waiters == ["m", "a", "b"])
    #expect(merged.dependencies == [Self.edge("x-2"), Self.edge("x-2", .related), Self.edge("x-3")])
  }

  @Test func aRemovedEdgeStaysRemoved() throws {
    let ours = Self.version(Self.early) { $0.dependencies = [Self.edge("x-1")] }
    let theirs = Self.version(Self.late) { $0.dependencies = [Self.edge("x-1"), Self.edge("x-2", by: "li")] }
    #expect(try Self.merge(Self.base, ours, theirs).dependencies == [Self.edge("x-1")])
  }

  @Test func anEdgeChangedOnOneSideIsTaken() throws {
    let ours = Self.version(Self.early) { $0.dependencies[0].metadata = "{\"a\":1}" }
    let theirs = Self.version(Self.late) { $0.dependencies.append(Self.edge("x-3")) }
    let merged = try Self.merge(Self.base, ours, theirs)
    #expect(merged.dependencies.map(\.metadata) == ["{\"a\":1}", "", ""])
  }

  @Test func commentsUniteByIdentity() throws {
    func comment(_ id: String, _ text: String, _ time: Timestamp) -> BeadsModel.Comment {
      BeadsModel.Comment(id: id, issueID: Self.base.id, author: "li", text: text, createdAt: time)
    }
    let first = Timestamp(seconds: 1_700_000_000)
    var base = Self.base
    base.comments = [comment("1", "first", first)]
    let ours = Self.version(Self.early, of: base) {
      $0.comments += [comment("2", "same", Self.early), comment("3", "ours", Self.late)]
    }
    // Comments carry local numbers, and some tools write whole seconds only.
    let theirs = Self.version(Self.late, of: base) {
      $0.comments = [
        comment("1", "between", first.adding(seconds: 1)),
        comment("9", "same", Self.early.adding(nanoseconds: 900_000_000)),
      ]
    }
    let merged = try Self.merge(base, ours, theirs)
    #expect(merged.comments.map(\.text) == ["first", "between", "same", "ours"])
    #expect(merged.comments.map(\.id) == ["1", "1", "9", "3"])
  }

  @Test func unknownMembersMergeByKey() throws {
    func members(_ text: String) -> [Bead.UnknownMember] {
      text.split(separator: " ").map { pair in
        let parts = pair.split(separator: "=").map(String.init)
        return Bead.UnknownMember(key: parts[0], json: parts[1])
      }
    }
    var base = Self.base
    base.unknownMembers = members("z=1 y=1 x=1 w=1")
    let ours = Self.version(Self.early, of: base) { $0.unknownMembers = members("y=2 x=2 w=1 n=1") }
    let theirs = Self.version(Self.late, of: base) { $0.unknownMembers = members("z=1 y=3 w=1 a=5") }
    let merged = try Self.merge(base, ours, theirs)
    // z was removed, y changed twice, x changed and removed, n and a are new.
    #expect(merged.unknownMembers == members("y=3 x=2 w=1 a=5 n=1"))
  }

  // MARK: Presence and deletion

  private static func tombstone(_ time: Timestamp, of base: Bead = base) -> Bead {
    version(time, of: base) {
      $0.status = .tombstone
      $0.deletedAt = time
      $0.dependencies = []
    }
  }

  @Test func absenceIsNotDeletion() throws {
    let changed = Self.version(Self.late) { $0.priority = 0 }
    #expect(try Self.merge(Self.base, changed, nil).jsonLine == changed.jsonLine)
    #expect(try Self.merge(Self.base, Self.base, nil).jsonLine == Self.base.jsonLine)
    let policy = MergeSamples.policy
    #expect(IssueMerge.merge(base: Self.base, ours: nil, theirs: nil, policy: policy) == nil)
    #expect(IssueMerge.explain(base: Self.base, ours: nil, theirs: nil, policy: policy) == nil)
  }

  @Test func anUnexpiredTombstoneBeatsALaterEdit() throws {
    let edited = Self.version(Self.late) { $0.title = "New" }
    for base in [Self.base, nil] {
      #expect(try Self.merge(base, Self.tombstone(Self.early), edited).isTombstone)
    }
  }

  /// Thirty days and an hour after the deletion, and a second more.
  @Test(arguments: [(0, true), (-1, false)])
  func aTombstoneExpires(_ seconds: Int64, _ wins: Bool) throws {
    let deletedAt = MergeSamples.now.adding(seconds: -30 * 86_400 - 3600 + seconds)
    let edited = Self.version(Self.late) { $0.title = "New" }
    #expect(try Self.merge(nil, Self.tombstone(deletedAt), edited).isTombstone == wins)
  }

  @Test(arguments: [(-1, false), (3600, false), (31 * 86_400, true)])
  func theLifetimeIsAParameter(_ ttl: Int64, _ wins: Bool) throws {
    let old = Self.tombstone(MergeSamples.now.adding(seconds: -2 * 86_400))
    let edited = Self.version(Self.late) { $0.title = "New" }
    #expect(try Self.merge(nil, old, edited, ttl: ttl).isTombstone == wins)
  }

  @Test func evenAnExpiredTombstoneBeatsAnUnchangedRecord() throws {
    let old = Self.tombstone(Timestamp(seconds: 1_700_000_001))
    #expect(try Self.merge(Self.base, old, Self.base).isTombstone)
  }

  @Test func ofTwoTombstonesTheLaterStays() throws {
    var first = Self.tombstone(Self.early)
    first.updatedAt = Self.late.adding(seconds: 9)
    #expect(try Self.merge(Self.base, first, Self.tombstone(Self.late)).deletedAt == Self.late)
  }

  @Test func onlyALaterChangeUndoesADeletion() throws {
    let deleted = Self.tombstone(Self.early)
    let revived = Self.version(Self.late) { $0.title = "Back" }
    let stale = Self.version(Self.early.adding(seconds: -5)) { $0.title = "Stale copy" }
    #expect(try Self.merge(deleted, deleted, revived).title == "Back")
    #expect(try Self.merge(deleted, deleted, stale).isTombstone)
  }
}
