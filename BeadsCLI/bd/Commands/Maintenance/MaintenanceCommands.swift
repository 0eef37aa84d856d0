import CommandKit

extension CommandTree {
  static var maintenanceCommands: [BdCommand] {
    [
      DoctorCommand.command, FsckCommand.command, MigrateCommand.command, RebuildCommand.command,
      ResolveConflictsCommand.command,
    ]
  }
}
