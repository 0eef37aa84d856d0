import CommandKit

extension CommandTree {
  static var queryCommands: [BdCommand] {
    [
      QueryCommand.command, FindDuplicatesCommand.command, CompatCommand.command, RepairDepsCommand.command,
    ]
  }
}
