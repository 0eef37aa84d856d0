import CommandKit

/// What the command line says about the project a command works on.
enum RoutedArguments {
  /// The commands that may be given no ID and then mean the issue touched last.
  static let meansLast: Set<String> = ["update", "close", "done", "edit"]

  /// The words of a command without the program's name, such as `dep add`.
  static func command(_ arguments: Arguments) -> String {
    arguments.commandPath.dropFirst().joined(separator: " ")
  }
}
