/// A command without the type of its context, so that parsing and help are compiled once and run fast.
///
/// What a command that is not used can do without is behind closures and evaluated at each access. Sendable is
/// unchecked only because the class has a subclass: both hold nothing but constants that are Sendable.
class CommandDefinition: @unchecked Sendable {
  /// What happens when the command is reached.
  enum Action: Sendable {
    case group
    case run
    case help
    case completion
  }

  let name: String
  let aliases: [String]
  let summary: String
  let section: String
  let isHidden: Bool
  let passesArguments: Bool
  let action: Action
  private let makeDiscussion: @Sendable () -> String
  private let makeExamples: @Sendable () -> [String]
  private let makeGlobalFlags: @Sendable () -> [Flag]
  private let makeFlags: @Sendable () -> [Flag]
  private let makePositionals: @Sendable () -> [Positional]

  var discussion: String { makeDiscussion() }
  var examples: [String] { makeExamples() }
  var globalFlags: [Flag] { makeGlobalFlags() }
  var flags: [Flag] { makeFlags() }
  var positionals: [Positional] { makePositionals() }
  var subcommands: [CommandDefinition] { [] }

  init(
    name: String, aliases: [String] = [], summary: String, section: String, isHidden: Bool = false,
    passesArguments: Bool = false, action: Action,
    discussion: @escaping @Sendable () -> String = { "" },
    examples: @escaping @Sendable () -> [String] = { [] },
    globalFlags: @escaping @Sendable () -> [Flag] = { [] },
    flags: @escaping @Sendable () -> [Flag] = { [] },
    positionals: @escaping @Sendable () -> [Positional] = { [] }
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.section = section
    self.isHidden = isHidden
    self.passesArguments = passesArguments
    self.action = action
    makeDiscussion = discussion
    makeExamples = examples
    makeGlobalFlags = globalFlags
    makeFlags = flags
    makePositionals = positionals
  }

  /// Whether the command does something itself rather than only group others.
  var isRunnable: Bool {
    action != .group
  }

  /// Whether `word` calls this command.
  func answers(to word: String) -> Bool {
    name == word || (!aliases.isEmpty && aliases.contains(word))
  }
}
