import CommandKit

extension CommandTree {
  static var issueCommands: [BdCommand] {
    let main = [
      CreateCommand.command, CreateFormCommand.command, QuickCommand.command, ShowCommand.command,
      UpdateCommand.command,
      CloseCommand.close,
      CloseCommand.done,
    ]
    let others = [
      EditCommand.command, DeleteCommand.command, RenameCommand.command, RenamePrefixCommand.command,
      TodoCommands.command,
    ]
    return main + StatusCommands.all + ShortcutCommands.all + CommentCommands.all + LabelCommands.all
      + StateCommands.all + others
  }
}
