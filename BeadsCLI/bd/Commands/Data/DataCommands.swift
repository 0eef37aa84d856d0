import CommandKit

extension CommandTree {
  static var dataCommands: [BdCommand] { [] }
}
