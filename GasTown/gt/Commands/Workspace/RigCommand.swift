import CommandKit

/// `gt rig`: the projects of the town.
enum RigCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "rig", aliases: ["rigs"], summary: "Manage the projects of the town",
      section: CommandTree.Section.workspace,
      discussion: """
        A rig is one project: a shared repository, a tracker whose issues begin with the rig's prefix, and the \
        checkouts of the agents that work on it.
        """,
      examples: ["gt rig add shop https://github.com/OWNER/shop"],
      subcommands: [RigAddCommand.command])
  }
}
