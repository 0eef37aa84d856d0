import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail claim`, `release` and `queue`.
enum MailQueueCommands {
  static var claim: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "claim", summary: "Take the next message out of a queue",
      discussion: "It is in your mailbox then. Of several who claim at once each gets another message.",
      examples: ["gt mail claim reviews", "gt mail claim"],
      flags: [MailCommand.identity], positionals: [.optional("queue", help: "Any of yours unless named")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      guard let mail = try context.mailbox().claim(arguments.positionals.first, by: address) else {
        if context.isJSON { return context.object { _ in } }
        return context.print("Nothing waits for \(address)")
      }
      if context.isJSON { return context.json { $0.mail(mail) } }
      context.output.print(MailText.page(mail))
    }
  }

  static var release: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "release", summary: "Give a message back to its queue", examples: ["gt mail release hq-wisp-4fk"],
      flags: [MailCommand.identity], positionals: [.required("message")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      let id = try context.mailbox().resolve(arguments.positionals[0], for: address).id
      let mail = try context.mailbox().release(id, by: address)
      if context.isJSON { return context.json { $0.mail(mail) } }
      context.print("\("✓", .green) \(mail.id, .bold) is back in \(mail.to)")
    }
  }

  static var hook: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "hook", summary: "Make a message your assignment",
      discussion: "It is on your hook then: `gt prime` shows it until it is put away.",
      examples: ["gt mail hook hq-wisp-4fk"],
      flags: [.bool("force", short: "f", help: "In the place of your present assignment")],
      positionals: [.required("message")]
    ) { arguments, context in
      let me = try context.me()
      let mail = try context.mailbox().resolve(arguments.positionals[0], for: me)
      guard mail.to == me.text || mail.claimedBy == me.text else {
        throw BeadsError(.conflict, "\(mail.id) is for \(mail.to), not for \(me)")
      }
      let hooked = Mail(try context.hook().attach(mail.id, to: me, force: arguments.bool("force")))
      if context.isJSON { return context.json { $0.mail(hooked) } }
      context.print("\("✓", .green) \(hooked.id, .bold) is on your hook: \(hooked.subject)")
    }
  }

  static var queue: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "queue", aliases: ["queues"], summary: "Queues, of which each message is done by one",
      examples: [
        "gt mail queue create reviews --claimers '*/crew/*' --max-claims 1",
        "gt mail send queue:reviews -s \"Look at ap-1a2\"",
      ],
      subcommands: [create, list, show, delete])
  }

  private static var create: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "create", summary: "Make a queue", examples: ["gt mail queue create reviews --claimers 'app/crew/*'"],
      flags: [
        .list(
          "claimers", aliases: ["workers"], placeholder: "ADDRESS,...",
          help: "Who may take messages out; everybody unless given"),
        .int(
          "max-claims", in: 0...1000, default: 0,
          help: "How many messages one may have in hand; 0 for any number"),
      ],
      positionals: [.required("name")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      let count = try arguments.int("max-claims") ?? 0
      try MessagingSettings.edit(.queue, name, of: try context.town()) { known throws(BeadsError) in
        if known != nil { throw BeadsError(.exists, "there is a queue \(name) already") }
        var queue = JSONValue.object([])
        queue["workers"] = .array(arguments.list("claimers").map { .string($0) })
        queue["max_claims"] = .number(String(count))
        return queue
      }
      try printQueue(name, context, prefix: "\("✓", .green) Made ")
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand("list", summary: "List the queues", examples: ["gt mail queue list"]) {
      _, context in
      let settings = try MessagingSettings.load(try context.town())
      let names = settings.names(.queue)
      if context.isJSON {
        var rows: [(String, Int)] = []
        for name in names { rows.append((name, try context.mailbox().board(.queue, name).count)) }
        return context.json { $0.array(rows) { write($1.0, $1.1, settings, &$0) } }
      }
      if names.isEmpty { return context.print("No queues") }
      for name in names { try printQueue(name, context) }
    }
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show a queue and what waits in it", examples: ["gt mail queue show reviews"],
      positionals: [.required("name")]
    ) { arguments, context in
      try require(arguments.positionals[0], context)
      let waiting = try context.mailbox().board(.queue, arguments.positionals[0])
      if context.isJSON { return context.json { $0.array(waiting) { $0.mail($1) } } }
      try printQueue(arguments.positionals[0], context)
      if !waiting.isEmpty {
        context.output.print(MailText.table(waiting, now: try context.town().now, numbered: false))
      }
    }
  }

  private static var delete: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "delete", summary: "Remove a queue", discussion: "Only an empty one is removed.",
      examples: ["gt mail queue delete reviews"],
      positionals: [.required("name")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      try require(name, context)
      let count = try context.mailbox().board(.queue, name).count
      if count > 0 {
        throw BeadsError(
          .conflict, "\(count) messages wait in the queue \(name)",
          hint: "`gt mail queue show \(name)` lists them")
      }
      try MessagingSettings.edit(.queue, name, of: try context.town()) { _ in nil }
      if context.isJSON { return context.object { $0.member("deleted", name) } }
      context.print("\("✓", .green) Removed the queue \(name)")
    }
  }

  private static func require(_ name: String, _ context: GtContext) throws(BeadsError) {
    if try MessagingSettings.load(try context.town()).queues[name] == nil {
      throw BeadsError(
        .notFound, "there is no queue \(quoted(name))", hint: "`gt mail queue list` shows them")
    }
  }

  private static func printQueue(_ name: String, _ context: GtContext, prefix: TerminalText = "") throws {
    let settings = try MessagingSettings.load(try context.town())
    guard let queue = settings.queues[name] else { return }
    let count = try context.mailbox().board(.queue, name).count
    if context.isJSON { return context.json { write(name, count, settings, &$0) } }
    let workers = queue.workers.isEmpty ? "everybody" : queue.workers.joined(separator: ", ")
    context.print("\(prefix)\(name, .bold): \(count) waiting, for \(workers)")
  }

  private static func write(
    _ name: String, _ count: Int, _ settings: MessagingSettings, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("workers", settings.queues[name]?.workers ?? [])
      writer.member("max_claims", settings.queues[name]?.maximumClaims ?? 0)
      writer.member("waiting", count)
    }
  }
}
