extension CommandTree {
  static var communicationCommands: [GtCommand] { [] }
}
