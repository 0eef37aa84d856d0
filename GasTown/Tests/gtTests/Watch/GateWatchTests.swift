import BeadsKit
import GasTownKit
import Testing

/// Gates that the daemon opens.
@Suite("Gates in the daemon", .serialized)
struct GateWatchTests {
  private let watched: WatchTown

  init() throws { watched = try WatchTown() }

  private func gate(_ draft: GateDraft, blocking id: IssueID, waiter: AgentAddress? = nil) throws -> IssueID {
    let ledgers = watched.town.ledgers()
    defer { ledgers.close() }
    return try ledgers.store(for: id).write("gate") { tx throws(BeadsError) in
      let gate = try tx.createGate(draft, blocking: id).id
      if let waiter { try tx.addWaiter(waiter.text, to: gate) }
      return gate
    }
  }

  @Test func aTimerOpensInTimeAndTheAgentThatWaitedGoesOn() throws {
    let (id, agent) = try watched.give(["wait for ever"])
    let timer = try gate(GateDraft(.timer, timeout: 600_000_000_000), blocking: id, waiter: agent.address)
    try watched.database().update(agent.address) { $0.state = .awaitingGate }
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 550)
    #expect(try watched.status(timer) == .open)
    #expect(try watched.decisions(agent).isEmpty, "who waits for a gate is not reminded")
    watched.tick(watcher, seconds: 100)
    #expect(try watched.status(timer) == .closed)
    #expect(try watched.database().agent(agent.address)?.state == .working)
    #expect(watched.town.gt("why", timer.rawValue).standardOutput.contains("gate closed"))
    let name = try watched.session(agent).name
    try eventually("it was told") {
      watched.forward(seconds: 6)
      watcher.tick()
      return watched.live.received(name).contains { $0.contains("The gate \(timer) is open") }
    }
  }

  @Test func aGateOfAnIssueOpensWhenThatIsDone() throws {
    let (first, second) = (try watched.makeIssue("First", []), try watched.makeIssue("Second", []))
    let gate = try gate(GateDraft(.bead, awaitID: "app:\(first)"), blocking: second)
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 60)
    #expect(try watched.status(gate) == .open)
    let ledgers = watched.town.ledgers()
    _ = try ledgers.store(for: first).write("close") { tx throws(BeadsError) in
      try tx.close(first, reason: "done", force: true)
    }
    ledgers.close()
    watcher.tick()
    #expect(try watched.status(gate) == .closed)
  }

  /// What only GitHub or a person knows is not asked for, and nothing is started.
  @Test func gatesOfOthersStayWithThem() throws {
    let id = try watched.makeIssue("Task", [])
    let gates = [
      try gate(GateDraft(.human), blocking: id),
      try gate(GateDraft(.githubPullRequest, awaitID: "7"), blocking: id),
    ]
    let watcher = try watched.watcher()
    watched.tick(watcher, seconds: 600)
    for gate in gates { #expect(try watched.status(gate) == .open) }
    let job = try watched.live.run("dog", "call", "gates", "--json")
    #expect(job.text.contains("\(gates[1])"), "\(job.text) \(job.errorText)")
    let dogs = try watched.town.json("dog", "list").arrayValue ?? []
    #expect(dogs.first { $0["name"]?.stringValue == "gates" }?["enabled"] == .bool(false))
  }
}
