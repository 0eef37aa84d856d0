extension CommandTree {
  static var diagnosticCommands: [GtCommand] { [VersionCommand.command] }
}
