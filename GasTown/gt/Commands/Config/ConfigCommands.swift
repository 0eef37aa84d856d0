extension CommandTree {
  static var configCommands: [GtCommand] {
    [ConfigCommand.group, HooksCommand.group, DirectiveCommand.group]
  }
}
