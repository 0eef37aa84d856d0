import CommandKit

extension CommandTree {
  static var setupCommands: [BdCommand] {
    [
      InitCommand.command, BootstrapCommand.command, ConfigCommand.group, WhereCommand.command,
      ContextCommand.command,
      InfoCommand.command, UninstallCommand.command,
      VersionCommand.command, PingCommand.command, PreflightCommand.command,
      .completion(section: Section.setup),
      .help(section: Section.setup),
    ]
  }
}
