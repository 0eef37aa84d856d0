import CommandKit
import Testing

@testable import BdCommands

/// The words of a command line that say in which project a command works.
@Suite struct RoutedArgumentsTests {
  @Test(arguments: [
    ("show a-1 --id a-2,a-3", "a-1 a-2 a-3"), ("update a-1 a-2 -p 1", "a-1 a-2"), ("done a-1 Fixed", "a-1"),
    ("label add a-1 a-2 urgent", "a-1 a-2"), ("label add a-1 urgent", "a-1"), ("label a-1 --add x", "a-1"),
    ("dep add a-1 b-2", "a-1"), ("dep b-2 --blocks a-1", "a-1"), ("dep list a-1 a-2", "a-1 a-2"),
    ("rename a-1 a-2", "a-1"), ("comments add a-1 some text", "a-1"), ("slot set a-1 hook b-2", "a-1"),
    ("list --parent a-1", "a-1"), ("ready --mol a-1", "a-1"), ("gate create --blocks a-1", "a-1"),
    ("create a-1", ""), ("list", ""), ("search a-1", ""),
  ])
  func subjects(line: String, subjects: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let arguments = try CommandRunner(CommandTree.root).parse(words)
    #expect(arguments.subjects.joined(separator: " ") == subjects)
  }
}
