extension CommandTree {
  static var workCommands: [GtCommand] {
    [
      SlingCommand.command, HookCommand.command, UnslingCommand.command, PrimeCommand.command,
      MolCommand.command, DoneCommand.command, ConvoyCommand.command, ReadyCommand.command,
      ReleaseCommand.command, CheckpointCommand.command, OrphansCommand.command, OrphansCommand.pruneBranches,
      FormulaCommand.command, SchedulerCommand.group, MountainCommand.command, SynthesisCommand.group,
      CompactCommand.command,
    ] + HandoffCommand.all + IssueCommands.all + MemoryCommands.all
  }
}
