import BeadsKit
import CommandKit

/// `bd stale`: work nobody has touched for long.
enum StaleCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "stale", summary: "Show work nobody has touched for long", section: CommandTree.Section.views,
      discussion: "Looks at open work and work in progress, the longest untouched first.",
      examples: ["bd stale", "bd stale --days 7 --status in_progress --json"],
      flags: [
        .int("days", short: "d", default: 30, help: "Not changed for so many days"),
        .list("status", short: "s", placeholder: "STATUS,...", help: "Only these statuses"),
        FilterFlags.limit(50),
      ]
    ) { arguments, context in
      let store = try context.store()
      let reader = try FilterReader(context)
      let named = try FilterReader.statuses(arguments.list("status"), store)
      let filter = try store.staleFilter(
        days: try arguments.int("days") ?? 30, statuses: named.isEmpty ? [.open, .inProgress] : named)
      let order = IssueOrder(.updated, isDescending: false)
      let page = try context.page(filter, order, limit: reader.limit)
      if context.isJSON {
        context.array(page.issues)
      } else if page.issues.isEmpty {
        context.print("No stale issues")
      } else {
        for issue in page.issues {
          let line = IssueText.line(issue, store.rules.vocabulary)
          context.print("\(line) \("(untouched since \(IssueText.day(issue.updatedAt)))", .gray)")
        }
      }
      context.noteCut(page)
    }
  }
}

/// `bd children`: the direct children of an issue.
enum ChildrenCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "children", summary: "Show the children of an issue", section: CommandTree.Section.views,
      discussion: "Lists direct children, closed ones too, in the order they were created.",
      examples: ["bd children bd-a3f8 --json"], positionals: [.issue("parent")]
    ) { arguments, context in
      let store = try context.store()
      let parent = try context.resolve(arguments.positionals[0])
      let issues = try store.childIssues(of: parent)
      if context.isJSON { return try context.arrayWithCounts(issues) }
      if issues.isEmpty { return context.print("\(parent) has no children") }
      for issue in issues { context.print(IssueText.line(issue, store.rules.vocabulary)) }
    }
  }
}
