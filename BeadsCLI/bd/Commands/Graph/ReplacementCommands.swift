import BeadsKit
import CommandKit

/// `bd duplicate` and `bd supersede`: close an issue because another one stands for it.
enum ReplacementCommands {
  static var duplicate: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "duplicate", summary: "Close an issue as a duplicate of another", section: CommandTree.Section.graph,
      examples: ["bd duplicate bd-9zq --of bd-a3f8"],
      flags: [.string("of", placeholder: "ID", help: "The issue that stays")],
      positionals: [.issue(help: "The duplicate")]
    ) { arguments, context in
      let (issue, other) = try pair(arguments, flag: "of", context)
      try context.change("duplicate") { transaction throws(BeadsError) in
        try transaction.markDuplicate(issue, of: other)
      }
      if !context.isJSON {
        return context.print("\("✓", .green) Closed \(issue) as a duplicate of \(other)")
      }
      let status = try status(of: issue, context)
      context.object { writer in
        writer.member("canonical", other.rawValue)
        writer.member("duplicate", issue.rawValue)
        writer.member("status", status)
      }
    }
  }

  static var supersede: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "supersede", summary: "Close an issue because another takes its place",
      section: CommandTree.Section.graph,
      examples: ["bd supersede bd-9zq --with bd-a3f8"],
      flags: [.string("with", placeholder: "ID", help: "The issue that takes its place")],
      positionals: [.issue(help: "The issue that is superseded")]
    ) { arguments, context in
      let (issue, other) = try pair(arguments, flag: "with", context)
      try context.change("supersede") { transaction throws(BeadsError) in
        try transaction.supersede(issue, with: other)
      }
      if !context.isJSON {
        return context.print("\("✓", .green) Closed \(issue): superseded by \(other)")
      }
      let status = try status(of: issue, context)
      context.object { writer in
        writer.member("replacement", other.rawValue)
        writer.member("status", status)
        writer.member("superseded", issue.rawValue)
      }
    }
  }

  private static func status(of issue: IssueID, _ context: BdContext) throws(BeadsError) -> String {
    try context.store().issue(issue)?.status.rawValue ?? ""
  }

  private static func pair(
    _ arguments: Arguments, flag: String, _ context: BdContext
  ) throws -> (IssueID, IssueID) {
    guard let other = arguments.string(flag) else { throw UsageError("missing --\(flag) <id>") }
    return (try context.resolve(arguments.positionals[0]), try context.resolve(other))
  }
}
