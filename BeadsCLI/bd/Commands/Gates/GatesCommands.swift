import BeadsKit
import CommandKit

extension CommandTree {
  static var gateCommands: [BdCommand] {
    [
      GateCommand.command, SwarmCommand.command, MergeSlotCommand.command, SlotCommand.command,
      AgentCommand.command,
    ]
  }
}

extension BdContext {
  /// Ends a command that has printed its answer, with an error on stderr alone.
  func fail(_ error: BeadsError) throws {
    output.report(error)
    throw ExitStatus(error.exitStatus)
  }
}
