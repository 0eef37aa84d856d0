import BeadsKit
import CommandKit
import GasTownKit

/// `gt witness`: the loop of the daemon that looks after the polecats of a rig.
enum WitnessCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "witness", summary: "See and control what looks after the polecats of a rig",
      section: CommandTree.Section.agents,
      discussion: """
        The witness starts again what died and reminds idle polecats of their work. It is a loop of the daemon: no model \
        runs, and it costs no tokens. `gt patrol scan` shows what it sees.
        """,
      subcommands: commands.all)
  }

  private static var commands: WatcherCommands {
    WatcherCommands(
      word: "witness", duty: "starts again what died and reminds idle polecats of their work",
      chosen: { context throws(BeadsError) in
        let names = context.arguments.positionals
        if names.isEmpty { return try context.town().rigs().map { .witness($0.name) } }
        return try names.map { name throws(BeadsError) in .witness(try context.town().rig(name).name) }
      }, positionals: [.zeroOrMore("rig", help: "All rigs unless some are named")], example: " shop")
  }
}
