public import BeadsKit

/// A coding agent as data: how to start it, talk to it and tell that it lives.
///
/// Nothing else knows one agent from another: adding one is adding a record.
public struct Runtime: Sendable, Equatable {
  /// How it takes its first instruction.
  public enum PromptMode: Sendable, Equatable {
    /// As the last argument.
    case argument
    /// As the value of a flag.
    case flag(String)
    /// Not on the command line; it is typed once the agent is ready.
    case none
  }

  /// How it is run without a terminal.
  public struct Headless: Sendable, Equatable {
    /// Arguments instead of a terminal.
    public var arguments: [String]
    /// How it takes messages.
    public var form: MessageForm
  }

  /// Where its lifecycle hooks are written.
  public struct Hooks: Sendable, Equatable {
    /// The template.
    public var provider: String
    /// The directory, relative to where the agent works.
    public var directory: String
    /// The file in it.
    public var file: String
    /// Whether the file is put in the role's directory and named by a flag, so that no project sees it.
    public var settingsFlag: String?
    /// Whether the hooks tell something only and cannot run commands.
    public var isInformational = false
  }

  /// What `--agent` calls it.
  public var name: String
  /// The program.
  public var command: String
  /// Arguments that let it work unattended.
  public var arguments: [String] = []
  /// Arguments that it needs besides, in which `{{DIRECTORY}}` stands for the folder it runs in, quoted as in TOML.
  public var placeArguments: [String] = []
  /// Variables of its own; a value `$NAME` stands for the variable of that name when it starts.
  public var variables: [String: String] = [:]
  /// Names of processes that mean it is alive.
  public var processNames: [String]
  /// The variable that holds the ID of its conversation.
  public var sessionIDVariable: String?
  /// What resumes a conversation, before its ID.
  public var resume: String?
  /// Whether `resume` is a subcommand rather than a flag.
  public var resumesBySubcommand = false
  /// The flag that resumes the latest conversation.
  public var continueFlag: String?
  /// Whether a conversation can be forked.
  public var supportsForkSession = false
  /// How it takes its first instruction.
  public var promptMode = PromptMode.argument
  /// The variable that names its configuration directory.
  public var configDirectoryVariable: String?
  /// Its lifecycle hooks, if it has any.
  public var hooks: Hooks?
  /// What its input line starts with.
  public var readyPrompt: String?
  /// How long it takes to get ready, in milliseconds, where its input line cannot be recognised.
  public var readyDelay = 0
  /// The file it reads instructions from.
  public var instructionsFile = "AGENTS.md"
  /// What it may ask when it starts.
  public var dialogs: [StartupDialog] = []
  /// What its screen shows when it cannot go on; what many agents print need not be here.
  public var signs: [ScreenSign] = []
  /// Whether it asks to confirm that it may do everything.
  public var emitsPermissionWarning = false
  /// Whether its hooks fetch waiting nudges at each turn.
  public var drainsAtTurns = false
  /// Whether Escape ends what it is doing.
  public var escapeCancels = false
  /// How it is run without a terminal, if it can be.
  public var headless: Headless?
  /// Beginnings of the names of variables that it needs: its keys.
  public var passes: [String] = []
  /// Arguments that select a cheaper model, by the name a cost tier gives it.
  public var models: [String: [String]] = [:]
  /// Whether a settings file describes it.
  public var isCustom = false

  /// Describes an agent by its program alone.
  public init(name: String, command: String) {
    self.name = name
    self.command = command
    processNames = [Path.name(of: command)]
  }

  /// The arguments that tell it where it runs.
  public func arguments(in directory: String) -> [String] {
    let name = JSONValue.string(directory).compactText
    return placeArguments.map { $0.replacing("{{DIRECTORY}}", with: name) }
  }

  /// The program and its arguments.
  /// - Parameters:
  ///   - more: Arguments besides its own.
  ///   - prompt: The first instruction; left out when it is not taken on the command line.
  ///   - isHeadless: Whether there is no terminal.
  public func commandLine(_ more: [String] = [], prompt: String?, isHeadless: Bool = false) -> [String] {
    let line = [command] + arguments + more + (isHeadless ? headless?.arguments ?? [] : [])
    guard let prompt, !prompt.isEmpty else { return line }
    // A dash at the start would make it a flag.
    let text = prompt.hasPrefix("-") ? " " + prompt : prompt
    // Without a terminal it is the last argument, or the first message where there are messages.
    if isHeadless, headless?.form == MessageForm.none { return line + [text] }
    if isHeadless, headless?.form == .streamJSON { return line }
    return switch promptMode {
    case .argument: line + [text]
    case .flag(let flag): line + [flag, prompt]
    case .none: line
    }
  }

  /// Its own variables, with references replaced by what they stand for now.
  /// - Throws: `not_found` naming the variable that is not set.
  public func expandedVariables(_ environment: Environment) throws(BeadsError) -> [String: String] {
    var expanded: [String: String] = [:]
    for (name, value) in variables {
      guard value.hasPrefix("$") else {
        expanded[name] = value
        continue
      }
      let reference = String(value.dropFirst())
      guard let found = environment[reference] else {
        throw BeadsError(
          .notFound, "the agent \(self.name) needs \(name) from the variable \(reference), which is not set",
          hint: "set it, or change the agent: `gt config agent get \(self.name)`")
      }
      expanded[name] = found
    }
    return expanded
  }
}
