import CommandKit

extension CommandTree {
  /// Keeping a project small, and messages.
  static var upkeepCommands: [BdCommand] {
    [
      AdminCommand.command, CompactCommand.command(section: Section.maintenance), RestoreCommand.command,
      PurgeCommand.purge, PurgeCommand.prune, GcCommand.command, MailCommand.command,
      CleanupCommand.command(section: Section.maintenance, hidden: true),
      ResetCommand.command(section: Section.maintenance, hidden: true),
    ]
  }
}

/// `bd admin`: the group of commands that change many issues at once.
enum AdminCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "admin", summary: "Maintenance: compact, cleanup, reset", section: CommandTree.Section.maintenance,
      examples: ["bd admin compact --stats", "bd admin cleanup --older-than 90 --dry-run"],
      subcommands: [CompactCommand.command(), CleanupCommand.command(), ResetCommand.command()])
  }
}
