import CommandKit

extension CommandTree {
  /// Files that describe work.
  static var formulasCommands: [BdCommand] { [FormulaCommand.command, CookCommand.command] }
}
