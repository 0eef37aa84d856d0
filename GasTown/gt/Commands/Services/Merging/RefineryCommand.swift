import BeadsKit
import CommandKit
import GasTownKit

/// `gt refinery`: the loop of the daemon that merges what is finished in a rig.
enum RefineryCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "refinery", aliases: ["ref"], summary: "See and control what merges finished work",
      section: CommandTree.Section.agents,
      discussion: """
        The refinery tests what is in the merge queue and pushes what passes. It is code that the daemon runs: no model \
        runs, and it costs no tokens. To stop it is to pause the queue: `gt mq pause` does the same. `gt mq` works on \
        single merge requests.
        """,
      examples: ["gt refinery status", "gt refinery queue app", "gt refinery stop app"],
      subcommands: watcher.all + [queue, ready, blocked, unclaimed, claim, release])
  }

  private static var watcher: WatcherCommands {
    WatcherCommands(
      word: "refinery", duty: "tests and merges what is finished",
      chosen: { context throws(BeadsError) in
        let names = context.arguments.positionals
        if names.isEmpty { return try context.town().rigs().map { .refinery($0.name) } }
        return try names.map { name throws(BeadsError) in .refinery(try context.town().rig(name).name) }
      }, positionals: [.zeroOrMore("rig", help: "All rigs unless some are named")], example: " shop")
  }

  // MARK: Views

  private static var queue: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "queue", summary: "List the merge queue of a rig with the places in it",
      examples: ["gt refinery queue app", "gt refinery queue app --json"], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      let entries = try queue.entries()
      if context.isJSON {
        return context.json { writer in
          writer.array(entries.enumerated()) { writer, row in
            writer.object {
              $0.member("position", row.offset + 1)
              $0.key("mr")
              $0.queueEntry(row.element, context)
              $0.member("age", TownOverview.duration(row.element.age(at: context.now)))
            }
          }
        }
      }
      if let stop = try queue.stop(context.database()) { MergeQueueViews.printStop(stop, context) }
      show(entries, "Nothing waits to be merged in \(rig.name)", context)
    }
  }

  private static var ready: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "ready", summary: "List what can be merged now, and what is out of order",
      discussion: "Out of order are old claims, and merge requests whose branch is not on the origin.",
      examples: ["gt refinery ready app", "gt refinery ready app --all --json"],
      flags: [.bool("all", help: "Also what cannot be merged yet")], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      let all = try queue.entries()
      let shown = arguments.bool("all") ? all : all.filter { $0.state == .ready }
      let anomalies = queue.anomalies(all, try queue.verify(all))
      if context.isJSON {
        return context.object { writer in
          writer.key("ready")
          writer.array(shown) { $0.queueEntry($1, context) }
          writer.key("anomalies")
          writer.array(anomalies) { writer, anomaly in
            writer.object {
              $0.member("id", anomaly.id.rawValue)
              $0.member("type", anomaly.kind.rawValue)
              $0.member("severity", anomaly.isCritical ? "critical" : "warning")
              $0.member("message", anomaly.text)
            }
          }
        }
      }
      show(shown, "Nothing can be merged in \(rig.name) now", context)
      for anomaly in anomalies {
        context.print("\("!", .red) \(anomaly.id, .bold) \(anomaly.text)")
      }
    }
  }

  private static var blocked: CommandTree.GtCommand {
    list("blocked", "List what waits for other issues", "Nothing is blocked") { $0.state == .blocked }
  }

  private static var unclaimed: CommandTree.GtCommand {
    list("unclaimed", "List what nobody is at", "Nothing is unclaimed") {
      $0.state != .claimed && $0.state != .merging
    }
  }

  private static func list(
    _ name: String, _ summary: String, _ nothing: String, _ isWanted: @escaping @Sendable (QueueEntry) -> Bool
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      name, summary: summary, examples: ["gt refinery \(name) app"], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let entries = try context.mergeQueue(rig).entries().filter(isWanted)
      if context.isJSON { return context.json { $0.array(entries) { $0.queueEntry($1, context) } } }
      show(entries, "\(nothing) in \(rig.name)", context)
    }
  }

  private static func show(_ entries: [QueueEntry], _ nothing: String, _ context: GtContext) {
    if entries.isEmpty { return context.print("\(nothing)") }
    var table = Table([
      .init("PLACE"), .init("ID"), .init("STATE"), .init("AGE"), .init("TITLE", isFlexible: true),
      .init("WAITS FOR", isFlexible: true),
    ])
    for (place, entry) in entries.enumerated() {
      let age = TownOverview.duration(entry.age(at: context.now))
      table.add(
        "\(place + 1)", "\(entry.issue.id, .bold)", "\(entry.word)", "\(age)", "\(entry.issue.title)",
        "\(entry.waitsFor ?? "")")
    }
    context.output.print(table)
  }

  // MARK: Claims

  private static var claim: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "claim", summary: "Take a merge request out of the engine's hands for a while",
      discussion: """
        Nobody else works on it until `gt refinery release`, or until nothing was heard for the time in the setting \
        merge_queue.stale_claim_timeout. What was merged by hand meanwhile is noted with `gt mq post-merge`.
        """,
      examples: ["gt refinery claim app-wisp-3fk"], positionals: GtContext.mergeRequestPlaces
    ) { _, context in
      let (id, queue) = try context.namedMergeRequest()
      MergeQueueActions.report(try queue.claim(id, by: try context.me()), "is claimed", context)
    }
  }

  private static var release: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "release", summary: "Give a claimed merge request back to the engine",
      examples: ["gt refinery release app-wisp-3fk"], positionals: GtContext.mergeRequestPlaces
    ) { _, context in
      let (id, queue) = try context.namedMergeRequest()
      MergeQueueActions.report(try queue.release(id, by: try context.me()), "is in the queue again", context)
    }
  }
}
