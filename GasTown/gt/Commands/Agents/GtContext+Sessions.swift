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
    guard try launcher().sessions.backend == "tmux" else {
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
