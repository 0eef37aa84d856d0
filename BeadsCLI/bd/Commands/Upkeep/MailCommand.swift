import BeadsKit
import CommandKit

/// `bd mail`: messages between those who work on a project.
enum MailCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "mail", summary: "Send and read messages", section: CommandTree.Section.coordination,
      discussion: """
        A message is an issue of type message: open until its recipient acknowledges it, kept in this clone, hidden from \
        lists and ready work. You are the actor of your changes: --actor, BEADS_ACTOR, BD_ACTOR; the setting identity \
        names you where nothing of these does.

        With BEADS_MAIL_DELEGATE, BD_MAIL_DELEGATE or the setting mail.delegate everything after `mail` is handed to that \
        program instead.
        """,
      examples: [
        "bd mail send bob -s \"Review bd-a3f8\" -m \"The parser is ready\"", "bd mail inbox",
        "bd mail reply bd-wisp-9zq -m \"On it\"", "bd mail ack bd-wisp-9zq",
      ],
      subcommands: [send, inbox, read, reply, ack])
  }

  private static var body: [Flag] {
    [
      .string("message", short: "m", aliases: ["body"], placeholder: "TEXT", help: "The text"),
      .string("body-file", placeholder: "FILE", help: "Read the text from a file, - for standard input"),
      .string("priority", short: "p", placeholder: "P", help: "How urgent it is, 0 to 4"),
      .bool("urgent", help: "The same as --priority 0"),
    ]
  }

  // MARK: Sending

  private static var send: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "send", summary: "Send a message",
      discussion: "Each recipient gets a message of their own.",
      examples: [
        "bd mail send bob -s \"Hello\" -m \"How is it going?\"", "bd mail send bob carol -s Stop --urgent",
      ],
      flags: [.string("subject", short: "s", placeholder: "TEXT", help: "What it is about")] + body + [
        .bool("permanent", help: "Keep it after it was read; others go with `bd purge`")
      ],
      positionals: [.oneOrMore("to")]
    ) { arguments, context in
      let sender = try identity(context)
      var draft = MessageDraft(to: "", subject: arguments.string("subject") ?? "")
      draft.body = try text(arguments, context)
      draft.priority = try priority(arguments) ?? 2
      draft.isTransient = !arguments.bool("permanent")
      let message = draft
      let sent = try context.change("mail send") { transaction throws(BeadsError) in
        try arguments.positionals.map { name throws(BeadsError) in
          var copy = message
          copy.recipient = name
          return try transaction.send(copy, from: sender).id
        }
      }
      try show(sent, context)
    }
  }

  private static var reply: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "reply", summary: "Answer a message",
      discussion: "The answer goes to whoever wrote the message, which counts as read then.",
      examples: ["bd mail reply bd-wisp-9zq -m \"On it\""],
      flags: [.string("subject", short: "s", placeholder: "TEXT", help: "Another subject")] + body,
      positionals: [.issue()]
    ) { arguments, context in
      let (sender, id) = (try identity(context), try context.resolve(arguments.positionals[0]))
      let (text, priority) = (try text(arguments, context), try priority(arguments))
      if text.allSatisfy(\.isWhitespace) {
        throw BeadsError(.invalid, "the answer is empty", hint: "bd mail reply \(id) -m \"On it\"")
      }
      let sent = try context.change("mail reply") { transaction throws(BeadsError) in
        try transaction.answer(
          id, with: text, subject: arguments.string("subject"), priority: priority, from: sender)
      }
      try show([sent.id], context)
    }
  }

  private static func text(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) -> String {
    guard let path = arguments.string("body-file") else { return arguments.string("message") ?? "" }
    if arguments.isSet("message") {
      throw BeadsError(.invalid, "--message and --body-file exclude each other")
    }
    return try context.text(fromFile: path)
  }

  private static func priority(_ arguments: Arguments) throws(BeadsError) -> Int? {
    if arguments.bool("urgent") { return 0 }
    return try arguments.string("priority").map { text throws(BeadsError) in try PriorityInput.parse(text) }
  }

  private static func show(_ ids: [IssueID], _ context: BdContext) throws {
    let messages = try context.store().issues(ids)
    if context.isJSON {
      if messages.count == 1 { return context.object { $0.issueMembers(messages[0]) } }
      return context.array(messages)
    }
    for message in messages {
      context.print("\("✓", .green) Sent \(message.id, .bold) to \(message.assignee): \(message.title)")
    }
  }

  // MARK: Reading

  private static var inbox: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "inbox", summary: "List your unread messages",
      discussion: "The most urgent come first, then the latest. Listing marks nothing as read.",
      examples: ["bd mail inbox", "bd mail inbox --all --from bob --json", "bd mail inbox --sent"],
      flags: [
        .bool("all", help: "Those that were read too"),
        .bool("sent", help: "What you have sent instead"),
        .string("from", placeholder: "NAME", help: "Only from this one"),
        .int("limit", short: "n", in: 0...Int.max, default: 50, help: "So many at the most, 0 for all"),
      ]
    ) { arguments, context in
      let name = try identity(context)
      var filter = MessageFilter(arguments.bool("sent") ? .sent(name) : .received(name))
      filter.extent = arguments.bool("all") ? .all : .unread
      filter.author = arguments.string("from")
      let limit = try arguments.int("limit") ?? 50
      let found = try context.store().messages(filter, limit: limit == 0 ? nil : limit)
      if context.isJSON { return context.array(found) }
      let adjective = arguments.bool("sent") ? "sent" : arguments.bool("all") ? "" : "unread"
      if found.isEmpty {
        return context.print("No \(adjective.isEmpty ? "" : adjective + " ")messages for \(name)")
      }
      for message in found { context.print(MailText.line(message, isSent: arguments.bool("sent"))) }
    }
  }

  private static var read: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "read", summary: "Show a message",
      discussion: "It stays unread until you acknowledge it.",
      examples: [
        "bd mail read bd-wisp-9zq", "bd mail read bd-wisp-9zq --ack", "bd mail read bd-wisp-9zq --thread",
      ],
      flags: [
        .bool("ack", help: "Mark it as read"),
        .bool("thread", help: "The whole conversation"),
        .bool("local-time", help: "Times of this machine's zone"),
      ],
      positionals: [.issue()]
    ) { arguments, context in
      let name = try identity(context)
      var message = try context.store().message(context.resolve(arguments.positionals[0]))
      if arguments.bool("ack") {
        let id = message.id
        message = try context.change("mail ack") { transaction throws(BeadsError) in
          transaction.summary = id.rawValue
          return try transaction.acknowledge(id, by: name)
        }
      }
      if arguments.bool("thread") { return try ThreadText.show(message.id, context) }
      if context.isJSON { return context.object { $0.issueMembers(message) } }
      let clock = ClockText(isLocal: arguments.bool("local-time"))
      context.print(ThreadText.lines(message, clock))
    }
  }

  private static var ack: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "ack", summary: "Mark messages as read", examples: ["bd mail ack bd-wisp-9zq"],
      positionals: [.issues()]
    ) { arguments, context in
      let name = try identity(context)
      let ids = try context.changeEach("mail ack", arguments.positionals) {
        transaction, issue throws(BeadsError) in
        try transaction.acknowledge(issue.id, by: name)
      }
      let messages = try context.store().issues(ids)
      if context.isJSON { return context.array(messages) }
      for message in messages { context.print("\("✓", .green) Read \(message.id): \(message.title)") }
    }
  }

  /// Who sends and reads: the actor, or the setting `identity` where nobody named one.
  private static func identity(_ context: BdContext) throws(BeadsError) -> String {
    let configuration = try context.configuration()
    let actor = try configuration.actor(option: context.arguments.string("actor"))
    switch actor.source {
    case .option, .configuration, .variable: return actor.name
    case .git, .login, .none: return try configuration.string("identity") ?? actor.name
    }
  }
}

/// A message in a list: `○ t-wisp-9zq [● P2] bob, 2 Mar 09:00 - Subject`.
enum MailText {
  static func line(_ message: Issue, isSent: Bool) -> TerminalText {
    let other = isSent ? "to \(message.assignee)" : "from \(message.author)"
    let time = ClockText(isLocal: false).minute(message.createdAt)
    let mark = message.status == .closed ? "✓" : "●"
    return
      "\(mark) \(message.id, .bold) [\(IssueText.priority(message.priority))] \(other), \(time) - \(message.title)"
  }
}
