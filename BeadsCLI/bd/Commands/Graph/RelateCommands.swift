import BeadsKit
import CommandKit

/// `bd dep relate` and `unrelate`: a loose link in both directions; also without `dep`.
enum RelateCommands {
  private static var issues: [Positional] { [.issue("id1"), .required("id2")] }

  static func relate(hidden: Bool) -> CommandTree.BdCommand {
    CommandTree.BdCommand(
      "relate", summary: "Link two issues loosely, in both directions",
      section: hidden ? CommandTree.Section.graph : "", hidden: hidden,
      discussion: "The link relates-to informs and blocks nothing.",
      examples: ["bd dep relate bd-9zq bd-a3f8"],
      positionals: issues
    ) { arguments, context in
      let (a, b) = try pair(arguments, context)
      let isNew = try context.change("relate") { transaction throws(BeadsError) in
        try transaction.relate(a, b)
      }
      if !context.isJSON {
        return context.print(
          isNew ? "\("✓", .green) Linked \(a) and \(b) (relates-to)" : "\(a) and \(b) were related already")
      }
      write(a, b, "related", context)
    }
  }

  static func unrelate(hidden: Bool) -> CommandTree.BdCommand {
    CommandTree.BdCommand(
      "unrelate", summary: "Remove the loose link between two issues",
      section: hidden ? CommandTree.Section.graph : "", hidden: hidden,
      examples: ["bd dep unrelate bd-9zq bd-a3f8"], positionals: issues
    ) { arguments, context in
      let (a, b) = try pair(arguments, context)
      let removed = try context.change("unrelate") { transaction throws(BeadsError) in
        try transaction.unrelate(a, b)
      }
      if removed.isEmpty { throw BeadsError(.notFound, "link not found: \(a) and \(b) are not related") }
      if !context.isJSON { return context.print("\("✓", .green) Unlinked \(a) and \(b)") }
      write(a, b, "unrelated", context)
    }
  }

  private static func pair(_ arguments: Arguments, _ context: BdContext) throws -> (IssueID, IssueID) {
    (try context.resolve(arguments.positionals[0]), try context.resolve(arguments.positionals[1]))
  }

  private static func write(_ a: IssueID, _ b: IssueID, _ what: StaticString, _ context: BdContext) {
    context.object { writer in
      writer.member("id1", a.rawValue)
      writer.member("id2", b.rawValue)
      writer.member(what, true)
    }
  }
}
