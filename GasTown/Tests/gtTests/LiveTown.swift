import BeadsKit
import GasTownKit
import Testing

/// A town whose agents really run: real time, a tmux server of its own in the town's directory, and the built `gt`.
///
/// Whatever still runs ends with it.
final class LiveTown {
  let town: TestTown

  /// - Parameters:
  ///   - backend: Where agents run.
  ///   - rig: Whether the town has the rig `app`.
  init(_ backend: String = "tmux", rig: Bool = false) throws {
    town = try TestTown(rig: rig)
    town.environment.clock = { Environment.systemClock() }
    town.environment.variables["TMUX_TMPDIR"] = town.root
    town.environment.variables["GT_SESSIONS"] = backend
    try town.write("settings/config.json", #"{"default_agent": "scripted"}"#)
  }

  deinit {
    if let database = try? town.database(), let open = try? database.openSessions() {
      for session in open { try? launcher().sessions.stop(session.name, nonce: session.nonce, grace: .zero) }
    }
    try? Tmux(town.town).killServer()
  }

  /// The file of the program, which is built beside the tests.
  static func program() throws -> String {
    let path = Path.join(Path.directory(of: try #require(executablePath())), "gt")
    try #require(FileSystem.exists(path), "\(path) is not built")
    return path
  }

  func launcher() throws -> AgentLauncher {
    try AgentLauncher(town: town.town, database: town.database(), program: Self.program())
  }

  func nudges() throws -> Nudges {
    let launcher = try launcher()
    return Nudges(town.town, launcher.database, launcher)
  }

  /// Runs the real program.
  func run(_ arguments: String..., as role: String? = nil) throws -> Subprocess.Result {
    var variables = town.environment.variables
    variables["GT_ROLE"] = role
    return try Subprocess(
      [Self.program()] + arguments, directory: town.root, variables: variables, timeout: .seconds(60)
    ).run()
  }

  /// An issue whose agent follows a script.
  func makeIssue(_ title: String, _ script: [String]) throws -> IssueID {
    let id = try town.makeIssue(title)
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("update") { tx throws(BeadsError) in
      try tx.update(id) { $0.description = script.map { "scripted: \($0)" }.joined(separator: "\n") }
    }
    return id
  }

  /// Gives an issue to a scripted agent.
  func give(_ script: [String]) throws -> (id: IssueID, agent: AgentRecord) {
    let id = try makeIssue("Greeting", script)
    let run = try run("sling", id.rawValue, "app")
    try #require(run.succeeded, "\(run.errorText)")
    return (id, try #require(try town.database().agent(on: id)))
  }

  /// What the scripted agent of a session was told so far.
  func received(_ session: String) -> [String] {
    let text = (try? town.text(".runtime/scripted/\(session).jsonl")) ?? ""
    return text.split(separator: "\n").compactMap { JSONValue(parsing: String($0))?["text"]?.stringValue }
  }
}

/// Waits until something is the case, which is looked for every few milliseconds; failing that is a failed test.
func eventually(
  within seconds: Int64 = 30, _ what: Testing.Comment, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () throws -> Bool
) throws {
  let deadline = monotonicNanoseconds() &+ seconds * 1_000_000_000
  while try !condition() {
    guard monotonicNanoseconds() < deadline else {
      Testing.Issue.record(what, sourceLocation: sourceLocation)
      return
    }
    pause(nanoseconds: 5_000_000)
  }
}
