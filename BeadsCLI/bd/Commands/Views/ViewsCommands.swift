import CommandKit

extension CommandTree {
  static var viewCommands: [BdCommand] { [] }
}
