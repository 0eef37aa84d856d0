import CommandKit

extension CommandTree {
  static var viewCommands: [BdCommand] {
    [
      ReadyCommand.command, ListCommand.command, SearchCommand.command, BlockedCommand.command,
      ChildrenCommand.command, StaleCommand.command, CountCommand.command, StatusCommand.command,
      TypesCommand.command, StatusesCommand.command,
    ]
  }
}
