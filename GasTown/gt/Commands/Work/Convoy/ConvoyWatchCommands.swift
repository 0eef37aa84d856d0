import BeadsKit
import CommandKit
import GasTownKit

/// `gt convoy watch` and `unwatch`.
enum ConvoyWatchCommands {
  static var watch: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "watch", summary: "Be told when a convoy ends",
      examples: ["gt convoy watch hq-cv-x7k2m", "gt convoy watch hq-cv-x7k2m app/crew/max --nudge"],
      flags: [.bool("nudge", help: "By a nudge instead of mail")],
      positionals: [.required("convoy"), .optional("address", help: "Who; you unless said otherwise")]
    ) { try set(true, $0, $1) }
  }

  static var unwatch: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "unwatch", summary: "No longer be told when a convoy ends",
      examples: ["gt convoy unwatch hq-cv-x7k2m"],
      flags: [.bool("nudge", help: "By a nudge instead of mail")],
      positionals: [.required("convoy"), .optional("address", help: "Who; you unless said otherwise")]
    ) { try set(false, $0, $1) }
  }

  private static func set(
    _ isWatching: Bool, _ arguments: Arguments, _ context: GtContext
  ) throws {
    let convoys = try context.convoys()
    let id = try convoys.resolve(arguments.positionals[0]).id
    let address =
      arguments.positionals.count > 1 ? try context.agent(arguments.positionals[1]) : try context.me()
    let result = try convoys.setWatcher(address.text, of: id, to: isWatching, nudge: arguments.bool("nudge"))
    if context.isJSON {
      let progress = try convoys.status(id)
      return context.object { ConvoyJSON.members(progress, &$0) }
    }
    let verb: TerminalText = isWatching ? "watches" : "does not watch"
    if !result.changed { return context.print("\(address) \(verb) \(id) already") }
    context.print("\("✓", .green) \(address) \(verb) \(id, .bold)\(isWatching ? "" : " any more")")
  }
}
