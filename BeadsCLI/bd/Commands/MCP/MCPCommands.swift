extension CommandTree {
  /// The server for agents that speak the Model Context Protocol.
  static var mcpCommands: [BdCommand] { [MCPCommand.command] }
}
