extension CommandTree {
  static var workspaceCommands: [GtCommand] { [] }
}
