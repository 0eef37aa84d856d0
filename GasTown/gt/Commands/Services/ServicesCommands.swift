extension CommandTree {
  static var serviceCommands: [GtCommand] {
    [TownServices.up, TownServices.down, DaemonCommand.command, MergeQueueCommand.command]
  }
}
