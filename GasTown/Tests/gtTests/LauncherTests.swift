import BeadsKit
import GasTownKit
import Testing

@Suite("Starting agents", .serialized)
struct LauncherTests {
  @Test("what was started is on record, lives, dies, and is replaced", arguments: ["tmux", "headless"])
  func life(backend: String) throws {
    let live = try LiveTown(backend)
    let launcher = try live.launcher()
    #expect(launcher.liveness(of: [.mayor]) == [.mayor: .none])
    let first = try launcher.start(.mayor)
    let record = try #require(try launcher.database.openSession(of: .mayor))
    #expect(record.process == first.process && record.runtime == "scripted" && record.backend == backend)
    #expect(first.process?.nonce == record.nonce)
    #expect(launcher.liveness(of: [.mayor])[.mayor]?.isAlive == true)
    let again = #expect(throws: BeadsError.self) { try launcher.start(.mayor) }
    #expect(again?.code == .exists)
    ProcessIdentity.end(try #require(first.pid))
    try eventually("the mayor is known to be dead") {
      if case .dead = launcher.liveness(of: [.mayor])[.mayor] { true } else { false }
    }
    let second = try launcher.start(.mayor)
    #expect(second.process != first.process && second.process?.isAlive == true)
    // What a program ended with is not always there to be seen: tmux forgets sessions that end while it starts.
    let statuses = try launcher.database.sessions(of: .mayor).map(\.exitStatus)
    #expect(statuses == [nil, 137] || statuses == [nil, nil])
    #expect(try launcher.stop(.mayor, reason: "test"))
    #expect(second.process?.isAlive == false)
    #expect(launcher.liveness(of: [.mayor]) == [.mayor: .none])
    #expect(try !launcher.stop(.mayor, reason: "test"))
    let log = try live.town.text(".events.jsonl")
    #expect(log.contains(#""type":"session_start""#) && log.contains(#""type":"session_end""#))
  }

  @Test func theLockOfAGitThatWasKilledIsInNobodysWay() throws {
    let live = try LiveTown(rig: true)
    let launcher = try live.launcher()
    let rig = try live.town.rig()
    let address = AgentAddress.polecat(rig.name, try AgentName("nux"))
    let worktree = rig.polecatWorktree(try AgentName("nux"))
    try FileSystem.makeDirectory(worktree)
    try live.town.git(worktree, "init", "--quiet")
    let lock = Path.join(worktree, ".git/index.lock")
    try FileSystem.append([], to: lock)
    var record = AgentRecord(address)
    record.worktree = worktree
    try launcher.database.save(record)
    // Somebody works there, whose lock it may be.
    let person = try Subprocess(["sleep", "600"], directory: worktree).startDetached()
    try launcher.start(address)
    #expect(FileSystem.exists(lock))
    try launcher.stop(address, reason: "test")
    ProcessIdentity.end(person)
    while !hasEnded(person) { pause(nanoseconds: 1_000_000) }
    try launcher.start(address)
    #expect(!FileSystem.exists(lock))
    #expect(try launcher.database.decisions(about: address.text).contains { $0.action == "lock removed" })
  }

  /// Scenario 21 of the contract's appendix D.
  @Test func theirEnvironmentIsAnAllowList() throws {
    let live = try LiveTown(rig: true)
    live.town.environment.variables.merge([
      "SECRET": "x", "OPENAI_API_KEY": "x", "ANTHROPIC_BASE_URL": "x", "NODE_OPTIONS": "x",
      "HTTPS_PROXY": "http://p",
      "GT_POLECAT": "stale", "GT_DEBUG": "x",
    ]) { $1 }
    let launcher = try live.launcher()
    let rig = try live.town.rig()
    let address = AgentAddress.polecat(rig.name, try AgentName("nux"))
    var record = AgentRecord(address)
    record.worktree = rig.polecatWorktree(try AgentName("nux"))
    try FileSystem.makeDirectory(rig.polecatWorktree(try AgentName("nux")))
    try launcher.database.save(record)
    let session = try launcher.start(address, environment: ["EXTRA": "1"])
    let lines = try FileSystem.read("/proc/\(try #require(session.pid))/environ").split(separator: 0)
    let pairs = lines.map {
      String(decoding: $0, as: UTF8.self).split(separator: "=", maxSplits: 1).map(String.init)
    }
    let variables = Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { $1 }
    for name in ["SECRET", "OPENAI_API_KEY", "ANTHROPIC_BASE_URL", "NODE_OPTIONS", "GT_DEBUG"] {
      #expect(variables[name] == nil)
    }
    #expect(variables["HTTPS_PROXY"] == "http://p" && variables["EXTRA"] == "1")
    #expect(variables["GT_ROLE"] == "app/polecats/nux" && variables["BD_ACTOR"] == "app/polecats/nux")
    #expect(
      variables["GT_POLECAT"] == "nux" && variables["GT_RIG"] == "app" && variables["POLECAT_SLOT"] == "0")
    #expect(variables["GIT_CEILING_DIRECTORIES"] == live.town.root && variables["GIT_AUTHOR_NAME"] == "nux")
    #expect(variables["GT_SESSION"] == "app-nux" && variables["GT_AGENT"] == "scripted")
  }

  /// Scenario 20 of the contract's appendix D; see `TwoTownsTests`.
  @Test func twoTownsDoNotSeeEachOther() throws {
    let (one, two) = (try LiveTown(), try LiveTown())
    defer { withExtendedLifetime((one, two)) {} }
    two.town.environment.variables["TMUX_TMPDIR"] = one.town.root
    let (a, b) = (try one.launcher(), try two.launcher())
    let session = try a.start(.mayor)
    _ = try b.start(.mayor)
    #expect(try a.sessions.inventory().count == 1 && b.sessions.inventory().count == 1)
    try b.stop(.mayor, reason: "test")
    try Tmux(two.town.town).killServer()
    #expect(session.process?.isAlive == true)
    #expect(a.liveness(of: [.mayor])[.mayor]?.isAlive == true)
  }

  @Test func whatCannotRunChangesNothing() throws {
    let live = try LiveTown()
    let launcher = try live.launcher()
    #expect(throws: BeadsError.self) { try launcher.start(.deacon) }
    try live.town.write("settings/config.json", #"{"default_agent": "claude"}"#)
    let failure = #expect(throws: BeadsError.self) { try launcher.start(.mayor) }
    #expect(failure?.code == .missingProgram)
    #expect(try launcher.database.openSessions().isEmpty)
    try live.town.write("settings/config.json", "{")
    let corrupt = #expect(throws: BeadsError.self) { try launcher.start(.mayor) }
    #expect(corrupt?.code == .corrupt)
    #expect(try live.town.text("settings/config.json") == "{")
  }

  @Test func withoutTmuxThePersonRunsTheAgent() throws {
    let live = try LiveTown("none")
    let launcher = try live.launcher()
    let session = try launcher.start(.mayor, prompt: "it's time")
    #expect(session.pid == nil)
    let line = try #require(session.commandLine)
    #expect(line.contains("GT_ROLE=mayor") && line.hasSuffix("scripted-agent --prompt 'it'\\''s time'"))
    #expect(launcher.liveness(of: [.mayor]) == [.mayor: .unknown("a person runs it")])
    #expect(try launcher.nudgesStayQueued())
  }
}

extension AgentLauncher {
  fileprivate func nudgesStayQueued() throws -> Bool {
    try Nudges(town, database, self).send(to: .mayor, from: .overseer, text: "hello").state == .queued
  }
}
