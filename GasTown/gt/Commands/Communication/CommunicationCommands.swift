extension CommandTree {
  static var communicationCommands: [GtCommand] { [MailCommand.command, EscalateCommand.command] }
}
