import BeadsKit
import CommandKit
import GasTownKit

/// `gt deacon`: the loop of the daemon that looks after the town.
enum DeaconCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "deacon", aliases: ["dea"], summary: "See and control what looks after the town",
      section: CommandTree.Section.agents,
      discussion: """
        The deacon feeds convoys and runs maintenance jobs. It is a loop of the daemon: no model runs, and it costs no \
        tokens. The other commands do by hand, once, what it does by itself.
        """,
      subcommands: watcher.all + [heartbeat, pause, resume] + DeaconHealthCommands.all
        + DeaconWorkCommands.all)
  }

  private static var watcher: WatcherCommands {
    WatcherCommands(
      word: "deacon", duty: "feeds convoys and runs maintenance jobs",
      chosen: { _ throws(BeadsError) in [.deacon] }, positionals: [], example: "")
  }

  private static var heartbeat: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "heartbeat", summary: "Note that a round of looking after the town is done",
      examples: ["gt deacon heartbeat", "gt deacon heartbeat \"looked at the convoys\""],
      positionals: [.zeroOrMore("action", help: "What was done")]
    ) { arguments, context in
      let action = arguments.positionals.joined(separator: " ")
      let agents = try context.database().agents().filter { $0.isWanted && $0.address.role.hasSession }
      let alive = try context.launcher().liveness(of: agents.map(\.address))
      let healthy = agents.count { alive[$0.address]?.isAlive == true }
      let cycle = try DeaconHeartbeat.beat(
        action, healthy: healthy, unhealthy: agents.count - healthy, in: try context.town())
      if context.isJSON {
        return context.object {
          $0.member("cycle", cycle)
          $0.member("healthy_agents", healthy)
          $0.member("unhealthy_agents", agents.count - healthy)
        }
      }
      context.print("✓ Round \(cycle): \(healthy) of \(agents.count) agents that shall run do")
    }
  }

  private static var pause: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "pause", summary: "Have the deacon rest: no convoy is fed, no maintenance job runs",
      examples: ["gt deacon pause --reason \"release day\"", "gt deacon resume"],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why, for those who wonder")]
    ) { arguments, context in
      let isNew = try PatrolPause.begin(
        .deacon, reason: arguments.string("reason") ?? "", by: try context.me(), in: try context.town())
      if context.isJSON { return context.object { $0.member("paused", true) } }
      context.print(isNew ? "✓ The deacon rests; `gt deacon resume` lets it work again" : "It rested already")
    }
  }

  private static var resume: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "resume", summary: "Let the deacon work again", examples: ["gt deacon resume"]
    ) { _, context in
      let rested = try PatrolPause.end(.deacon, by: try context.me(), in: try context.town())
      let left = PatrolPause.of(.deacon, in: try context.town())
      if context.isJSON {
        return context.object {
          $0.member("paused", left != nil)
          $0.member("changed", rested)
        }
      }
      if let left { return context.print("The deacon rests all the same: \(left.reason)") }
      context.print(rested ? "✓ The deacon works again" : "It did not rest")
    }
  }
}
