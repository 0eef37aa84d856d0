extension CommandTree {
  static var diagnosticCommands: [GtCommand] {
    [
      StatusCommand.command, DoctorCommand.command, WhoamiCommand.command, RoleCommand.group,
      InfoCommand.command, VersionCommand.command, TownServices.why,
    ]
  }
}
