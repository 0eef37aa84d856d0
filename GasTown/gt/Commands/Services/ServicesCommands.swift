extension CommandTree {
  static var serviceCommands: [GtCommand] {
    [
      TownServices.up, TownServices.start, TownServices.down, ShutdownCommand.command,
      StopCommands.estop, StopCommands.thaw, DaemonCommand.command,
      MergeQueueCommand.command, RefineryCommand.command, LeftoverCommands.cleanup, DogCommand.command,
      ReaperCommand.command,
    ]
  }
}
