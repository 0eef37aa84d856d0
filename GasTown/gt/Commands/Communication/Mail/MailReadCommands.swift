import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail inbox`, `read`, `peek`, `thread` and `search`.
enum MailReadCommands {
  static var inbox: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "inbox", aliases: ["list", "ls"], summary: "List your messages",
      discussion: "The most urgent come first, then the latest. Listing marks nothing as read.",
      examples: [
        "gt mail inbox", "gt mail inbox --unread", "gt mail inbox app/nux --all --json",
        "gt mail inbox --sent",
      ],
      flags: [
        .bool("unread", short: "u", help: "Only those that were not read"),
        .bool("all", short: "a", help: "Those that were put away too"),
        .bool("sent", help: "What was sent instead"), MailCommand.identity,
      ],
      positionals: [.optional("address", help: "Whose mailbox; yours unless said otherwise")]
    ) { arguments, context in
      let address = try context.mailIdentity(arguments.positionals.first)
      let mailbox = try context.mailbox()
      let isSent = arguments.bool("sent")
      let extent: MessageFilter.Extent =
        arguments.bool("all") ? .all : arguments.bool("unread") ? .unread : .kept
      let all = isSent ? try mailbox.sent(by: address) : try mailbox.inbox(of: address, extent)
      if context.isJSON { return context.json { $0.array(all) { $0.mail($1) } } }
      let adjective: TerminalText = isSent ? "sent " : extent == .unread ? "unread " : ""
      if all.isEmpty { return context.print("No \(adjective)messages for \(address)") }
      let now = try context.town().now
      context.output.print(MailText.table(all, now: now, numbered: extent == .kept && !isSent))
    }
  }

  static var read: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "read", aliases: ["show"], summary: "Show a message",
      discussion: "Your own message counts as read then; it stays in the mailbox until you put it away.",
      examples: ["gt mail read hq-wisp-4fk", "gt mail read 1 --json"], flags: [MailCommand.identity],
      positionals: [.required("message", help: "Its ID, or its number in the inbox")]
    ) { arguments, context in
      let address = try context.mailIdentity()
      let mailbox = try context.mailbox()
      var mail = try mailbox.resolve(arguments.positionals[0], for: address)
      if mail.issue.assignee == address.text || mail.to == address.text {
        mail = try mailbox.mark([mail.id], read: true, by: address)[0]
      }
      if context.isJSON { return context.json { $0.mail(mail) } }
      context.output.print(MailText.page(mail))
    }
  }

  static var peek: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "peek", summary: "Show your first unread message", discussion: "It stays unread.",
      examples: ["gt mail peek"], flags: [MailCommand.identity]
    ) { _, context in
      let address = try context.mailIdentity()
      guard let mail = try context.mailbox().unread(of: address).first else {
        if context.isJSON {
          context.object { $0.member("unread", 0) }
        } else {
          context.print("No unread messages for \(address)")
        }
        throw ExitStatus(1)
      }
      if context.isJSON { return context.json { $0.mail(mail) } }
      context.output.print(MailText.page(mail))
    }
  }

  static var thread: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "thread", summary: "Show a conversation, oldest first", examples: ["gt mail thread hq-wisp-4fk"],
      positionals: [.required("message")]
    ) { arguments, context in
      let mailbox = try context.mailbox()
      let all = try mailbox.thread(of: try mailbox.resolve(arguments.positionals[0], for: try context.me()))
      if context.isJSON { return context.json { $0.array(all) { $0.mail($1) } } }
      for (index, mail) in all.enumerated() {
        if index > 0 { context.print("") }
        context.output.print(MailText.page(mail))
      }
    }
  }

  static var search: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "search", summary: "Look for messages in your mailbox",
      examples: ["gt mail search parser", "gt mail search --from mayor --subject ready --archive"],
      flags: [
        .string("from", placeholder: "TEXT", help: "In the author's address"),
        .string("subject", placeholder: "TEXT", help: "In the subject"),
        .string("body", placeholder: "TEXT", help: "In the text"),
        .bool("archive", help: "Those that were put away too"), MailCommand.identity,
      ],
      positionals: [.zeroOrMore("text")]
    ) { arguments, context in
      var search = Mailbox.Search()
      search.text = arguments.positionals.joined(separator: " ")
      search.from = arguments.string("from") ?? ""
      search.subject = arguments.string("subject") ?? ""
      search.body = arguments.string("body") ?? ""
      search.includesArchived = arguments.bool("archive")
      let found = try context.mailbox().search(search, in: try context.mailIdentity())
      if context.isJSON { return context.json { $0.array(found) { $0.mail($1) } } }
      if found.isEmpty { return context.print("No messages match") }
      context.output.print(MailText.table(found, now: try context.town().now, numbered: false))
    }
  }
}
