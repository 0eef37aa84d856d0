import CommandKit

extension CommandTree {
  static var graphCommands: [BdCommand] { [] }
}
