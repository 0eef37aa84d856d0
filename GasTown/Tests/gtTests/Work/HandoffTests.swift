import BeadsKit
import GasTownKit
import Testing

/// Scenario 17 of the contract's appendix D; between live sessions: `LiveWorkTests.handoff`.
@Suite("Handoff")
struct HandoffTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws { quiet = try QuietTown() }

  @Test func isWrittenDownToldOnceAndNotRepeatedAtOnce() throws {
    let id = try town.makeIssue("Greeting")
    town.gt("sling", id.rawValue, "app")
    let agent = try #require(try town.database().agent(on: id))
    let me = agent.address.text
    town.gt(["mol", "step", "done"], as: me)
    let result = town.gt(["handoff", "-m", "parser done, tests next", "-s", "halfway", "-c"], as: me)
    #expect(result.status == 0, "\(result.standardError)")
    let mail = try #require(try town.json("mail", "inbox", as: me).arrayValue?.first)
    #expect(mail["subject"] == .string("🤝 HANDOFF: halfway"))
    #expect(mail["body"]?.stringValue?.contains("next branch-setup") == true)
    #expect(try town.json("prime", "--state", "--dry-run", as: me)["state"] == .string("post-handoff"))
    let text = town.gt(["prime"], as: me).standardOutput
    #expect(text.contains("Do not hand off again"))
    #expect(text.contains("parser done, tests next"))
    #expect(text.contains("(`branch-setup`)  ← begin here"))
    #expect(!text.contains("Unread mail"))
    #expect(!town.gt(["prime"], as: me).standardOutput.contains("Do not hand off again"))
    #expect(town.gt(["resume"], as: me).standardOutput.contains("parser done, tests next"))
    let again = town.gt(["handoff"], as: me)
    #expect(again.status == 2)
    #expect(again.standardError.contains("s ago"))
    town.advance(seconds: 121)
    #expect(town.gt(["handoff"], as: me).status == 0)
    let after = try #require(try town.database().agent(agent.address))
    #expect([after.bead, after.bead] == [id, id])
    #expect(after.worktree == agent.worktree)
    #expect(after.branch == agent.branch)
    #expect(try quiet.events().count { $0["type"] == .string("handoff") } == 2)
  }

  @Test func autoOnlySavesTheState() throws {
    let id = try town.makeIssue("Greeting")
    town.gt("sling", id.rawValue, "app")
    let me = try #require(try town.database().agent(on: id)).address.text
    #expect(try town.json("handoff", "--auto", "-m", "before compaction", as: me)["saved"] == .bool(true))
    #expect(try town.json("checkpoint", "read", as: me)["notes"] == .string("before compaction"))
    #expect(try town.json("resume", as: me)["has_handoff"] == .bool(false))
    #expect(town.gt("handoff").status == 1)
  }
}

