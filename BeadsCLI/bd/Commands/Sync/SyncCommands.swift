import CommandKit

extension CommandTree {
  static var syncCommands: [BdCommand] {
    [SyncCommand.command, VersionCommands.history, VersionCommands.diff]
  }
}
