import BeadsKit
import CommandKit
import GasTownKit

/// `gt callbacks`: messages of the town's machinery in the mayor's mailbox.
enum CallbacksCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "callbacks", summary: "Put away what the town's machinery wrote to the mayor",
      section: CommandTree.Section.agents,
      discussion: "What such messages ask for is done by the daemon, which finds it without them.",
      subcommands: [process])
  }

  private static var process: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "process", summary: "Put away messages such as POLECAT_DONE and MERGED",
      examples: ["gt callbacks process --dry-run", "gt callbacks process"],
      flags: [.bool("dry-run", short: "n", help: "Only show them")]
    ) { arguments, context in
      let mailbox = Mailbox(try context.ledgers(), try context.database())
      let found = try mailbox.drainable(.mayor, olderThan: 0)
      let isDryRun = arguments.bool("dry-run")
      if !isDryRun, !found.isEmpty { try mailbox.archive(found.map(\.id), by: .mayor) }
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, mail in
            writer.object {
              $0.member("id", mail.id.rawValue)
              $0.member("subject", mail.subject)
              $0.member("processed", !isDryRun)
            }
          }
        }
      }
      for mail in found { context.print("\(mail.id, .bold)  \(mail.subject)") }
      let verb = isDryRun ? "would be put away" : "put away"
      context.print(found.isEmpty ? "Nothing to put away" : "\(found.count) \(verb)")
    }
  }
}
