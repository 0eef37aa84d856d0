import CommandKit

/// Every command of `bd`; each room of commands contributes its list.
enum CommandTree {
  typealias BdCommand = Command<BdContext>

  static var root: BdCommand {
    BdCommand(
      "bd", summary: "An issue tracker for people and coding agents",
      discussion: """
        Issues form a graph: `bd ready` shows what nothing blocks, `bd update ID --claim` takes it, \
        `bd close ID` finishes it. Everything is kept in .beads/ and shared through git as .beads/issues.jsonl.
        """,
      examples: [
        "bd init", "bd create \"Fix auth bug\" -p 0", "bd ready", "bd update bd-a3f8 --claim",
        "bd dep add bd-a3f8 bd-9zq", "bd close bd-a3f8 --reason \"Fixed\"",
      ],
      globalFlags: GlobalFlags.all,
      subcommands: issueCommands + viewCommands + queryCommands + agentsCommands + graphCommands
        + formulasCommands + moleculesCommands + gateCommands + dataCommands + syncCommands
        + placesCommands
        + setupCommands + mcpCommands + guideCommands
        + maintenanceCommands
        + upkeepCommands
    )
  }

  /// The headings under which help lists commands, in their order.
  enum Section {
    static let issues = "Working with issues"
    static let views = "Finding work"
    static let graph = "Structure"
    static let coordination = "Coordination"
    static let data = "Data and history"
    static let setup = "Setup"
    static let maintenance = "Health"
  }
}
