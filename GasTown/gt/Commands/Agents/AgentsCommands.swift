extension CommandTree {
  static var agentCommands: [GtCommand] { [] }
}
