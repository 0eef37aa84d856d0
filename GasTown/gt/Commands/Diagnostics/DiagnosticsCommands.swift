extension CommandTree {
  static var diagnosticCommands: [GtCommand] {
    [
      StatusCommand.command, WhoamiCommand.command, RoleCommand.group, InfoCommand.command,
      VersionCommand.command,
    ]
  }
}
