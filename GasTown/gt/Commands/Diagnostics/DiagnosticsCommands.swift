extension CommandTree {
  static var diagnosticCommands: [GtCommand] {
    [
      StatusCommand.command, DoctorCommand.command, FeedCommand.command, LogCommand.command,
      AuditCommand.command, WhyCommand.command, PatrolCommand.command, DemoCommand.command,
      ActivityCommand.command,
      ActivityCommand.heartbeat,
      WhoamiCommand.command, RoleCommand.group, InfoCommand.command, VersionCommand.command,
      VitalsCommand.command, StaleCommand.command,
    ] + RecentCommands.all
  }
}
