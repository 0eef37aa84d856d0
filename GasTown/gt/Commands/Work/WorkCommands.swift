extension CommandTree {
  static var workCommands: [GtCommand] { [] }
}
