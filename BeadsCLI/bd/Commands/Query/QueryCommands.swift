import CommandKit

extension CommandTree {
  static var queryCommands: [BdCommand] {
    [
      QueryCommand.command, FindDuplicatesCommand.command, SimilarCommand.command, CompatCommand.command,
      RepairDepsCommand.command,
    ]
  }
}
