extension CommandTree {
  static var guideCommands: [BdCommand] {
    [PrimeCommand.command, GuideTextCommands.quickstart, GuideTextCommands.onboard]
  }
}