@Suite("Work in live sessions", .serialized)
struct LiveWorkTests {
  /// Gives out an issue whose description is a script.
  private func give(_ script: [String], in live: LiveTown) throws -> (id: IssueID, agent: AgentRecord) {
    let id = try live.town.makeIssue("Greeting")
    let ledgers = live.town.ledgers()
    try ledgers.store(for: id).write("update") { tx throws(BeadsError) in
      try tx.update(id) { $0.description = script.map { "scripted: \($0)" }.joined(separator: "\n") }
    }
    ledgers.close()
    let run = try live.run("sling", id.rawValue, "app")
    try #require(run.succeeded, "\(run.errorText)")
    return (id, try #require(try live.town.database().agent(on: id)))
  }

  @Test("a worker that dies is resumed where it was", arguments: ["headless", "tmux"])
  func resume(backend: String) throws {
    let live = try LiveTown(backend, rig: true)
    let (id, agent) = try give(
      [
        "write one.txt one", "commit one", "gt mol step done", "gt mol step done", "leave two.txt two",
        "sleep 2s", "once crash", "wait more",
      ], in: live)
    let session = try live.town.town.sessionName(agent.address)
    try eventually("the agent crashed") {
      try !live.launcher().liveness(of: [agent.address])[agent.address]!.isAlive
    }
    let state = try live.town.json("prime", "--state", as: agent.address.text)
    #expect(state["state"] == .string("crash-recovery"))
    #expect(state["step"] == .string("implement"))
    let again = try live.run("sling", id.rawValue, "app", "--json")
    let result = JSONValue(parsing: again.text)?["results"]?.arrayValue?.first
    #expect(result?["action"] == .string("resumed"), "\(again.errorText)")
    #expect(result?["session"] == .string(session))
    let after = try #require(try live.town.database().agent(on: id))
    #expect(after.address == agent.address)
    #expect(after.branch == agent.branch)
    let worktree = try #require(after.worktree)
    #expect(FileSystem.exists(Path.join(worktree, "two.txt")))
    #expect(try live.town.git(worktree, "log", "--format=%s", "-1") == "one")
    let third = try live.run("sling", id.rawValue, "app", "--json")
    #expect(JSONValue(parsing: third.text)?["results"]?.arrayValue?.first?["action"] == .string("already"))
    #expect(try live.town.database().agents(role: .polecat).count == 1)
  }

  @Test("an agent replaces its own session", arguments: ["headless", "tmux"])
  func handoff(backend: String) throws {
    let live = try LiveTown(backend, rig: true)
    let (id, agent) = try give(
      ["write one.txt one", "commit one", "once gt handoff -m next", "wait more"], in: live)
    func sessions() throws -> Int64 {
      try live.town.database().connection.int64(
        "SELECT count(*) FROM sessions WHERE address = ?1", agent.address.text) ?? 0
    }
    try eventually("the session was replaced") { try sessions() == 2 }
    try eventually("the successor runs") {
      try live.launcher().liveness(of: [agent.address])[agent.address]!.isAlive
    }
    let after = try #require(try live.town.database().agent(on: id))
    #expect(after.address == agent.address)
    #expect(after.worktree == agent.worktree)
    #expect(try live.town.database().lastHandoff(of: agent.address)?.message == "next")
  }

  @Test("work that is taken back ends the session, and new work begins in a new one", arguments: ["headless"])
  func takenBack(backend: String) throws {
    let live = try LiveTown(backend, rig: true)
    let (id, agent) = try give(["leave draft.txt unsaved", "wait for ever"], in: live)
    func session() throws -> Liveness? { try live.launcher().liveness(of: [agent.address])[agent.address] }
    let draft = Path.join(try #require(agent.worktree), "draft.txt")
    try eventually("the agent works") { FileSystem.exists(draft) }
    #expect(try live.run("unsling", id.rawValue).status == .exited(2))
    #expect(try session()?.isAlive == true)
    #expect(try live.run("unsling", id.rawValue, "--force").succeeded)
    #expect(try session()?.isAlive == false)
    #expect(FileSystem.exists(draft))
    let record = try #require(try live.town.database().agent(agent.address))
    #expect(record.state == .idle)
    #expect(!record.isWanted)
    let (next, again) = try give(["wait for ever"], in: live)
    #expect(again.address == agent.address)
    #expect(try session()?.isAlive == true)
    #expect(!FileSystem.exists(draft))
    let saved = try live.town.git("app/.repo.git", "for-each-ref", "--format=%(refname)", "refs/gt/salvage")
    #expect(saved.contains("refs/gt/salvage/"))
    #expect(try live.town.database().agent(on: next)?.address == agent.address)
  }

  @Test func aFinishedIssueWaitsForItsMergeAndIsNotGivenOutAgain() throws {
    let live = try LiveTown("headless", rig: true)
    let (id, agent) = try give(["write hello.txt hello", "commit hello", "done"], in: live)
    func status() throws -> Status? {
      let ledgers = live.town.ledgers()
      defer { ledgers.close() }
      return try ledgers.store(for: id).issue(id)?.status
    }
    try eventually("the work is handed in") { try status() == .inReview }
    try eventually("the polecat rests") {
      try live.town.database().agent(agent.address)?.state == .idle
    }
    let again = try live.run("sling", id.rawValue, "app")
    #expect(again.status == .exited(2))
    #expect(again.errorText.contains("waits to be merged"))
  }
}
