import BeadsKit
import CommandKit

/// `bd lint`: issues whose description lacks a section that their type should have.
enum LintCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "lint", summary: "Find issues that lack sections their type should have",
      section: CommandTree.Section.views,
      discussion: """
        Bugs should say how to reproduce them, tasks when they are done, and so on. Looks at the issues that are named, \
        else at open ones. The exit status is 1 when something is missing, except with --json.
        """,
      examples: ["bd lint", "bd lint --type bug --status all --json", "bd lint bd-a3f8"],
      flags: [
        .list("type", short: "t", placeholder: "TYPE,...", help: "Only these types"),
        .list("status", short: "s", placeholder: "STATUS,...", help: "Only these statuses, or all"),
      ],
      positionals: [.anyIssues()]
    ) { arguments, context in
      let issues = try chosen(arguments, context)
      let lacking = issues.map { ($0, $0.missingSections) }.filter { !$0.1.isEmpty }
      let total = lacking.reduce(0) { $0 + $1.1.count }
      if context.isJSON { return printJSON(lacking, total: total, context) }
      if lacking.isEmpty {
        return context.print("✓ Nothing is missing (\(counted(issues.count, "issue")) looked at)")
      }
      context.print("\(counted(total, "section")) missing in \(counted(lacking.count, "issue")):")
      for (issue, missing) in lacking {
        context.print("")
        context.print("\(issue.id, .bold) [\(IssueText.type(issue.type))] \(issue.title)")
        for section in missing { context.print("  ⚠ \(section)") }
      }
      throw ExitStatus(1)
    }
  }

  private static func chosen(_ arguments: Arguments, _ context: BdContext) throws -> [Issue] {
    let store = try context.store()
    if !arguments.positionals.isEmpty {
      if let flag = ["type", "status"].first(where: arguments.isSet) {
        throw BeadsError(
          .invalid, "--\(flag) chooses issues, but some are named", hint: "drop one of the two")
      }
      return try store.issues(arguments.positionals.map { try context.resolve($0) })
    }
    var filter = IssueFilter()
    let statuses = arguments.list("status")
    if statuses == ["all"] {
      filter.statuses = .all
    } else {
      filter.statuses = .any(statuses.isEmpty ? [.open] : try FilterReader.statuses(statuses, store))
    }
    filter.types = try FilterReader(context).types("type")
    return try store.issues(matching: filter, order: IssueOrder(.id))
  }

  private static func printJSON(_ lacking: [(Issue, [String])], total: Int, _ context: BdContext) {
    context.object { writer in
      writer.member("total", total)
      writer.member("issues", lacking.count)
      writer.key("results")
      writer.array(lacking) { writer, one in
        writer.object {
          $0.member("id", one.0.id.rawValue)
          $0.member("title", one.0.title)
          $0.member("type", one.0.type.rawValue)
          $0.member("missing", one.1)
          $0.member("warnings", one.1.count)
        }
      }
    }
  }
}
