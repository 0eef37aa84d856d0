extension CommandTree {
  static var workCommands: [GtCommand] {
    [
      DoneCommand.command, HookCommand.command, UnslingCommand.command, PrimeCommand.command,
      MolCommand.command,
      ConvoyCommand.command, ReadyCommand.command, ReleaseCommand.command, CheckpointCommand.command,
    ]
  }
}
