import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// Claims that end by themselves, on a clock that moves when told to.
@Suite struct LeaseTests {
  private let project: TestProject
  private let id: IssueID

  init() throws {
    project = try TestProject()
    let store = try project.makeStore()
    id = try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "Shared")).id
    }
    try store.close()
  }

  private func claim(_ actor: String, lease: Int64? = nil) throws -> BeadsModel.Issue {
    let store = try project.openStore(actor: actor)
    defer { store.closeConnection() }
    return try store.write("update") { transaction throws(BeadsError) in
      try transaction.claim(id, lease: lease)
    }
  }

  private func change(_ actor: String, _ edit: (inout BeadsModel.Issue) -> Void) throws -> BeadsModel.Issue {
    let store = try project.openStore(actor: actor)
    defer { store.closeConnection() }
    return try store.write("update") { transaction throws(BeadsError) in
      try transaction.update(id) { issue throws(BeadsError) in edit(&issue) }
    }
  }

  private func renew(_ actor: String, seconds: Int64? = nil) throws -> BeadsModel.Issue {
    let store = try project.openStore(actor: actor)
    defer { store.closeConnection() }
    return try store.write("heartbeat") { transaction throws(BeadsError) in
      try transaction.renewLease(of: id, seconds: seconds)
    }
  }

  private func isReady() throws -> Bool {
    let store = try project.openStore(actor: "carol")
    defer { store.closeConnection() }
    let offered = try store.ready().map(\.id) == [id]
    #expect(try store.readiness(of: id).isReady == offered)
    #expect(try store.count(ReadyQuery().matching) == (offered ? 1 : 0))
    return offered
  }

  @Test func anEndedLeaseReturnsTheIssueToTheQueue() throws {
    let held = try claim("alice", lease: 600)
    #expect(held.status == .inProgress && held.assignee == "alice")
    let lease = try #require(held.lease)
    #expect(
      lease.holder == "alice" && lease.seconds == 600 && !lease.hasEnded(at: lease.until.adding(seconds: -1)))
    #expect(try !isReady())
    #expect(throws: BeadsError.self) { try claim("bob") }
    project.advance(seconds: 620)
    #expect(try !isReady(), "the time for clocks that differ is not over")
    project.advance(seconds: 11)
    #expect(try isReady())
    let taken = try claim("bob")
    #expect(taken.assignee == "bob" && taken.status == .inProgress && taken.lease == nil)
    #expect(taken.metadata == nil, "nothing is left of the old lease")
    #expect(try !isReady())
    let store = try project.openStore()
    let event = try #require(try store.events(of: [id])[id]?.last { $0.kind == "claimed" })
    #expect(event.actor == "bob" && event.comment?.hasPrefix("taken over from alice") == true)
    #expect(throws: BeadsError.self) { try renew("alice") }
    project.advance(seconds: 1_000_000)
    #expect(try !isReady(), "a claim without a lease never ends")
  }

  @Test func heartbeatsMoveTheEnd() throws {
    _ = try claim("alice", lease: 60)
    for _ in 0..<5 {
      project.advance(seconds: 50)
      _ = try renew("alice")
      #expect(try !isReady())
    }
    let longer = try renew("alice", seconds: 3600)
    project.advance(seconds: 3000)
    #expect(longer.lease?.seconds == 3600)
    #expect(try !isReady())
    project.advance(seconds: 3000)
    #expect(try isReady())
    // Nobody took it over: the holder may still come back.
    _ = try renew("alice")
    #expect(try !isReady())
    // A clock that goes back does not shorten what was promised.
    let before = try #require(try renew("alice").lease)
    project.advance(seconds: -500)
    #expect(try renew("alice").lease == before)
  }

  @Test func whatOtherProgramsChangeEndsTheLease() throws {
    _ = try change("alice") { $0.metadata = #"{"team":"web"}"# }
    _ = try claim("alice", lease: 60)
    // Given to somebody else, by a program that knows nothing of leases.
    let given = try change("bob") { $0.assignee = "bob" }
    #expect(given.lease == nil && given.metadata == #"{"team":"web"}"#)
    project.advance(seconds: 1000)
    #expect(try !isReady())
    // Closed and opened again.
    _ = try change("bob") { $0.assignee = "alice" }
    _ = try claim("alice", lease: 60)
    let closed = try change("alice") { $0.status = .closed }
    #expect(closed.metadata == #"{"team":"web"}"#)
    let open = try change("alice") { $0.status = .inProgress }
    project.advance(seconds: 1000)
    #expect(open.lease == nil)
    #expect(try !isReady())
  }

  @Test(arguments: [
    #"{"lease":5}"#, #"{"lease":{"holder":"alice"}}"#, #"{"lease":{"holder":"alice","until":1}}"#,
    #"{"lease":{"holder":"alice","until":"2020-01-01T00:00:00Z","seconds":600}}"#,
    #"{"lease":{"holder":"bob","until":"2020-01-01T00:00:00.000000000Z","seconds":600}}"#,
    #"{"lease":{"holder":7,"until":"2020-01-01T00:00:00.000000000Z","seconds":600}}"#,
    #"{"lease":{"holder":"alice","until":"2020-01-01T00:00:00,000000000Z","seconds":600}}"#, "[1,2,3]", "7",
  ]) func whatIsNoLeaseOfOursIsLeftAlone(_ metadata: String) throws {
    _ = try claim("alice")
    let changed = try change("alice") { $0.metadata = metadata }
    #expect(changed.lease == nil && changed.metadata == metadata)
    #expect(try !isReady())
    #expect(throws: BeadsError.self) { try claim("bob") }
    #expect(try change("alice") { $0.status = .closed }.metadata == metadata)
  }

  @Test func lengthsOutOfRangeAreRefused() throws {
    for seconds in [0, -5, 30 * 86_400 + 1, .max] as [Int64] {
      #expect(throws: BeadsError.self) { try claim("alice", lease: seconds) }
    }
    #expect(try isReady())
    _ = try claim("alice")
    #expect(throws: BeadsError.self) { try renew("alice") }
    #expect(try renew("alice", seconds: 30 * 86_400).lease != nil)
  }

  /// A file can have a key twice; the database and the library read the same of the two.
  @Test(arguments: [
    #"{"lease":{"holder":"alice","until":"2020-01-01T00:00:00.000000000Z"},"lease":{"holder":"alice","until":"2099-01-01T00:00:00.000000000Z"}}"#,
    #"{"lease":{"holder":"alice","until":"2099-01-01T00:00:00.000000000Z"},"lease":{"holder":"alice","until":"2020-01-01T00:00:00.000000000Z"}}"#,
    #"{"lease":{"holder":"alice","until":"2020-01-01T00:00:00.000000000Z","until":"2099-01-01T00:00:00.000000000Z"}}"#,
    #"{"lease":{"holder":"bob","holder":"alice","until":"2020-01-01T00:00:00.000000000Z"}}"#,
  ])
  func keysThatStandTwice(metadata: String) throws {
    _ = try claim("alice")
    let issue = try change("alice") { $0.metadata = metadata }
    let store = try project.openStore()
    defer { store.closeConnection() }
    #expect(try issue.hasEndedLease(at: store.now) == isReady())
    #expect(try claim("alice", lease: 600).metadata?.split(separator: "lease").count == 2, "one is left")
  }

  /// Other clones get the lease with the file and end it by the same rule.
  @Test func clonesAgree() throws {
    let held = try claim("alice", lease: 600)
    let store = try project.openStore()
    try store.flush(force: true)
    let other = try TestProject()
    try FileSystem.makeDirectory(other.beadsDirectory)
    let clone = try Store.create(
      at: other.location, prefix: Prefix("t"), actor: "bob", environment: project.environment)
    try FileSystem.replace(other.location.jsonlPath, with: Array(project.exportedText.utf8))
    _ = try clone.importChanges()
    #expect(try clone.issue(id)?.lease == held.lease)
    #expect(try clone.ready().isEmpty)
    project.advance(seconds: 700)
    #expect(try clone.ready().map(\.id) == [id])
  }

  /// Random agents on one clock against a model that holds owner and end.
  @Test(arguments: 0..<6 as Range<UInt64>) func claimsFollowTheModel(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let agents = ["alice", "bob", "carol"]
    let stores = try agents.map { try project.openStore(actor: $0) }
    var owner: Int?
    var end: Int64?
    var length: Int64 = 0
    var time: Int64 = 0
    for _ in 0..<200 {
      let step = Int64.random(in: 1...40, using: &random)
      project.advance(seconds: step)
      time += step
      let who = Int.random(in: 0..<3, using: &random)
      let store = stores[who]
      let hasEnded = end.map { $0 <= time } ?? false
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        let claimed = try store.write("claim") { transaction throws(BeadsError) in
          try transaction.claimNext(lease: 50)
        }
        #expect((claimed != nil) == (owner == nil || hasEnded))
        if claimed != nil { (owner, end, length) = (who, time + 55, 55) }
      case 1:
        let renewed = try? store.write("heartbeat") { transaction throws(BeadsError) in
          try transaction.renewLease(of: id)
        }
        #expect((renewed != nil) == (owner == who))
        if renewed != nil { end = max(end ?? 0, time + length) }
      case 2:
        let claimed = try? store.write("update") { transaction throws(BeadsError) in
          try transaction.claim(id, lease: 100)
        }
        #expect((claimed != nil) == (owner == nil || owner == who || hasEnded))
        if claimed != nil { (owner, end, length) = (who, time + 110, 110) }
      default:
        let offered = try store.ready().map(\.id) == [id]
        #expect(offered == (owner == nil || hasEnded), "at \(time): \(owner ?? -1) until \(end ?? -1)")
        if Bool.random(using: &random), let holder = owner {
          try stores[holder].write("update") { transaction throws(BeadsError) in
            try transaction.update(id) { issue throws(BeadsError) in
              issue.status = .open
              issue.assignee = ""
            }
          }
          (owner, end) = (nil, nil)
        }
      }
    }
  }
}
