import BeadsKit
import CommandKit

/// `bd restore`: the text an issue had before it was compacted.
enum RestoreCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "restore", summary: "Show the text an issue had before it was compacted",
      section: CommandTree.Section.maintenance,
      discussion: """
        The text comes from the database of the clone that compacted the issue, elsewhere from git's history. Nothing \
        is changed unless --apply is given: then the issue gets the text back, and keeps what was written since.
        """,
      examples: ["bd restore bd-a3f8", "bd restore bd-a3f8 --apply"],
      flags: [.bool("apply", help: "Give the issue its text back")],
      positionals: [.issue()], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let id = try context.resolve(arguments.positionals[0])
    let full = try context.store().fullText(of: id, in: context.workspace())
    var issue = full.issue
    if arguments.bool("apply") {
      issue = try context.change("restore") { transaction throws(BeadsError) in
        transaction.summary = id.rawValue
        return try transaction.restore(full)
      }
      LastTouched.write(id, context)
    }
    if context.isJSON { return context.object { $0.issueMembers(issue) } }
    if arguments.bool("apply") {
      return context.print("\("✓", .green) Restored \(id, .bold): \(counted(issue.textSize, "byte")) of text")
    }
    context.print(ShowText.short(issue, try context.store().rules.vocabulary))
    for (title, text) in [
      ("DESCRIPTION", issue.description), ("DESIGN", issue.design), ("NOTES", issue.notes),
      ("ACCEPTANCE CRITERIA", issue.acceptanceCriteria),
    ] where !text.isEmpty {
      context.print(["", TerminalText(title, .bold)] + IndentedText.lines(text))
    }
    if case .commit(let commit) = full.source { context.output.note("From git commit \(commit)") }
  }
}
