import BeadsKit
import Foundation
import GasTownKit
import Testing

/// The engine as a process, killed wherever it is.
@Suite("A merge engine that is killed", .serialized)
struct MergeKillTests {
  @Test("moves the target to tested commits only, and accounts for every branch", arguments: [1, 2, 3])
  func kills(round: Int) throws {
    let town = try MergeTown()
    try town.base.git(town.base.originPath("app"), "config", "core.logAllRefUpdates", "always")
    var made: [(request: IssueID, issue: IssueID)] = []
    for index in 0..<6 {
      let files: [String: String] =
        index == 2
        ? ["broken": "x"]
        : index == 4 ? ["main.txt": "four\n"] : index == 5 ? ["main.txt": "five\n"] : ["f\(index)": "x"]
      made.append(try town.submit("n\(index)", files))
    }
    var kills = 0
    for _ in 0..<12 {
      let engine = try town.startEngine()
      usleep(UInt32.random(in: 1_000...250_000))
      if engine.isRunning { kills += 1 }
      engine.end(SIGKILL)
    }
    #expect(kills > 0)
    town.merge()
    town.merge()
    // Every value that main ever had was let pass by the gate, or was there before.
    let values = try town.origin("reflog", "show", "--format=%T", "refs/heads/main").split(separator: "\n")
      .map(String.init)
    let passed = Set(town.passes)
    for tree in values.dropLast() { #expect(passed.contains(tree), "main had a tree that was not tested") }
    var merged = 0
    for (index, entry) in made.enumerated() {
      let request = try town.issue(entry.request)
      let issue = try town.issue(entry.issue)
      if request.status == .closed {
        merged += 1
        #expect(issue.closeReason == "Merged in \(entry.request)")
        #expect(try town.files().contains(index < 4 ? "f\(index)" : "main.txt"))
      } else {
        #expect(request.status == .open && request.assignee.isEmpty)
        #expect(request.labels.contains(index == 2 ? "needs-fix" : "needs-rebase"))
      }
    }
    #expect(merged == 4)
    let database = try town.base.database()
    #expect(try database.merges(rig: RigName("app"), limit: 100).allSatisfy { $0.phase == .done })
  }
}

/// Issues whose merge request has failed while nobody looked.
@Suite("Merge requests that failed already", .serialized)
struct StrandedTests {
  /// A worker is killed in the middle of `gt done`; what it handed in fails, and it hands in the same again.
  @Test func giveTheirIssueBack() throws {
    let town = try MergeTown()
    let made = try town.submit("broken", ["broken": "x"])
    town.merge()
    #expect(try town.issue(made.issue).status == .open)
    let ledgers = town.base.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: made.issue).write("done") { tx throws(BeadsError) in
      try tx.update(made.issue) { issue throws(BeadsError) in
        issue.status = .inReview
        try issue.setTownField("mr_id", made.request.rawValue)
      }
    }
    town.merge()
    let issue = try town.issue(made.issue)
    #expect(issue.status == .open && issue.assignee.isEmpty)
    #expect(issue.comments.last?.text.contains("\(made.request) was not merged: The gate ") == true)
    #expect(issue.comments.count == 2)
  }
}

/// What an engine leaves when it ends in the middle of a gate.
@Suite("A merge engine that ends while a gate runs", .serialized)
struct MergeRecoveryTests {
  /// The first run of this gate hangs with a child in a session of its own; later ones pass at once.
  private static let gate = """
    test -e ../begun && exit 0
    echo $$ > ../begun
    setsid sleep 301 &
    echo $! >> ../begun
    sleep 302
    """

  private func hanging() throws -> (
    town: MergeTown, engine: BackgroundProcess, pids: [Int32], request: IssueID
  ) {
    let town = try MergeTown(gate: Self.gate + "\n")
    let made = try town.submit("a", ["a.txt": "a"])
    let engine = try town.startEngine()
    let path = try town.base.rig().path("refinery/begun")
    var pids: [Int32] = []
    for _ in 0..<1000 where pids.count < 2 {
      usleep(10_000)
      pids = ((try? FileSystem.readText(path)) ?? "").split(separator: "\n").compactMap { Int32($0) }
    }
    try #require(pids.count == 2)
    return (town, engine, pids, made.request)
  }

  private func areGone(_ pids: [Int32]) -> Bool {
    for _ in 0..<300 {
      if pids.allSatisfy({ ProcessIdentity($0)?.isAlive != true }) { return true }
      usleep(10_000)
    }
    return false
  }

  @Test func theNextOneEndsItsGatesAndNobodyElses() throws {
    let (town, engine, pids, request) = try hanging()
    engine.end(SIGKILL)
    #expect(pids.allSatisfy { ProcessIdentity($0)?.isAlive == true })
    // A process whose number was written down, but that started at another time, is somebody else's.
    let other = try BackgroundProcess(["sleep", "300"])
    let database = try town.base.database()
    try database.write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT INTO merge_runs (rig, target, phase, members, nonce, gates, started_at, updated_at)
        VALUES ('app', 'main', 'testing', '[]', 'nobody', ?1, 0, 0)
        """, "[\"\(other.pid) then:1\"]")
    }
    #expect(town.merge().status == 0)
    #expect(areGone(pids))
    #expect(other.isRunning)
    #expect(try town.issue(request).status == .closed)
  }

  @Test func oneThatIsAskedToEndEndsItsGatesItself() throws {
    let (town, engine, pids, request) = try hanging()
    engine.end(SIGTERM)
    #expect(areGone(pids))
    let issue = try town.issue(request)
    #expect(issue.status == .open && issue.assignee.isEmpty)
    #expect(try town.base.database().unfinishedMerges(rig: RigName("app")).isEmpty)
    #expect(town.merge().status == 0)
  }

  @Test func oneThatStandsStillIsEndedWhenItsClaimHasRunOut() throws {
    let (town, engine, pids, request) = try hanging()
    let database = try town.base.database()
    try database.write { db throws(BeadsError) in
      // While nobody but us holds the lock: a stopped engine would keep it for ever.
      engine.send(SIGSTOP)
      try db.execute("UPDATE merge_runs SET updated_at = ?1", database.now - 29 * 60_000_000_000)
    }
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    #expect(engine.isRunning)
    try database.write { db throws(BeadsError) in
      try db.execute("UPDATE merge_runs SET updated_at = ?1", database.now - 31 * 60_000_000_000)
    }
    #expect(town.merge().standardOutput.contains("which stood still, was ended"))
    #expect(!engine.isRunning)
    #expect(areGone(pids))
    #expect(try town.issue(request).status == .closed)
  }
}
