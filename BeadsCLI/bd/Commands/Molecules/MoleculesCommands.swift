import CommandKit

extension CommandTree {
  /// Work that is made from templates.
  static var moleculesCommands: [BdCommand] { [MolCommand.command] }
}
