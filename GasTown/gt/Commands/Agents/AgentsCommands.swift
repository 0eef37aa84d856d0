extension CommandTree {
  static var agentCommands: [GtCommand] {
    [
      PolecatCommand.group,
      NudgeCommand.command, NudgeCommand.broadcast, ScriptedAgentCommand.command,
      ScriptedAgentCommand.runAgent,
    ]
  }
}
