import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail group`, `channel`, `announces` and `directory`.
enum MailBoardCommands {
  // MARK: Lists

  static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "group", aliases: ["groups"], summary: "Lists of recipients",
      discussion:
        "A message to a list goes to each member once. Members are addresses, patterns, or other lists.",
      examples: [
        "gt mail group create leads mayor app/crew/max", "gt mail send leads -s \"Plan for today\"",
      ],
      subcommands: [
        edit("create", "Make a list", mustExist: false) { _, new in new },
        edit("add", "Add members to a list", mustExist: true) { known, new in
          known + new.filter { !known.contains($0) }
        },
        edit("remove", "Remove members from a list", mustExist: true) { known, gone in
          known.filter { !gone.contains($0) }
        },
        show, deleteList,
      ])
  }

  private static func edit(
    _ verb: String, _ summary: String, mustExist: Bool,
    _ change: @escaping @Sendable ([String], [String]) -> [String]
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      verb, summary: summary, examples: ["gt mail group \(verb) leads mayor app/crew/max"],
      positionals: [.required("name"), .oneOrMore("member")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      try MessagingSettings.edit(.list, name, of: try context.town()) { known throws(BeadsError) in
        if !mustExist, known != nil { throw BeadsError(.exists, "there is a list \(name) already") }
        if mustExist, known == nil { throw unknown("list", name) }
        let before = known?.arrayValue?.compactMap(\.stringValue) ?? []
        return .array(change(before, Array(arguments.positionals.dropFirst())).map { .string($0) })
      }
      try print(name, context)
    }
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["show"], summary: "Show the lists and their members",
      examples: ["gt mail group list"],
      positionals: [.optional("name")]
    ) { arguments, context in
      if let name = arguments.positionals.first { return try print(name, context) }
      let lists = try MessagingSettings.load(try context.town()).lists.sorted { $0.key < $1.key }
      if context.isJSON { return context.json { $0.array(lists) { write($1.key, $1.value, &$0) } } }
      if lists.isEmpty { return context.print("No lists") }
      for (name, members) in lists { context.print("\(name, .bold): \(members.joined(separator: ", "))") }
    }
  }

  private static var deleteList: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "delete", summary: "Remove a list", examples: ["gt mail group delete leads"],
      positionals: [.required("name")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      try MessagingSettings.edit(.list, name, of: try context.town()) { known throws(BeadsError) in
        if known == nil { throw unknown("list", name) }
        return nil
      }
      if context.isJSON { return context.object { $0.member("deleted", name) } }
      context.print("\("✓", .green) Removed the list \(name)")
    }
  }

  private static func print(_ name: String, _ context: GtContext) throws(BeadsError) {
    guard let members = try MessagingSettings.load(try context.town()).lists[name] else {
      throw unknown("list", name)
    }
    if context.isJSON { return context.json { write(name, members, &$0) } }
    context.print("\(name, .bold): \(members.joined(separator: ", "))")
  }

  private static func write(_ name: String, _ members: [String], _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("members", members)
    }
  }

  private static func unknown(_ kind: String, _ name: String) -> BeadsError {
    BeadsError(.notFound, "there is no \(kind) \(quoted(name))", hint: "`gt mail directory` lists them all")
  }

  // MARK: Channels

  static var channel: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "channel", aliases: ["channels"], summary: "Channels, whose subscribers get each message",
      discussion: "With a name alone the messages of that channel are listed, with nothing the channels.",
      examples: [
        "gt mail channel create alerts --retain-count 50", "gt mail channel subscribe alerts",
        "gt mail channel alerts",
      ],
      positionals: [.optional("name")],
      subcommands: [
        listChannels, showChannel, subscribers, createChannel, subscribe, unsubscribe, deleteChannel,
      ]
    ) { arguments, context in
      if let name = arguments.positionals.first { return try showChannel(name, context) }
      try listChannels(context)
    }
  }

  private static var listChannels: CommandTree.GtCommand {
    CommandTree.GtCommand("list", aliases: ["ls"], summary: "List the channels") { _, context in
      try listChannels(context)
    }
  }

  private static func listChannels(_ context: GtContext) throws(BeadsError) {
    let channels = try MessagingSettings.load(try context.town()).channels.sorted { $0.key < $1.key }
    if context.isJSON { return context.json { $0.array(channels) { write($1.key, $1.value, &$0) } } }
    if channels.isEmpty { return context.print("No channels") }
    for (name, channel) in channels { context.print(line(name, channel)) }
  }

  private static var showChannel: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "List the messages of a channel", examples: ["gt mail channel show alerts"],
      positionals: [.required("name")]
    ) { arguments, context in try showChannel(arguments.positionals[0], context) }
  }

  private static func showChannel(_ name: String, _ context: GtContext) throws(BeadsError) {
    _ = try channel(name, context)
    try printBoard(.channel, name, context)
  }

  private static var subscribers: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "subscribers", summary: "List who gets each message of a channel",
      examples: ["gt mail channel subscribers alerts"], positionals: [.required("name")]
    ) { arguments, context in
      let members = try channel(arguments.positionals[0], context).subscribers
      if context.isJSON { return context.json { $0.strings(members) } }
      if members.isEmpty { context.print("Nobody") }
      for member in members { context.print("\(member)") }
    }
  }

  private static func channel(
    _ name: String, _ context: GtContext
  ) throws(BeadsError) -> MessagingSettings.Channel {
    guard let channel = try MessagingSettings.load(try context.town()).channels[name] else {
      throw unknown("channel", name)
    }
    return channel
  }

  private static var createChannel: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "create", summary: "Make a channel", examples: ["gt mail channel create alerts --retain-count 50"],
      flags: [
        .int("retain-count", in: 0...100_000, default: 0, help: "How many messages are kept; 0 for all"),
        .int(
          "retain-hours", in: 0...100_000, default: 0, help: "How many hours messages are kept; 0 for ever"),
      ],
      positionals: [.required("name")]
    ) { arguments, context in
      let (count, hours) = (try arguments.int("retain-count") ?? 0, try arguments.int("retain-hours") ?? 0)
      try change(arguments.positionals[0], context) { known throws(BeadsError) in
        if known != nil {
          throw BeadsError(.exists, "there is a channel \(arguments.positionals[0]) already")
        }
        var channel = JSONValue.object([])
        channel["subscribers"] = .array([])
        channel["retain_count"] = .number(String(count))
        channel["retain_hours"] = .number(String(hours))
        return channel
      }
    }
  }

  private static var subscribe: CommandTree.GtCommand {
    subscription("subscribe", "Get each message of a channel", true)
  }
  private static var unsubscribe: CommandTree.GtCommand {
    subscription("unsubscribe", "No longer get the messages of a channel", false)
  }

  private static func subscription(_ verb: String, _ summary: String, _ isMember: Bool)
    -> CommandTree.GtCommand
  {
    CommandTree.GtCommand(
      verb, summary: summary, examples: ["gt mail channel \(verb) alerts"], flags: [MailCommand.identity],
      positionals: [.required("name")]
    ) { arguments, context in
      let address = try context.mailIdentity().text
      try change(arguments.positionals[0], context) { known throws(BeadsError) in
        guard var channel = known else { throw unknown("channel", arguments.positionals[0]) }
        var members = channel["subscribers"]?.arrayValue?.compactMap(\.stringValue) ?? []
        members.removeAll { $0 == address }
        channel["subscribers"] = .array((members + (isMember ? [address] : [])).map { .string($0) })
        return channel
      }
    }
  }

  private static var deleteChannel: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "delete", summary: "Remove a channel", discussion: "Its messages stay findable.",
      examples: ["gt mail channel delete alerts"], positionals: [.required("name")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      try MessagingSettings.edit(.channel, name, of: try context.town()) { known throws(BeadsError) in
        if known == nil { throw unknown("channel", name) }
        return nil
      }
      if context.isJSON { return context.object { $0.member("deleted", name) } }
      context.print("\("✓", .green) Removed the channel \(name)")
    }
  }

  private static func change(
    _ name: String, _ context: GtContext, _ edit: (JSONValue?) throws(BeadsError) -> JSONValue?
  ) throws(BeadsError) {
    try MessagingSettings.edit(.channel, name, of: try context.town(), edit)
    guard let channel = try MessagingSettings.load(try context.town()).channels[name] else { return }
    if context.isJSON { return context.json { write(name, channel, &$0) } }
    context.print(line(name, channel))
  }

  private static func line(_ name: String, _ channel: MessagingSettings.Channel) -> TerminalText {
    let members = channel.subscribers.isEmpty ? "no subscribers" : channel.subscribers.joined(separator: ", ")
    return "\(name, .bold): \(members)"
  }

  private static func write(_ name: String, _ channel: MessagingSettings.Channel, _ writer: inout JSONWriter)
  {
    writer.object { writer in
      writer.member("name", name)
      writer.member("subscribers", channel.subscribers)
      writer.member("retain_count", channel.retainedCount)
      writer.member("retain_hours", channel.retainedHours)
    }
  }

  // MARK: Boards

  static var announces: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "announces", aliases: ["announce"], summary: "Read announcements",
      discussion: "Boards are defined in config/messaging.json; `gt mail send announce:NAME` writes on one.",
      examples: ["gt mail announces", "gt mail announces releases"], positionals: [.optional("name")]
    ) { arguments, context in
      let boards = try MessagingSettings.load(try context.town()).announcements
      guard let name = arguments.positionals.first else {
        let names = boards.keys.sorted()
        if context.isJSON { return context.json { $0.strings(names) } }
        if names.isEmpty { return context.print("No announcement boards") }
        for name in names { context.print("\(name)") }
        return
      }
      guard let board = boards[name] else { throw unknown("announcement board", name) }
      let me = try context.me()
      guard
        me == .overseer || board.readers.isEmpty
          || board.readers.contains(where: { AgentDirectory.matches(me, $0) })
      else { throw BeadsError(.conflict, "\(me) is no reader of \(name)") }
      try printBoard(.announcements, name, context)
    }
  }

  private static func printBoard(_ kind: MessagingSettings.Kind, _ name: String, _ context: GtContext)
    throws(BeadsError)
  {
    let messages = try context.mailbox().board(kind, name)
    if context.isJSON { return context.json { $0.array(messages) { $0.mail($1) } } }
    if messages.isEmpty { return context.print("No messages in \(name)") }
    context.output.print(MailText.table(messages, now: try context.town().now, numbered: false))
  }

  // MARK: Directory

  static var directory: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "directory", aliases: ["dir"], summary: "List everybody who can get mail",
      examples: ["gt mail directory"]
    ) { _, context in
      let town = try context.town()
      let directory = try AgentDirectory(town, try context.database())
      let settings = try MessagingSettings.load(town)
      let boards = MessagingSettings.Kind.allCases.flatMap { kind in
        settings.names(kind).map { "\(kind.word):\($0)" }
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("agents", directory.agents.map(\.text))
          writer.member("names", boards)
        }
      }
      for agent in directory.agents { context.print("\(agent)") }
      for board in boards { context.print("\(board)") }
    }
  }
}
