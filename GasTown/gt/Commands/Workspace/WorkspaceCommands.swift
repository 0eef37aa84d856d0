extension CommandTree {
  static var workspaceCommands: [GtCommand] {
    [InstallCommand.command, RigCommand.group, CrewCommand.group, NamepoolCommand.group]
  }
}
