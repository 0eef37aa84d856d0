import CommandKit

/// A small tracker-like tool that uses every feature of the kit once.
enum SampleTool {
  /// What the commands of one run did.
  final class Context {
    var calls: [Arguments] = []
    let output: Output

    init(output: Output) { self.output = output }
  }

  typealias Command = CommandKit.Command<Context>

  struct Run {
    var status: Int32
    var stdout: String
    var stderr: String
    var calls: [Arguments]
  }

  static let record: Command.Body = { arguments, context in context.calls.append(arguments) }

  static func run(
    _ arguments: [String], traits: TerminalTraits = TerminalTraits(), root: Command = SampleTool.root
  ) -> Run {
    let output = Output.captured(traits)
    let context = Context(output: output)
    let status = CommandRunner(root).run(arguments: arguments, context: context, output: output)
    return Run(
      status: status, stdout: output.standardOutput.captured, stderr: output.standardError.captured,
      calls: context.calls)
  }

  static let globalFlags: [Flag] = [
    .bool("json", help: "Print JSON"),
    .bool("quiet", short: "q", help: "Print less"),
    .string("actor", placeholder: "NAME", help: "Who is acting"),
    .string("directory", short: "C", placeholder: "DIR", help: "Use the project of DIR"),
    .choice("mode", values: ["on", "off", "batch"], hidden: true, help: "Ignored"),
    .bool("no-daemon", hidden: true, help: "Ignored"),
  ]

  static var root: Command {
    Command(
      "bd", summary: "Issue tracker for coding agents",
      examples: ["bd create \"Fix login\" -p 1", "bd list --status open"],
      globalFlags: globalFlags,
      flags: [.bool("version", short: "V", help: "Print the version")],
      subcommands: [
        create, show, list, dep, comments, mail, internalCheck, .help(section: "Setup"),
        .completion(section: "Setup"),
      ]
    ) { arguments, context in
      guard arguments.bool("version") else { throw HelpRequest() }
      context.output.print("bd version 1.2.3")
    }
  }

  static var create: Command {
    Command(
      "create", aliases: ["new"], summary: "Create one issue, many from Markdown, or a graph from a plan",
      section: "Issues",
      discussion: """
        The title is given as a positional or with --title. Text that begins with a dash goes after two dashes, \
        so that it is not taken for a flag.

        Markdown looks like this:

          ## Title
          text of the description
        """,
      examples: ["# a bug", "bd create \"Login fails\" -t bug -p 1"],
      flags: [
        .string("title", placeholder: "TEXT", help: "Title, if not a positional"),
        .choice(
          "type", short: "t", values: ["bug", "feature", "task"], default: "task", help: "Kind of issue"),
        .int("priority", short: "p", in: 0...4, default: 2, help: "0 is highest"),
        .string(
          "assignee", short: "a", placeholder: "NAME",
          help: "Who will do it; an empty name means that nobody has been chosen yet"),
        .list("labels", short: "l", aliases: ["label", "tag"], help: "Labels"),
        .bool("dry-run", help: "Only show what would happen"),
        .string("body", hidden: true, help: "Description"),
      ],
      positionals: [.optional("title", help: "What is to be done")],
      run: record)
  }

  static var show: Command {
    Command(
      "show", aliases: ["view"], summary: "Show issues", section: "Issues",
      flags: [.bool("long", help: "Show every field")], positionals: [.oneOrMore("id")], run: record)
  }

  static var list: Command {
    Command(
      "list", summary: "List issues", section: "Issues",
      flags: [
        .list("status", short: "s", values: ["open", "closed"], help: "Only issues with this status"),
        .int("limit", short: "n", default: 50, help: "At most N; -1 for all"),
        .bool("tree", default: true, help: "Show children below their parents"),
        .bool("reverse", short: "r", help: "Reverse the order"),
        .string("sort", placeholder: "FIELD", help: "Order"),
      ], run: record)
  }

  static var dep: Command {
    Command(
      "dep", summary: "Dependencies between issues", section: "Structure",
      subcommands: [
        Command(
          "add", summary: "Add a dependency",
          flags: [.string("type", short: "t", default: "blocks", help: "Kind of dependency")],
          positionals: [.required("from", help: "The blocked issue"), .required("to", help: "The blocker")],
          run: record),
        Command(
          "remove", aliases: ["rm"], summary: "Remove a dependency",
          positionals: [.required("from"), .required("to")], run: record),
        Command("tree", summary: "Show the tree", positionals: [.required("id")], run: record),
      ])
  }

  static var comments: Command {
    Command(
      "comments", summary: "List comments, or add one", section: "Issues",
      flags: [.bool("local-time", help: "Times in this time zone")], positionals: [.required("id")],
      subcommands: [
        Command(
          "add", summary: "Add a comment",
          flags: [
            .string("author", short: "a", placeholder: "NAME", help: "Who says it"),
            .bool("local-time", help: "Times in this time zone"),
          ],
          positionals: [.required("id"), .zeroOrMore("text")], run: record)
      ], run: record)
  }

  static var mail: Command {
    Command(
      "mail", summary: "Hand everything to the mail program", section: "Structure",
      positionals: [.zeroOrMore("args")], passesArguments: true, run: record)
  }

  static var internalCheck: Command {
    Command("check-internal", aliases: ["ci"], summary: "For tests", hidden: true, run: record)
  }
}
