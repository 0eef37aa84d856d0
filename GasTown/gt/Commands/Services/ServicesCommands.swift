extension CommandTree {
  static var serviceCommands: [GtCommand] { [] }
}
