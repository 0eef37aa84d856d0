import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Scenario 5 of the contract's appendix D: `gt done` is killed, and run again.
@Suite("gt done that is killed")
struct DoneKillTests {
  @Test("ends as if it had not been, wherever that was", arguments: [1, 2, 3, 4, 5])
  func anywhere(part: Int) throws {
    let town = try TestTown()
    let id = try town.makeIssue("Write the parser")
    let record = try DoneTests.give(id, town)
    let path = try #require(record.worktree)
    try town.write(path + "/a.txt", "committed")
    try town.git(path, "add", ".")
    try town.git(path, "commit", "-q", "-m", "a")
    try town.write(path + "/b.txt", "not committed")

    // The places are the same for each run of the same work, so a first one tells where the second one is killed.
    let places = try self.places(of: 20 * part)
    let killed = try run(town, record, failing: places)
    let again = try run(town, record, failing: "")
    #expect(again.status == .exited(0), "killed at \(places): \(killed.outcome); then \(again.errorText)")

    let ledgers = town.ledgers()
    defer { ledgers.close() }
    let requests = try MergeRequests(try town.rig(), ledgers).open()
    #expect(requests.count == 1)
    let branch = try #require(record.branch?.rawValue)
    let origin = town.originPath("app")
    #expect(try town.git(origin, "rev-parse", branch) == requests.first?.commit)
    #expect(try town.git(origin, "show", "\(branch):b.txt") == "not committed")
    let issue = try #require(try ledgers.store(for: id).issue(id))
    #expect(issue.status == .inReview)
    #expect(issue.labels.isEmpty)
    let agent = try #require(try town.database().agent(record.address))
    #expect(agent.state == .idle)
    #expect(agent.bead == nil)
  }

  /// A place a part of the way through `gt done`, as a fail plan.
  private func places(of percent: Int) throws -> String {
    let town = try TestTown()
    let record = try DoneTests.give(try town.makeIssue("Trace"), town)
    try town.write(try #require(record.worktree) + "/b.txt", "not committed")
    let trace = town.root + "/trace"
    let result = try run(town, record, trace: trace)
    #expect(result.status == .exited(0), "\(result.errorText)")
    let places = try FileSystem.readText(trace).split(separator: "\n")
    let index = min(places.count - 1, places.count * percent / 101)
    let count = places[...index].count { $0 == places[index] }
    return "\(places[index])#\(count)=kill"
  }

  private func run(
    _ town: TestTown, _ record: AgentRecord, failing plan: String = "", trace: String? = nil
  ) throws -> Subprocess.Result {
    let program = Path.join(Path.directory(of: try #require(executablePath())), "gt")
    var variables = town.environment.variables
    variables["GT_ROLE"] = record.address.text
    variables["GT_SESSIONS"] = "none"
    variables["BD_FAILPOINT"] = plan.isEmpty ? nil : plan
    variables["BD_FAILPOINT_TRACE"] = trace
    return try Subprocess([program, "done"], directory: town.root, variables: variables).run()
  }
}
