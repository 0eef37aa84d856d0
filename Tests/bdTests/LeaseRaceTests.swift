import BeadsKit
import BeadsTesting
import Testing

@Suite struct LeaseRaceTests {
  /// When leases have ended, 30 processes that want the work get each issue once, by either way of claiming.
  @Test func endedLeasesAreTakenOverOnce() throws {
    let stress = try StressProject()
    let ids = try stress.makeIssues(4)
    // The project's clock stands in the past, so for real processes these leases have long ended.
    let store = try stress.project.openStore(actor: "dead")
    try store.write("claim") { transaction throws(BeadsError) in
      for id in ids { try transaction.claim(id, lease: 60) }
    }
    try store.flush(force: true)
    try store.close()
    let width = 30
    var started = [Bool](repeating: false, count: width)
    var winners: [String: [Int]] = [:]
    try stress.runAll(width) { slot in
      if started[slot] { return nil }
      started[slot] = true
      let who = ["--actor", "agent-\(slot)", "--json"]
      // Half of them want one certain issue, the others any.
      return slot % 2 == 0
        ? ["update", ids[0].rawValue, "--claim", "--lease", "10m"] + who
        : ["ready", "--claim", "--lease", "10m"] + who
    } ended: { slot, run in
      let answer = JSONValue(parsing: run.text)
      for issue in run.status == 0 ? answer?.arrayValue ?? [] : [] {
        winners[issue["id"]?.stringValue ?? "", default: []].append(slot)
      }
      if slot % 2 != 0 { #expect(run.status == 0, "\(run.errorText)") }
    }
    #expect(winners.count == ids.count && winners.values.allSatisfy { $0.count == 1 }, "\(winners)")
    let issues = try stress.checkedIssues()
    for id in ids {
      let holder = winners[id.rawValue]?.first.map { "agent-\($0)" }
      #expect(issues[id]?.assignee == holder && issues[id]?.lease?.holder == holder)
    }
  }
}
