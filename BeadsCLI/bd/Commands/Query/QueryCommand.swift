import BeadsKit
import CommandKit

/// `bd query`: issues by an expression.
enum QueryCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "query", summary: "Find issues by an expression", section: CommandTree.Section.views,
      discussion: """
        Conditions are FIELD, one of = != < <= > >= and a value; AND, OR, NOT and parentheses join them. Values with \
        spaces stand in quotes; a,b means one of them, and none means empty.

          status, type, priority, assignee, owner, label, parent, mol_type   the value itself
          id, spec                                                           the value; * stands for anything
          title, description, notes                                          = means that it contains the text
          created, updated, started, closed, due, defer                      7d (ago; for due and defer: ahead), dates, words
          pinned, ephemeral, template                                        true or false
          metadata.KEY, has_metadata_key                                     a value, a key

        Closed issues are left out unless --all is given or the expression speaks of the status.
        """,
      examples: [
        "bd query \"status=open AND priority<=1 AND NOT label=ui\"",
        "bd query \"(type=bug OR type=feature) AND updated>7d\" --sort updated",
        "bd query 'title=\"auth bug\" AND assignee=none' --all --json", "bd query \"id=bd-a*\" --parse-only",
      ],
      flags: [
        .bool("all", short: "a", help: "Closed issues too"),
        .bool("parse-only", help: "Print how the expression is understood, and look for nothing"),
        .bool("long", help: "Dates and descriptions too"), FilterFlags.limit(50),
      ] + FilterFlags.order,
      positionals: [.zeroOrMore("expression")]
    ) { arguments, context in
      let store = try context.store()
      let expression = try store.expression(arguments.positionals.joined(separator: " "))
      if arguments.bool("parse-only") { return show(expression, context) }
      let filter = IssueFilter(expression, includesFinished: arguments.bool("all"))
      let reader = try FilterReader(context)
      let page = try context.page(filter, reader.order(), limit: reader.limit)
      if context.isJSON {
        try context.arrayWithCounts(page.issues)
      } else if page.issues.isEmpty {
        context.print("No issues found")
      } else {
        try context.printFlat(page.issues, isLong: arguments.bool("long"))
      }
      context.noteCut(page)
    }
  }

  private static func show(_ expression: QueryExpression, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.key("query")
        writer.query(expression)
      }
    }
    context.print("\("\(expression)")")
  }
}
