extension CommandTree {
  static var serviceCommands: [GtCommand] { [MergeQueueCommand.command] }
}
