extension CommandTree {
  static var communicationCommands: [GtCommand] {
    [MailCommand.command, EscalateCommand.command, NotifyCommands.dnd, NotifyCommands.notify]
  }
}
