import BeadsKit
import CommandKit
import GasTownKit

/// `gt reaper`: the parts of the job that sweeps away what nobody needs, by hand.
enum ReaperCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "reaper", summary: "Sweep away wisps and mail that nobody needs any more",
      section: CommandTree.Section.services,
      discussion: """
        A wisp past its time that is finished is deleted; one that is not, or that somebody commented on, is kept for \
        good: something is stuck there. Mail goes some time after it was put away.
        """,
      subcommands: [
        part("scan", "Tell what would be swept away", [.expired, .finished, .stale], isDryRun: true),
        part("reap", "Sweep away wisps that are past their time", .expired),
        part("purge", "Delete what was finished long ago: wisps and mail", .finished),
        part("auto-close", "Close issues that nobody has touched for long", .stale),
        part("run", "Sweep away wisps and mail", [.expired, .finished]), databases,
      ])
  }

  private static let ages: [Flag] = [
    age("max-age", "How long wisps live that name no time of their own"),
    age("purge-age", "How long finished wisps are kept"),
    age("mail-age", "How long mail is kept after it was put away"),
    age("stale-age", "How long nobody must have touched an issue"),
  ]

  private static func age(_ name: String, _ help: String) -> Flag {
    .string(name, placeholder: "DURATION", help: "\(help) (default: what the settings lifecycle.reaper say)")
  }

  private static func part(
    _ name: String, _ summary: String, _ parts: Sweep.Parts, isDryRun: Bool = false
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      name, summary: summary, examples: ["gt reaper \(name)", "gt reaper \(name) --json"],
      flags: ages + [.bool("dry-run", short: "n", help: "Only tell what would be done")]
    ) { arguments, context in
      var sweep = Sweep(parts)
      sweep.wispAge = try span("max-age", context)
      sweep.purgeAge = try span("purge-age", context)
      sweep.mailAge = try span("mail-age", context)
      sweep.staleAge = try span("stale-age", context)
      sweep.isDryRun = isDryRun || arguments.bool("dry-run")
      let report = try sweep.run(try context.launcher(), try context.ledgers())
      context.show(report, "reaper", isDryRun: sweep.isDryRun)
    }
  }

  private static func span(_ name: String, _ context: GtContext) throws(BeadsError) -> Duration? {
    try context.arguments.string(name).map { text throws(BeadsError) in
      .nanoseconds(try GoDuration.nanoseconds(text))
    }
  }

  private static var databases: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "databases", summary: "List the trackers that are swept", examples: ["gt reaper databases"]
    ) {
      _, context in
      let names = ["hq"] + (try context.town().rigs()).map(\.name.rawValue)
      if context.isJSON { return context.json { $0.strings(names) } }
      for name in names { context.print("\(name)") }
    }
  }
}
