import CommandKit

extension CommandTree {
  static var setupCommands: [BdCommand] {
    [
      InitCommand.command, ConfigCommand.group, WhereCommand.command, ContextCommand.command,
      InfoCommand.command, UninstallCommand.command,
      VersionCommand.command, PingCommand.command, .completion(section: Section.setup),
      .help(section: Section.setup),
    ]
  }
}
