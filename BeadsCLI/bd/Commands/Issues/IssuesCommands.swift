import CommandKit

extension CommandTree {
  static var issueCommands: [BdCommand] { [] }
}
