extension CommandTree {
  static var configCommands: [GtCommand] { [] }
}
