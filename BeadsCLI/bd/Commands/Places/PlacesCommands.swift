import CommandKit

extension CommandTree {
  static var placesCommands: [BdCommand] {
    [WorktreeCommand.group, RepoCommand.group, ShipCommand.command] + MoveCommand.all
  }
}
