import BeadsKit
import CommandKit

/// `bd dep`: the edges between issues; bare it adds one, `bd dep A --blocks B`.
enum DepCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "dep", aliases: ["dependency", "deps"], summary: "Say what waits for what",
      section: CommandTree.Section.graph,
      discussion: """
        A dependency leads from the issue that waits to the issue it waits for. Of several spellings for the same \
        edge take the one that reads best: `bd dep A --blocks B`, `bd dep add B A`, `bd dep add B --blocked-by A`.

        The types blocks, conditional-blocks, waits-for and parent-child keep issues from being ready; all others \
        are links that only inform. Two issues may have edges of several types.
        """,
      examples: [
        "bd dep bd-a3f8 --blocks bd-9zq", "bd dep add bd-9zq bd-a3f8", "bd dep list bd-9zq --direction up",
        "bd dep tree bd-9zq",
      ],
      flags: [
        .string("blocks", short: "b", placeholder: "ID", help: "The issue that waits for this one")
          .namingSubject,
        DepAddCommand.cycleFlag,
      ],
      positionals: [.optional("id", help: "The issue that comes first")],
      subcommands: [
        DepAddCommand.command, DepRemoveCommand.command, DepListCommand.command, DepTreeCommand.command,
        DepCyclesCommand.command, RelateCommands.relate(hidden: false),
        RelateCommands.unrelate(hidden: false),
      ]
    ) { arguments, context in
      guard let first = arguments.positionals.first else {
        if !arguments.isSet("blocks") { throw HelpRequest() }
        throw UsageError("missing the issue that blocks", hint: "Write `bd dep <blocker> --blocks <id>`.")
      }
      guard let second = arguments.string("blocks") else {
        throw UsageError("say what \(first) blocks", hint: "Write `bd dep \(first) --blocks <id>`.")
      }
      let blocked = try context.resolve(second)
      let blocker = try EdgeInput.target(first, context)
      let isNew = try context.change("dep add") { transaction throws(BeadsError) in
        try transaction.addDependency(
          blocked, dependsOn: blocker, checksCycles: !arguments.bool("no-cycle-check"))
      }
      let result = EdgeResult(issue: blocked, target: blocker, type: .blocks, isNew: isNew)
      if !context.isJSON { return context.print(result.sentence) }
      context.object { writer in
        writer.member("blocked_id", blocked.rawValue)
        writer.member("blocker_id", blocker.rawValue)
        writer.member("status", result.status)
        writer.member("type", "blocks")
      }
    }
  }
}
