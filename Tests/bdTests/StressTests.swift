import BeadsKit
import BeadsTesting
import Testing

/// Thirty agents on one store, each command a process of its own.
@Suite(.serialized) struct StressTests {
  static let agents = 30

  @Test func everyAcknowledgedWriteIsThere() throws {
    let stress = try StressProject()
    let shared = try stress.makeIssues(1)[0]
    var created = [Int: String]()
    var step = [Int](repeating: 0, count: Self.agents)
    try stress.runAll(Self.agents) { slot in
      let tail = ["--actor", "agent-\(slot)", "--json"]
      switch step[slot] {
      case 0: return ["create", "Draft \(slot)"] + tail
      case 1: return ["update", created[slot] ?? "", "--title", "Title \(slot)", "--priority", "0"] + tail
      case 2: return ["update", created[slot] ?? "", "--claim"] + tail
      // All at once on one issue: no label may get lost.
      case 3: return ["update", shared.rawValue, "--add-label", "agent-\(slot)"] + tail
      default: return nil
      }
    } ended: { slot, run in
      #expect(run.status == 0, "\(run.errorText)")
      #expect(run.errorOutput.isEmpty, "\(run.errorText)")
      if step[slot] == 0 { created[slot] = printedIssue(run)?["id"]?.stringValue }
      step[slot] += 1
    }
    let issues = try stress.checkedIssues()
    #expect(issues.count == Self.agents + 1)
    #expect(issues[shared]?.labels.count == Self.agents)
    for slot in 0..<Self.agents {
      let issue = try #require(issues[IssueID(created[slot] ?? "")])
      #expect(issue.title == "Title \(slot)")
      #expect(issue.priority == 0)
      #expect(issue.assignee == "agent-\(slot)")
      #expect(issue.status == .inProgress)
    }
  }

  @Test func everyClaimIsWonOnce() throws {
    let stress = try StressProject()
    let ids = try stress.makeIssues(4)
    var winners = [IssueID: [String]]()
    var position = [Int](repeating: 0, count: Self.agents)
    try stress.runAll(Self.agents) { slot in
      guard position[slot] < ids.count else { return nil }
      return ["update", ids[position[slot]].rawValue, "--claim", "--actor", "agent-\(slot)", "--json"]
    } ended: { slot, run in
      let id = ids[position[slot]]
      position[slot] += 1
      if run.status == 0 {
        winners[id, default: []].append("agent-\(slot)")
      } else {
        #expect(run.errorText.contains("already claimed"))
      }
    }
    let issues = try stress.checkedIssues()
    for id in ids {
      #expect(winners[id]?.count == 1)
      #expect(issues[id]?.assignee == winners[id]?.first)
    }
  }

  /// Whoever finds the damage first makes the database anew; the others wait and lose nothing.
  @Test(arguments: [0, 4096, 20_000]) func manyFindADamagedDatabase(length: Int) throws {
    let stress = try StressProject()
    let ids = try stress.makeIssues(3)
    let path = stress.project.location.databasePath
    try FileSystem.replace(path, with: [UInt8](repeating: 0, count: length))
    var isDone = [Bool](repeating: false, count: 8)
    try stress.runAll(8) { slot in
      isDone[slot] ? nil : ["update", ids[0].rawValue, "--add-label", "agent-\(slot)", "--json"]
    } ended: { slot, run in
      isDone[slot] = true
      #expect(run.status == 0, "\(run.errorText)")
    }
    let issues = try stress.checkedIssues()
    #expect(issues.count == 3)
    #expect(issues[ids[0]]?.labels.count == 8)
  }

  @Test func readyClaimGivesEachAgentAnother() throws {
    let stress = try StressProject()
    let ids = try stress.makeIssues(Self.agents - 5)
    var taken: [String] = []
    var isDone = [Bool](repeating: false, count: Self.agents)
    try stress.runAll(Self.agents) { slot in
      isDone[slot] ? nil : ["ready", "--claim", "--actor", "agent-\(slot)", "--json"]
    } ended: { slot, run in
      isDone[slot] = true
      #expect(run.status == 0, "\(run.errorText)")
      taken += (JSONValue(parsing: run.text)?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }
    #expect(taken.sorted() == ids.map(\.rawValue).sorted())
    _ = try stress.checkedIssues()
  }

  @Test func killedWritersLoseNothingThatWasAcknowledged() throws {
    let stress = try StressProject()
    let pool = ProgramPool()
    var random = SeededRandom(seed: 7)
    var made: [String: String] = [:]
    var runs = 0
    var killed = 0
    try stress.runAll(12, pool: pool) { slot in
      runs += 1
      return runs <= 120 ? ["create", "Made in run \(runs)", "--json"] : nil
    } ended: { _, run in
      if run.status == 0 {
        let issue = printedIssue(run)
        made[issue?["id"]?.stringValue ?? ""] = issue?["title"]?.stringValue
      } else {
        killed += 1
        #expect(run.status == 128 + 9, "\(run.errorText)")
      }
      // Whoever runs at this moment is somewhere: starting, waiting, writing, exporting.
      if random.chance(50), let slot = random.pick(pool.busySlots) { pool.kill(slot: slot) }
    }
    #expect(killed > 10)
    #expect(try stress.run("create", "After the storm", "--json").status == 0)
    let issues = try stress.checkedIssues()
    for (id, title) in made { #expect(issues[try IssueID(id)]?.title == title) }
    #expect(issues.values.contains { $0.title == "After the storm" })
  }

  /// The reader of the output has gone: the write counts all the same, and reaches the file.
  @Test func closedOutputStillWritesAndExports() throws {
    let stress = try StressProject()
    // Descriptor 4 becomes a pipe whose only reader is closed again.
    let orphan = "mkfifo pipe && exec 3<>pipe 4>pipe 3<&- && "
    let run = try stress.shell(orphan + #"exec "$1" create Unread --json >&4"#)
    #expect(run.status == 0, "\(run.errorText)")
    let closed = try stress.shell(#"exec "$1" create Closed --json >&-"#)
    #expect(closed.status < 128, "\(closed.errorText)")
    let issues = try stress.checkedIssues()
    #expect(issues.values.contains { $0.title == "Unread" })
    #expect(issues.values.contains { $0.title == "Closed" })
  }
}
