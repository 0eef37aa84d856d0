extension CommandTree {
  static var guideCommands: [BdCommand] {
    [SetupCommand.command, PrimeCommand.command, GuideTextCommands.quickstart, GuideTextCommands.onboard]
  }
}
