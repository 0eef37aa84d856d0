extension CommandTree {
  static var agentCommands: [GtCommand] {
    [
      NudgeCommand.command, NudgeCommand.broadcast, ScriptedAgentCommand.command,
      ScriptedAgentCommand.runAgent,
    ]
  }
}
