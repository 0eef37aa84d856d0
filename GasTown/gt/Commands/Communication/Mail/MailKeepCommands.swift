import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail mark-read`, `mark-unread`, `archive`, `clear`, `drain` and `delete`.
enum MailKeepCommands {
  static var markRead: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mark-read", aliases: ["ack"], summary: "Mark messages as read",
      examples: ["gt mail mark-read hq-wisp-4fk", "gt mail mark-read --all"],
      flags: [.bool("all", short: "a", help: "Everything in the mailbox"), MailCommand.identity],
      positionals: [.zeroOrMore("message")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      let ids =
        try arguments.bool("all")
        ? context.mailbox().unread(of: address).map(\.id) : named(arguments, context)
      try show(try context.mailbox().mark(ids, read: true, by: address), "Marked as read:", context)
    }
  }

  static var markUnread: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mark-unread", summary: "Mark messages as unread again",
      discussion: "Those that were put away come back into the mailbox.",
      examples: ["gt mail mark-unread hq-wisp-4fk"],
      flags: [MailCommand.identity], positionals: [.oneOrMore("message")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      try show(
        try context.mailbox().mark(named(arguments, context), read: false, by: address), "Marked as unread:",
        context)
    }
  }

  static var archive: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "archive", summary: "Put messages away",
      discussion: "They are found with `gt mail inbox --all` and `gt mail search --archive`.",
      examples: ["gt mail archive hq-wisp-4fk 3", "gt mail archive --stale --dry-run"],
      flags: [
        .bool("stale", help: "What came before your present session began"),
        .bool("dry-run", short: "n", help: "Only say what would be put away"), MailCommand.identity,
      ],
      positionals: [.zeroOrMore("message")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      let mailbox = try context.mailbox()
      let ids = try arguments.bool("stale") ? mailbox.stale(address).map(\.id) : named(arguments, context)
      try putAway(ids, address, context)
    }
  }

  static var clear: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "clear", summary: "Put away what was read", discussion: "Pinned messages stay.",
      examples: ["gt mail clear", "gt mail clear --all"],
      flags: [.bool("all", short: "a", help: "What was not read too"), MailCommand.identity],
      positionals: [.optional("address", help: "Whose mailbox; yours unless said otherwise")]
    ) { arguments, context in
      let address = try context.mailIdentity(arguments.positionals.first)
      try show(
        try context.mailbox().clear(address, includingUnread: arguments.bool("all")), "Put away", context)
    }
  }

  static var drain: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "drain", summary: "Put away old messages of the town's machinery",
      discussion: "Such as MERGED or POLECAT_DONE, which are of no use later.",
      examples: ["gt mail drain", "gt mail drain --max-age 2h --all --dry-run"],
      flags: [
        .string("max-age", placeholder: "TIME", default: "30m", help: "What is older than this"),
        .bool("all", short: "a", help: "Whatever the subject"),
        .bool("dry-run", short: "n", help: "Only say what would be put away"), MailCommand.identity,
      ]
    ) { arguments, context in
      let address = try context.mailIdentity()
      let age = try GoDuration.nanoseconds(arguments.string("max-age") ?? "30m") / 1_000_000_000
      let all = try context.mailbox().drainable(address, olderThan: age, all: arguments.bool("all"))
      try putAway(all.map(\.id), address, context)
    }
  }

  static var delete: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "delete", aliases: ["rm"], summary: "Delete messages", examples: ["gt mail delete hq-wisp-4fk"],
      flags: [MailCommand.identity], positionals: [.oneOrMore("message")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      let ids = try named(arguments, context)
      try context.mailbox().delete(ids, by: address)
      if context.isJSON {
        return context.object { writer in
          writer.key("deleted")
          writer.strings(ids.map(\.rawValue))
        }
      }
      for id in ids { context.print("\("✓", .green) Deleted \(id)") }
    }
  }

  // MARK: Helpers

  private static func named(_ arguments: Arguments, _ context: GtContext) throws -> [IssueID] {
    if arguments.positionals.isEmpty {
      throw BeadsError(.invalid, "no message is named", hint: "`gt mail inbox` lists them")
    }
    let address = try context.mailIdentity()
    return try arguments.positionals.map { try context.mailbox().resolve($0, for: address).id }
  }

  private static func putAway(_ ids: [IssueID], _ address: AgentAddress, _ context: GtContext) throws {
    guard context.arguments.bool("dry-run") else {
      return try show(try context.mailbox().archive(ids, by: address), "Put away", context)
    }
    let mails = try context.ledgers().hq().issues(ids).map(Mail.init)
    try show(mails, "Would put away", context)
  }

  private static func show(_ mails: [Mail], _ done: TerminalText, _ context: GtContext) throws {
    if context.isJSON { return context.json { $0.array(mails) { $0.mail($1) } } }
    if mails.isEmpty { return context.print("Nothing to do") }
    for mail in mails { context.print("\("✓", .green) \(done) \(mail.id, .bold)  \(mail.subject)") }
  }
}
