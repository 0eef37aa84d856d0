import CommandKit

extension CommandTree {
  static var queryCommands: [BdCommand] { [QueryCommand.command, FindDuplicatesCommand.command] }
}
