extension CommandTree {
  static var workspaceCommands: [GtCommand] {
    [
      InstallCommand.command, InstallCommand.gitInit, RigCommand.group, CrewCommand.group,
      WorktreeCommand.group,
      NamepoolCommand.group,
    ]
  }
}
