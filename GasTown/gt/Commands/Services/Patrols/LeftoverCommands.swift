import BeadsKit
import CommandKit
import GasTownKit

/// `gt cleanup` and `gt orphans procs`: processes that sessions have left behind.
enum LeftoverCommands {
  static var cleanup: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "cleanup", summary: "End processes that ended sessions have left behind",
      section: CommandTree.Section.services,
      discussion: "Only processes that gt started; nothing is told by its name.",
      examples: ["gt cleanup --dry-run", "gt cleanup"],
      flags: [
        .bool("dry-run", short: "n", help: "Only show them"),
        .bool("force", short: "f", help: "Do not ask them to end by themselves first"),
      ]
    ) { arguments, context in
      try context.endLeftovers(
        isDryRun: arguments.bool("dry-run"), grace: arguments.bool("force") ? .zero : .seconds(2))
    }
  }

  /// `gt orphans procs`.
  static var processes: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "procs", aliases: ["processes"], summary: "Processes that ended sessions have left behind",
      subcommands: [list, kill])
  }

  private static let ignored: [Flag] = [
    .bool("aggressive", hidden: true, help: "Nothing is ended that gt did not start")
  ]

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "Show them", examples: ["gt orphans procs list --json"],
      flags: ignored
    ) { _, context in try context.endLeftovers(isDryRun: true) }
  }

  private static var kill: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "kill", summary: "End them", examples: ["gt orphans procs kill"],
      flags: ignored + [.bool("force", short: "f", help: "Do not ask them to end by themselves first")]
    ) { arguments, context in
      try context.endLeftovers(isDryRun: false, grace: arguments.bool("force") ? .zero : .seconds(2))
    }
  }
}
