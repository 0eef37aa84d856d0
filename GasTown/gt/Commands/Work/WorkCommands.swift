extension CommandTree {
  static var workCommands: [GtCommand] { [ConvoyCommand.command] }
}
