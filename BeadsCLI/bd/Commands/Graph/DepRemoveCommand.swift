import BeadsKit
import CommandKit

/// `bd dep remove`: takes away the edges from one issue to another.
enum DepRemoveCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "remove", aliases: ["rm", "delete"], summary: "Remove the dependency of an issue on another",
      discussion: "Without --type all edges from the first issue to the second are removed.",
      examples: ["bd dep remove bd-9zq bd-a3f8", "bd dep rm bd-9zq bd-a3f8 --type related"],
      flags: [
        .string(
          "type", short: "t", placeholder: "TYPE", values: EdgeInput.suggestions,
          help: "Remove only edges of this type")
      ],
      positionals: [
        .issue("issue", help: "The issue that waits"), .required("depends-on", help: "What it waits for"),
      ]
    ) { arguments, context in
      let issue = try context.resolve(arguments.positionals[0])
      let target = try target(arguments.positionals[1], context)
      let type = arguments.string("type").map(EdgeInput.type)
      let removed = try context.change("dep remove") { transaction throws(BeadsError) in
        try transaction.removeDependency(issue, dependsOn: target, type: type)
      }
      if removed.isEmpty {
        let kind = type.map { " (\($0))" } ?? ""
        throw BeadsError(
          .notFound, "dependency not found: \(issue) does not depend on \(target)\(kind)",
          hint: "`bd dep list \(issue)` shows what it depends on")
      }
      for edge in removed {
        context.print(
          "\("✓", .green) Removed dependency: \(issue) no longer depends on \(target) (\(edge.type))")
      }
      guard context.isJSON else { return }
      context.object { writer in
        writer.member("depends_on_id", target.rawValue)
        writer.member("issue_id", issue.rawValue)
        writer.member("status", "removed")
        writer.member("types", removed.map(\.type.rawValue))
      }
    }
  }

  /// The target; one that no longer exists is taken as typed, so that its edges can still be removed.
  private static func target(_ text: String, _ context: BdContext) throws(BeadsError) -> IssueID {
    do throws(BeadsError) { return try context.resolve(text) } catch {
      guard error.code == .notFound, let id = IssueID(rawValue: text) else { throw error }
      return id
    }
  }
}
