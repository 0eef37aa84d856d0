extension CommandTree {
  static var agentCommands: [GtCommand] {
    [
      MayorCommand.group, PolecatCommand.group, AgentsCommand.group, SessionCommand.group,
      SessionCommand.peek, NudgeCommand.command, NudgeCommand.broadcast,
      ScriptedAgentCommand.command, ScriptedAgentCommand.runAgent, ScriptedAgentCommand.runInPane,
    ]
  }
}
