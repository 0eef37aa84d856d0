import CommandKit

extension CommandTree {
  static var maintenanceCommands: [BdCommand] {
    [
      DoctorCommand.command, FsckCommand.command, RebuildCommand.command, ResolveConflictsCommand.command,
    ]
  }
}
