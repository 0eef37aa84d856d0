import BeadsKit
import CommandKit
import GasTownKit

/// `gt convoy`.
enum ConvoyCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "convoy", aliases: ["convoys"], summary: "Follow issues of any rig until all are done",
      section: CommandTree.Section.work,
      discussion: """
        A convoy is an issue of the town that tracks others. It closes by itself when all of them are done, and tells \
        those who want to know; an owned one is ended by its owner with `gt convoy land`.
        """,
      examples: [
        "gt convoy create \"Deploy v2\" ap-1a2 web-3b4", "gt convoy status hq-cv-x7k2m", "gt convoy list",
      ],
      subcommands: [
        ConvoyCreateCommand.create, ConvoyCreateCommand.add, ConvoyViewCommands.list,
        ConvoyViewCommands.status,
        ConvoyEndCommands.check, ConvoyEndCommands.close, ConvoyEndCommands.land, ConvoyViewCommands.stranded,
        ConvoyWatchCommands.watch, ConvoyWatchCommands.unwatch,
        ConvoyStageCommands.stage, ConvoyStageCommands.launch,
      ])
  }
}

extension GtContext {
  /// The convoys of the town.
  func convoys() throws(BeadsError) -> Convoys {
    var convoys = Convoys(try ledgers(), try database())
    convoys.onDelivery = { [self] in try? nudges().announce($1, to: $0) }
    convoys.onNudge = { [self] in try? nudges().tell($0, $1, from: me()) }
    return convoys
  }

  /// The issues that a user names, each looked for in its own tracker.
  func resolveIssues(_ texts: some Sequence<String>) throws(BeadsError) -> [IssueID] {
    var ids: [IssueID] = []
    for text in texts { ids.append(try ledgers().resolve(text).id) }
    return ids
  }
}
