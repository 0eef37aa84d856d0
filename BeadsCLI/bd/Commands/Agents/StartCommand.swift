import BeadsKit
import CommandKit

/// `bd start`: what agents try for `bd update --claim`.
enum StartCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "start", aliases: ["claim", "take", "begin"], summary: "Take issues, as `bd update --claim` does",
      section: CommandTree.Section.issues, hidden: true, examples: ["bd start bd-a3f8"],
      flags: [LeaseFlag.flag], positionals: [.issues()]
    ) { arguments, context in
      let lease = try LeaseFlag.read(arguments, with: nil)
      let ids = try context.changeEach("update", arguments.positionals) {
        transaction, issue throws(BeadsError) in
        try transaction.claim(issue.id, lease: lease)
      }
      try context.printChanged(ids) { issue throws(BeadsError) in
        "✓ Updated issue: \(try context.named(issue))"
      }
    }
  }
}
