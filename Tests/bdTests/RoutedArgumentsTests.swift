import Testing

@testable import BdCommands
@testable import CommandKit

/// The table of commands whose IDs decide in which project they work.
@Suite struct RoutedArgumentsTests {
  private func command(_ path: String) -> CommandTree.BdCommand? {
    var command: CommandTree.BdCommand? = CommandTree.root
    for word in path.split(separator: " ") { command = command?.subcommands.first { $0.name == word } }
    return command
  }

  @Test(arguments: RoutedArguments.places.keys.sorted()) func commandsExist(_ path: String) throws {
    #expect(command(path) != nil)
    let runner = CommandRunner(CommandTree.root)
    let words = path.split(separator: " ").map(String.init)
    var line = words + ["a-1", "b-2"]
    if case .flag(let name)? = RoutedArguments.places[path] { line = words + ["--\(name)", "a-1"] }
    if case .flags(let names)? = RoutedArguments.places[path] { line = words + ["--\(names[0])", "a-1"] }
    let arguments =
      try (try? runner.parse(line)) ?? (try? runner.parse(line + ["c-3"])) ?? runner.parse(words + ["a-1"])
    #expect(RoutedArguments.words(arguments).first == "a-1")
  }

  /// A command that takes IDs and is not in the table would look for all of them in the project one is in.
  @Test func everyCommandWithIDsIsListed() {
    let local: Set<String> = []
    var missing: [String] = []
    func visit(_ command: CommandTree.BdCommand, _ path: String) {
      let names = ["id", "issue", "parent", "wisp-id"]
      if let first = command.definition.positionals.first, names.contains(first.name),
        RoutedArguments.places[path] == nil,
        !local.contains(path)
      {
        missing.append(path)
      }
      for child in command.subcommands { visit(child, path.isEmpty ? child.name : "\(path) \(child.name)") }
    }
    visit(CommandTree.root, "")
    #expect(missing.isEmpty)
  }
}
