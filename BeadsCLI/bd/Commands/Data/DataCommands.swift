import CommandKit

extension CommandTree {
  static var dataCommands: [BdCommand] {
    [
      TransferCommands.importCommand, HistoryCommands.undo, HistoryCommands.op,
      BatchCommand.command, SQLCommand.command, KeyValueCommands.group,
    ] + MemoryCommands.all
  }
}
