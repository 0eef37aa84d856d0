import BeadsKit
import CommandKit

/// `bd orphans`: work that commits speak of but nobody closed.
enum OrphansCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "orphans", summary: "Find open issues that commits mention", section: CommandTree.Section.views,
      discussion: """
        Looks for the IDs of open issues and issues in progress in the first lines of commit messages: work that may be \
        done although nobody closed it.
        """,
      examples: ["bd orphans", "bd orphans --details --json", "bd orphans --fix"],
      flags: [
        .bool("fix", short: "f", help: "Ask for each whether to close it"),
        .bool("details", help: "Show the commit"),
      ] + Array(FilterFlags.kind.filter { $0.name != "type" })
    ) { arguments, context in
      let found = try find(arguments, context)
      if context.isJSON { return printJSON(found, context) }
      if found.isEmpty { return context.print("No open issue is mentioned in a commit") }
      let vocabulary = try context.store().rules.vocabulary
      for one in found {
        context.print(IssueText.line(one.issue, vocabulary))
        if arguments.bool("details") {
          context.print("    \(one.commit.prefix(10), .yellow) \(one.summary)")
        }
      }
      if arguments.bool("fix") { try fix(found, context) }
    }
  }

  private static func find(_ arguments: Arguments, _ context: BdContext) throws -> [MentionedIssue] {
    var filter = IssueFilter()
    filter.statuses = .any([.open, .inProgress])
    filter.labels = arguments.list("label")
    filter.anyLabels = arguments.list("label-any")
    if arguments.bool("fix"), context.isJSON {
      throw BeadsError(
        .invalid, "--fix asks questions, which --json cannot", hint: "close them with `bd close`")
    }
    return try context.store().mentionedIssues(in: context.workspace(), matching: filter)
  }

  private static func fix(_ found: [MentionedIssue], _ context: BdContext) throws {
    for one in found {
      context.output.note("Close \(one.issue.id)? [y/N]")
      guard let answer = readLine() else { return }
      guard answer.lowercased().hasPrefix("y") else { continue }
      _ = try context.changeEach("orphans --fix", [one.issue.id.rawValue]) {
        transaction, issue throws(BeadsError) in
        try transaction.close(issue.id, reason: "Implemented (\(one.commit.prefix(10)))")
      }
      context.print("✓ Closed \(try context.named(one.issue))")
    }
  }

  private static func printJSON(_ found: [MentionedIssue], _ context: BdContext) {
    context.json { writer in
      writer.array(found) { writer, one in
        writer.object {
          $0.member("issue_id", one.issue.id.rawValue)
          $0.member("title", one.issue.title)
          $0.member("status", one.issue.status.rawValue)
          $0.member("latest_commit", one.commit)
          $0.member("latest_commit_message", one.summary)
        }
      }
    }
  }
}
