import CommandKit

extension CommandTree {
  /// Dependencies and what is made of them.
  static var graphCommands: [BdCommand] {
    [
      DepCommand.command, LinkCommand.command, EpicCommand.command, GraphCommand.command,
      ReplacementCommands.duplicate, ReplacementCommands.supersede, DuplicatesCommand.command,
      RelateCommands.relate(hidden: true), RelateCommands.unrelate(hidden: true),
    ]
  }
}
