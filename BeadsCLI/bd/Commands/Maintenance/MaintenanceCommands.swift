import CommandKit

extension CommandTree {
  static var maintenanceCommands: [BdCommand] { [FsckCommand.command] }
}
