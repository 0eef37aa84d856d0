import CommandKit

/// `bd mol`: work that consists of steps, made from formulas and protos.
enum MolCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "mol", aliases: ["protomolecule", "molecule"], summary: "Make and change molecules: work made of steps",
      section: CommandTree.Section.graph,
      discussion: """
        A formula is a file that describes work step by step; a proto is the same kept in the store. Pouring one makes \
        a molecule: real issues that are worked off like any other. A wisp is a molecule for the moment: it stays in \
        this clone, and squashing it leaves one closed task, the digest.
        """,
      subcommands: [
        PourCommand.command, WispCommand.command, BondCommand.command, SquashCommand.command,
        BurnCommand.command, DistillCommand.command, SeedCommand.command,
      ] + MolProgressCommands.all)
  }
}
