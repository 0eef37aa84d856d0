import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail`.
enum MailCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mail", summary: "Send and read messages", section: CommandTree.Section.communication,
      discussion: """
        Mail is kept in the town's tracker and survives every session. What a recipient must still know after a restart \
        is mail; anything else may be a nudge.

        Recipients are agents (mayor, app/witness, app/crew/max, app/polecats/nux or app/nux, overseer for the person), \
        patterns (*/witness, app/crew/*), groups (@town, @witnesses, @crew/app, @polecats/app, @rig/app), and the lists, \
        queues and channels of the town.
        """,
      examples: [
        "gt mail send mayor -s \"Parser is ready\" -m \"See ap-1a2\"", "gt mail inbox", "gt mail read 1",
        "gt mail reply hq-wisp-4fk -m \"On it\"",
      ],
      subcommands: [
        MailSendCommands.send, MailSendCommands.reply, MailReadCommands.inbox, MailReadCommands.read,
        MailReadCommands.peek, MailReadCommands.thread, MailReadCommands.search, MailCheckCommand.command,
        MailKeepCommands.markRead, MailKeepCommands.markUnread, MailKeepCommands.archive,
        MailKeepCommands.clear,
        MailKeepCommands.drain, MailKeepCommands.delete, MailQueueCommands.claim, MailQueueCommands.release,
        MailQueueCommands.queue, MailQueueCommands.hook, MailBoardCommands.list, MailBoardCommands.channel,
        MailBoardCommands.announces,
        MailBoardCommands.directory,
      ])
  }

  /// The flag that says whose mailbox is meant.
  static var identity: Flag {
    .string(
      "identity", aliases: ["address"], placeholder: "ADDRESS",
      help: "Whose mailbox; yours unless said otherwise")
  }
}

extension GtContext {
  /// The mail of the town.
  /// - Parameter notifies: Whether recipients with a session are told that something has come.
  func mailbox(notifies: Bool = false) throws(BeadsError) -> Mailbox {
    var mailbox = Mailbox(try ledgers(), try database())
    if notifies { mailbox.onDelivery = { [self] in try? nudges().announce($1, to: $0) } }
    return mailbox
  }

  /// Whose mailbox is meant: `--identity`, else this argument, else the caller.
  func mailIdentity(_ argument: String? = nil) throws(BeadsError) -> AgentAddress {
    try agent(arguments.string("identity") ?? argument)
  }
}

/// Messages as lines for people.
enum MailText {
  static func table(_ all: [Mail], now: Timestamp, numbered: Bool = true) -> Table {
    let number = numbered ? [Table.Column("#", alignment: .right)] : []
    var table = Table(
      [Table.Column()] + number + [
        Table.Column("ID"), Table.Column("FROM"), Table.Column("AGE", alignment: .right),
        Table.Column("SUBJECT", isFlexible: true),
      ])
    for (index, mail) in all.enumerated() {
      let cells: [TerminalText] = [
        "\(mail.id, .bold)", "\(mail.from)", "\(Age.text(since: mail.sentAt, now: now))", subject(mail),
      ]
      table.add(row: [mark(mail)] + (numbered ? ["\(index + 1)"] : []) + cells)
    }
    return table
  }

  static func mark(_ mail: Mail) -> TerminalText {
    if mail.isArchived { return "\("✓", .green)" }
    return mail.isRead ? "○" : "\("●", .yellow)"
  }

  static func subject(_ mail: Mail) -> TerminalText {
    let urgency: TerminalText = mail.priority < 2 ? "[\(Mail.word(forPriority: mail.priority))] " : ""
    return "\(urgency, .red)\(mail.subject)"
  }

  /// A whole message.
  static func page(_ mail: Mail) -> [TerminalText] {
    var facts = Table([Table.Column(), Table.Column()])
    facts.add("\("From", .dim)", "\(mail.from)")
    facts.add("\("To", .dim)", "\(mail.to)")
    if !mail.copies.isEmpty { facts.add("\("Cc", .dim)", "\(mail.copies.joined(separator: ", "))") }
    facts.add("\("Sent", .dim)", "\(mail.sentAt.shown)")
    if mail.priority != 2 { facts.add("\("Priority", .dim)", "\(Mail.word(forPriority: mail.priority))") }
    if mail.type != "notification" { facts.add("\("Type", .dim)", "\(mail.type)") }
    if let answered = mail.answeredID { facts.add("\("Answers", .dim)", "\(answered)") }
    if let holder = mail.claimedBy { facts.add("\("Claimed", .dim)", "\(holder)") }
    let head: TerminalText = "\(mark(mail)) \(mail.id, .bold)  \(mail.subject)"
    let body = mail.body.isEmpty ? [] : ["", "\(multiline: mail.body)"] as [TerminalText]
    return [head] + facts.lines().map { "  \($0)" } + body
  }
}
