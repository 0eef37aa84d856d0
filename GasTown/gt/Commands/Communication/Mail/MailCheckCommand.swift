import BeadsKit
import CommandKit
import GasTownKit

/// `gt mail check`.
enum MailCheckCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "check", summary: "Say whether there is unread mail",
      discussion: """
        Exit status 0 means unread mail, 1 none. With --inject, which the hooks of runtimes call, what has come since the \
        last time is printed for the agent's context: each message once, within a few kilobytes, exit status 0.
        """,
      examples: ["gt mail check", "gt mail check --json", "gt mail check --inject"],
      flags: [.bool("inject", help: "Print what is new for an agent's context"), MailCommand.identity]
    ) { arguments, context in
      if arguments.bool("inject") { return inject(context) }
      let address = try context.mailIdentity()
      let count = try Mailbox(context.ledgers(), nil).unreadCount(of: address)
      if context.isJSON {
        context.object { writer in
          writer.member("address", address.text)
          writer.member("unread", count)
          writer.member("has_new", count > 0)
        }
      } else {
        context.print(
          count == 0 ? "No unread mail for \(address)" : "\(count) unread for \(address): `gt mail inbox`")
      }
      if count == 0 { throw ExitStatus(1) }
    }
  }

  /// Never fails, because a hook that fails can stop an agent; but says so, because silence means that nothing came.
  private static func inject(_ context: GtContext) {
    var text = ""
    do {
      let address = try context.mailIdentity()
      text += Nudges.injection(try context.database().drainNudges(for: address)) ?? ""
      text += try context.mailbox().injection(for: address) ?? ""
    } catch {
      context.output.report(error)
      text += "<system-reminder>\nMail could not be read; `gt mail inbox` says why.\n</system-reminder>\n"
    }
    if context.isJSON { return context.object { $0.member("injection", text) } }
    context.output.write("\(multiline: text)" as TerminalText)
  }
}
