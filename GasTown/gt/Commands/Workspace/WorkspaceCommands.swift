extension CommandTree {
  static var workspaceCommands: [GtCommand] {
    [
      InstallCommand.command, RigCommand.group, CrewCommand.group, WorktreeCommand.group,
      NamepoolCommand.group,
    ]
  }
}
