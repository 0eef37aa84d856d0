import CommandKit

extension CommandTree {
  static var dataCommands: [BdCommand] {
    [
      TransferCommands.importCommand, ExportCommand.command, MergeCommand.merge, MergeCommand.driver,
      HooksCommand.group, BackupCommand.group, HistoryCommands.undo, HistoryCommands.op,
      BatchCommand.command, SQLCommand.command, KeyValueCommands.group,
    ] + MemoryCommands.all
  }
}
