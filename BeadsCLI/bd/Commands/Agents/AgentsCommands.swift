import CommandKit

extension CommandTree {
  static var agentsCommands: [BdCommand] {
    [
      NextCommand.command, WhyCommand.command, PlanCommand.command, LintCommand.command,
      OrphansCommand.command, ActivityCommand.command, HeartbeatCommand.command, HumanCommand.command,
      AuditCommand.command, StartCommand.command,
    ]
  }
}
