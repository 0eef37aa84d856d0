/// A command, or a group of commands, as a plain value.
///
/// `Context` is whatever the program hands to its commands. A command costs almost nothing until it is used:
/// flags, examples, subcommands and the rest are evaluated when asked for, so a program with hundreds of
/// commands builds only the one that runs.
///
///     Command("close", aliases: ["done"], summary: "Close issues",
///       flags: [.string("reason", short: "r", help: "Why")],
///       positionals: [.oneOrMore("id")]
///     ) { arguments, context in
///       try context.close(arguments.positionals, reason: arguments.string("reason"))
///     }
public struct Command<Context>: Sendable {
  /// The code of a command.
  public typealias Body = @Sendable (Arguments, Context) throws -> Void

  let definition: CommandDefinition

  /// The word that calls the command.
  public var name: String { definition.name }
  /// One line for lists of commands.
  public var summary: String { definition.summary }
  /// The commands below this one, made anew at each access.
  public var subcommands: [Command] { definition.subcommands.map(Command.init(definition:)) }

  /// Makes a command; without `run` it is a group, whose help is shown when it is called bare.
  ///
  /// A command may have both `run` and `subcommands`: a first positional that names a subcommand calls that,
  /// and any other, or one after `--`, belongs to the command itself.
  ///
  /// - Parameters:
  ///   - name: the word that calls the command.
  ///   - aliases: other words that call it.
  ///   - summary: one line for lists of commands, without a final full stop.
  ///   - section: the heading under which the parent's help lists it; headings appear in order of first use.
  ///   - hidden: whether help and completion leave it out.
  ///   - discussion: paragraphs for help, separated by blank lines; indented lines are shown as they are.
  ///   - examples: lines for the end of help, each a command line or a `# remark`.
  ///   - globalFlags: flags that this command and all below it accept, in any position.
  ///   - flags: flags of this command alone.
  ///   - positionals: the arguments known by place; at most one of them may be repeated.
  ///   - passesArguments: whether everything after the name is handed over unparsed, as positionals; only a
  ///     leading `--help` is still answered.
  ///   - subcommands: the commands below this one.
  ///   - run: the code.
  public init(
    _ name: String,
    aliases: [String] = [],
    summary: String,
    section: String = "",
    hidden: Bool = false,
    discussion: @autoclosure @escaping @Sendable () -> String = "",
    examples: @autoclosure @escaping @Sendable () -> [String] = [],
    globalFlags: @autoclosure @escaping @Sendable () -> [Flag] = [],
    flags: @autoclosure @escaping @Sendable () -> [Flag] = [],
    positionals: @autoclosure @escaping @Sendable () -> [Positional] = [],
    passesArguments: Bool = false,
    subcommands: @autoclosure @escaping @Sendable () -> [Command] = [],
    run: Body? = nil
  ) {
    definition = TypedDefinition(
      name: name, aliases: aliases, summary: summary, section: section, isHidden: hidden,
      passesArguments: passesArguments, discussion: discussion, examples: examples, globalFlags: globalFlags,
      flags: flags, positionals: positionals, subcommands: subcommands, body: run)
  }

  init(definition: CommandDefinition) { self.definition = definition }
}

/// The part of a definition that knows the context.
final class TypedDefinition<Context>: CommandDefinition, @unchecked Sendable {
  let body: Command<Context>.Body?
  private let makeSubcommands: @Sendable () -> [Command<Context>]

  init(
    name: String, aliases: [String], summary: String, section: String, isHidden: Bool, passesArguments: Bool,
    discussion: @escaping @Sendable () -> String, examples: @escaping @Sendable () -> [String],
    globalFlags: @escaping @Sendable () -> [Flag], flags: @escaping @Sendable () -> [Flag],
    positionals: @escaping @Sendable () -> [Positional],
    subcommands: @escaping @Sendable () -> [Command<Context>], body: Command<Context>.Body?
  ) {
    self.body = body
    makeSubcommands = subcommands
    super.init(
      name: name, aliases: aliases, summary: summary, section: section, isHidden: isHidden,
      passesArguments: passesArguments, action: body == nil ? .group : .run, discussion: discussion,
      examples: examples, globalFlags: globalFlags, flags: flags, positionals: positionals)
  }

  override var subcommands: [CommandDefinition] { makeSubcommands().map { $0.definition } }
}
