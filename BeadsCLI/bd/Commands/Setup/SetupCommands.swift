import CommandKit

extension CommandTree {
  static var setupCommands: [BdCommand] { [] }
}
