import BeadsKit
import CommandKit

/// `bd rename`: gives an issue another ID.
enum RenameCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "rename", summary: "Give an issue another ID", section: CommandTree.Section.issues,
      discussion: """
        Edges and texts that name the issue follow. The old ID stays as a tombstone, so that other clones follow \
        too, and cannot be used again. Children keep their IDs.
        """,
      examples: ["bd rename bd-a3f8 bd-login"],
      flags: [.bool("force", short: "f", help: "Allow a foreign prefix")],
      positionals: [.issue("old"), .required("new")]
    ) { arguments, context in
      let old = try context.resolve(arguments.positionals[0])
      let new = try IssueID(arguments.positionals[1])
      try context.change("rename") { transaction throws(BeadsError) in
        transaction.summary = "\(old) \(new)"
        try transaction.rename(old, to: new, force: arguments.bool("force"))
      }
      LastTouched.write(new, context)
      if context.isJSON {
        return context.object { writer in
          writer.member("old_id", old.rawValue)
          writer.member("new_id", new.rawValue)
        }
      }
      context.print("✓ Renamed \(old) to \(new, .bold)")
    }
  }
}
