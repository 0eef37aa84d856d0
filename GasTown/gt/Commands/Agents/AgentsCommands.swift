extension CommandTree {
  static var agentCommands: [GtCommand] {
    [
      MayorCommand.group, DeaconCommand.command, WitnessCommand.command, BootCommand.command,
      WarrantCommand.command, CallbacksCommand.command, PolecatCommand.group, AgentsCommand.group,
      SessionCommand.group,
      SessionCommand.peek, TapCommand.group, TapCommand.signal, NudgeCommand.command, NudgeCommand.broadcast,
      ScriptedAgentCommand.command, ScriptedAgentCommand.runAgent, ScriptedAgentCommand.runInPane,
      ScriptedAgentCommand.nudgePoller,
    ]
  }
}
