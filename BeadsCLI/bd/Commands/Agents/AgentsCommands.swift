import CommandKit

extension CommandTree {
  static var agentsCommands: [BdCommand] {
    [NextCommand.command, WhyCommand.command, PlanCommand.command, HeartbeatCommand.command]
  }
}
