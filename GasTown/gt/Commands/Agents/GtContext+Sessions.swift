import BeadsKit
import CommandKit
import GasTownKit

extension GtContext {
  /// What starts and ends agents.
  func launcher() throws(BeadsError) -> AgentLauncher {
    try AgentLauncher(town: try town(), database: try database(), program: program())
  }

  /// Messages that are typed into sessions.
  func nudges() throws(BeadsError) -> Nudges {
    Nudges(try town(), try database(), try launcher())
  }

  /// Replaces this process by one that shows a session, until the person leaves it.
  func attach(_ agent: AgentAddress) throws {
    let town = try town()
    let name = try town.sessionName(agent)
    let launcher = try launcher()
    switch launcher.liveness(of: [agent])[agent] ?? .none {
    case .alive: break
    case .unknown(let reason):
      throw BeadsError(.unsupported, "the session of \(agent) cannot be shown: \(reason)")
    case .dead, .none:
      throw BeadsError(
        .notFound, "\(agent) does not run", hint: "`gt session start \(agent)` starts its session")
    }
    guard launcher.sessions.backend == "tmux" else {
      throw BeadsError(
        .unsupported, "\(agent) runs without a terminal", hint: "`gt peek \(agent)` shows what it printed")
    }
    guard output.isTerminal else {
      throw BeadsError(
        .invalid, "there is no terminal to show \(name) on", hint: "`gt peek \(agent)` prints it")
    }
    close()
    output.flush()
    var request = Subprocess(Tmux(town).attachCommand(name))
    request.variables = environment.variables.filter { $0.key != "TMUX" }
    request.input = .inherited
    request.output = .inherited
    if try !request.run().succeeded { throw ExitStatus(1) }
  }
}

extension GtContext {
  /// Says that an agent was started.
  func started(_ agent: AgentAddress, _ session: SessionSnapshot) throws(BeadsError) {
    let runtime = try database().openSession(of: agent)?.runtime ?? ""
    if isJSON {
      return object { writer in
        writer.member("agent", agent.text)
        writer.member("session", session.name)
        writer.member("runtime", runtime)
        if let pid = session.pid { writer.member("pid", Int(pid)) }
        writer.member(optional: "command", session.commandLine)
      }
    }
    guard let line = session.commandLine else {
      return print("✓ \(agent, .bold) runs \(runtime) in the session \(session.name)")
    }
    print("gt runs no agents here. To run \(agent) yourself:")
    print("\(multiline: line)")
  }

  /// Ends an agent's session and says so.
  func bringDown(_ agent: AgentAddress) throws(BeadsError) {
    let ran = try launcher().bringDown(agent, reason: "stopped by \(try me())")
    if isJSON { return object { $0.member("stopped", ran) } }
    print(ran ? "✓ \(agent) has ended" : "\(agent) did not run")
  }

  /// Shows whether an agent runs.
  func showSession(of agent: AgentAddress) throws(BeadsError) {
    let liveness = try launcher().liveness(of: [agent])[agent] ?? .none
    let open = try database().openSession(of: agent)
    if isJSON {
      return object { writer in
        guard let open else {
          writer.member("agent", agent.text)
          return writer.member("running", false)
        }
        writer.session(open, liveness)
      }
    }
    let state: TerminalText =
      if case .none = liveness { "does not run" } else { SessionCommand.state(liveness) }
    print("\(agent, .bold)  \(state)")
    if case .unknown(let reason) = liveness { print("  \(reason)") }
    guard let open else { return }
    print("  Session: \(open.name) (\(open.backend))")
    print("  Runtime: \(open.runtime)")
    print("  Since:   \(Timestamp(unixNanoseconds: open.startedAt).shown)")
    if let bead = open.bead { print("  Work:    \(bead)") }
  }
}
