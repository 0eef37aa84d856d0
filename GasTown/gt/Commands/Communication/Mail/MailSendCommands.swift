import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail send` and `gt mail reply`.
enum MailSendCommands {
  static var send: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "send", summary: "Send a message",
      discussion:
        "Each recipient gets a copy. A recipient that does not exist is an error, and nothing is sent then.",
      examples: [
        "gt mail send mayor -s \"Parser is ready\" -m \"See ap-1a2\"",
        "gt mail send --human -s \"Need a decision\" --urgent",
        "gt mail send app/crew/max -s \"Log\" --stdin",
      ],
      flags: [
        .string("subject", short: "s", placeholder: "TEXT", help: "What it is about"),
        .string("message", short: "m", aliases: ["body"], placeholder: "TEXT", help: "The text"),
        GtContext.stdinFlag,
        .int(
          "priority", short: "p", in: 0...4, default: 2, help: "0 urgent, 1 high, 2 normal, 3 low, 4 backlog"),
        .bool("urgent", help: "The same as --priority 0"),
        .choice("type", values: MailDraft.types, default: "notification", help: "The kind of message"),
        .string("reply-to", placeholder: "ID", help: "The message it answers"),
        .list("cc", placeholder: "ADDRESS,...", help: "Who gets a copy for information"),
        .list("to", placeholder: "ADDRESS,...", help: "More recipients"),
        .string("from", placeholder: "ADDRESS", help: "On whose behalf; for relays"),
        .bool("self", help: "Send it to yourself"), .bool("human", help: "Send it to the person"),
        .bool("permanent", help: "Keep it for good"),
        .bool("wisp", default: true, help: "Let it be swept away some time after it was put away"),
        .bool("pinned", help: "Keep it in the mailbox when that is cleared"),
        .bool("notify", short: "n", help: "Give it high priority"),
        .bool("no-notify", help: "Do not nudge the recipients"),
      ],
      positionals: [.zeroOrMore("address")]
    ) { arguments, context in
      var recipients = arguments.positionals + arguments.list("to")
      if arguments.bool("self") { recipients.append(try context.me().text) }
      if arguments.bool("human") { recipients.append(AgentAddress.overseer.text) }
      if recipients.isEmpty {
        throw BeadsError(
          .invalid, "the message has no recipient", hint: "gt mail send mayor -s \"Subject\" -m \"Text\"")
      }
      guard let subject = arguments.string("subject"), !subject.allSatisfy(\.isWhitespace) else {
        throw BeadsError(.invalid, "the message has no subject", hint: "-s says what it is about")
      }
      var draft = MailDraft(to: recipients, subject: subject, body: try context.text(flag: "message") ?? "")
      draft.copies = arguments.list("cc")
      draft.type = arguments.string("type") ?? "notification"
      draft.priority = try arguments.bool("urgent") ? 0 : arguments.int("priority") ?? 2
      if arguments.bool("notify") { draft.priority = min(draft.priority, 1) }
      draft.isPermanent = arguments.bool("permanent") || !arguments.bool("wisp")
      draft.isPinned = arguments.bool("pinned")
      let me = try context.me()
      draft.answeredID = try arguments.string("reply-to").map {
        try context.mailbox().resolve($0, for: me).id
      }
      draft.sender = try arguments.string("from").map { try context.agent($0) }
      let sent = try context.mailbox(notifies: !arguments.bool("no-notify")).send(draft)
      if context.isJSON { return json(sent, context) }
      for mail in sent {
        context.print("\("✓", .green) Sent \(mail.id, .bold) to \(mail.to): \(mail.subject)")
      }
    }
  }

  private static func json(_ sent: [Mail], _ context: GtContext) {
    context.object { writer in
      writer.member("id", sent.first?.id.rawValue ?? "")
      writer.member("thread_id", sent.first?.threadID ?? "")
      writer.key("messages")
      writer.array(sent) { $0.mail($1) }
    }
  }

  static var reply: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "reply", summary: "Answer a message",
      discussion: "The answer goes to whoever wrote the message, which counts as read then.",
      examples: ["gt mail reply hq-wisp-4fk -m \"On it\"", "gt mail reply 1 \"On it\""],
      flags: [
        .string("subject", short: "s", placeholder: "TEXT", help: "Another subject"),
        .string("message", short: "m", aliases: ["body"], placeholder: "TEXT", help: "The text"),
        GtContext.stdinFlag,
        .bool("no-notify", help: "Do not nudge the recipient"),
      ],
      positionals: [.required("message"), .zeroOrMore("text")]
    ) { arguments, context in
      let me = try context.me()
      let text = try context.text(flag: "message", words: arguments.positionals.dropFirst()) ?? ""
      let mailbox = try context.mailbox(notifies: !arguments.bool("no-notify"))
      let original = try mailbox.resolve(arguments.positionals[0], for: me)
      if text.allSatisfy(\.isWhitespace) {
        throw BeadsError(.invalid, "the answer is empty", hint: "gt mail reply \(original.id) -m \"On it\"")
      }
      let answer = try mailbox.reply(to: original.id, text, subject: arguments.string("subject"), by: me)
      if context.isJSON { return context.json { $0.mail(answer) } }
      context.print("\("✓", .green) Sent \(answer.id, .bold) to \(answer.to): \(answer.subject)")
    }
  }
}
