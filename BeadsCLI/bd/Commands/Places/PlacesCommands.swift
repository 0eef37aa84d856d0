import CommandKit

extension CommandTree {
  static var placesCommands: [BdCommand] { [WorktreeCommand.group, ShipCommand.command] }
}
