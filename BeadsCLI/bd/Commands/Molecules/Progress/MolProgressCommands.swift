import CommandKit

/// The subcommands of `bd mol` that tell how far molecules are and what comes next.
enum MolProgressCommands {
  static var all: [CommandTree.BdCommand] {
    [
      MolShowCommand.command, MolCurrentCommand.command, MolProgressCommand.command,
      MolStaleCommand.command, MolReadyCommand.command, MolActivityCommand.command,
    ]
  }
}
