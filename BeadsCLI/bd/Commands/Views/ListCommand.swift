import BeadsKit
import CommandKit

/// `bd list`: issues by any filter, as a tree, lines, JSON, IDs or a graph.
enum ListCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", aliases: ["issues", "ls"], summary: "List issues", section: CommandTree.Section.views,
      discussion: """
        Without flags this lists what is on the table: issues that are neither finished nor pinned, most urgent \
        first, as a tree of parents and children. Templates, gates and issues that live only in this clone are \
        left out unless asked for.
        """,
      examples: [
        "bd list --status open --priority 0,1", "bd list --assignee alice --label backend",
        "bd list --parent bd-a3f8 --flat", "bd list --ready --sort updated", "bd list --all --limit 0 --json",
      ],
      flags: flags
    ) { arguments, context in
      if arguments.string("format") == "json" { context.output.format = .json }
      let view = try View(arguments, context)
      if arguments.bool("watch") { try watch(view, context) } else { try view.show() }
    }
  }

  /// Shows the list until the terminal goes away or the user stops it.
  private static func watch(_ view: View, _ context: BdContext) throws(BeadsError) {
    guard context.output.isTerminal, !context.isJSON else {
      throw BeadsError(.invalid, "--watch needs a terminal", hint: "run the command again instead")
    }
    let store = try context.store()
    while !context.output.standardOutput.isClosed {
      let mark = try store.changeMark()
      context.output.write("\u{1B}[H\u{1B}[2J")
      try view.show()
      context.output.flush()
      while try store.changeMark() == mark { pause(nanoseconds: 500_000_000) }
    }
  }
}

extension ListCommand {
  /// What the flags ask for.
  private struct View {
    let arguments: Arguments
    let context: BdContext
    let filter: IssueFilter
    let order: IssueOrder
    let limit: Int?

    init(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
      self.arguments = arguments
      self.context = context
      var reader = try FilterReader(context)
      try reader.readList()
      try reader.filter.validate()
      filter = reader.filter
      order = try reader.order()
      let isChosen = arguments.isSet("limit")
      if arguments.bool("all"), !isChosen {
        limit = nil
      } else {
        limit = context.isAgentMode && !isChosen ? 20 : reader.limit
      }
      if arguments.bool("skip-labels"), filter.isAboutLabels {
        throw BeadsError(
          BeadsError.Code("invalid", exitStatus: 2), "--skip-labels contradicts a filter by label",
          hint: "drop one of the two")
      }
    }

    func show() throws(BeadsError) {
      var page = try context.page(filter, order, limit: limit)
      if arguments.bool("skip-labels") { page = page.withoutLabels }
      try print(page.issues)
      context.noteCut(page)
    }

    private func print(_ issues: [Issue]) throws(BeadsError) {
      if context.isJSON { return try printJSON(issues) }
      switch arguments.string("format") {
      case "id": for issue in issues { context.print("\(issue.id)") }
      case "digraph": for line in IssueDiagram.digraph(issues) { context.print(line) }
      case "dot": for line in IssueDiagram.dot(issues) { context.print(line) }
      default: try printLines(issues)
      }
    }

    private func printLines(_ issues: [Issue]) throws(BeadsError) {
      if issues.isEmpty { return context.print("No issues found") }
      let isLong = arguments.bool("long")
      if arguments.bool("flat") || !arguments.bool("tree") || context.isAgentMode {
        return try context.printFlat(issues, isLong: isLong)
      }
      try context.printTree(issues, isLong: isLong)
    }

    private func printJSON(_ issues: [Issue]) throws(BeadsError) {
      if !arguments.bool("skip-labels") { return try context.arrayWithCounts(issues) }
      let counts = try context.store().counts(for: issues.map(\.id))
      context.object { writer in
        writer.key("issues")
        writer.array(issues) { $0.issueWithCounts($1, counts[$1.id, default: IssueCounts()]) }
        writer.key("meta")
        writer.object {
          $0.member("skip_labels", true)
          $0.member("count", issues.count)
        }
      }
    }
  }
}

extension FilterReader {
  fileprivate mutating func readList() throws(BeadsError) {
    if arguments.bool("all") {
      filter.statuses = .all
      filter.includesTemplates = true
    }
    try readBasic()
    try readPriority()
    try readPriorityRange()
    try readTitle()
    readText()
    try readHistory()
    try readMissing()
    try readMetadata()
    try readParent()
    try readDirectoryLabels()
    filter.excludedLabels = arguments.list("exclude-label")
    filter.labelPattern = arguments.string("label-pattern")
    filter.labelExpression = arguments.string("label-regex")
    filter.excludedTypes = try types("exclude-type")
    if arguments.bool("no-parent") {
      if filter.place != .anywhere { throw contradiction("parent", "no-parent") }
      filter.place = .top
    }
    if arguments.bool("pinned"), arguments.bool("no-pinned") { throw contradiction("pinned", "no-pinned") }
    if arguments.bool("pinned") { filter.isPinned = true }
    if arguments.bool("no-pinned") { filter.isPinned = false }
    if arguments.bool("include-templates") { filter.includesTemplates = true }
    filter.includesGates = arguments.bool("include-gates")
    filter.includesInfrastructure = arguments.bool("include-infra")
    filter.isDeferred = arguments.bool("deferred")
    filter.isOverdue = arguments.bool("overdue")
    filter.deferred = try window("defer", .future)
    filter.due = try window("due", .future)
    filter.specification = arguments.string("spec")
    filter.molType = arguments.string("mol-type")
    filter.wispType = arguments.string("wisp-type")
    if arguments.bool("ready") { filter.readiness = IssueFilter.Readiness() }
  }

  private func contradiction(_ first: String, _ second: String) -> BeadsError {
    BeadsError(.invalid, "--\(first) contradicts --\(second)", hint: "drop one of the two")
  }
}

extension IssueFilter {
  fileprivate var isAboutLabels: Bool {
    !labels.isEmpty || !anyLabels.isEmpty || !excludedLabels.isEmpty || labelPattern != nil
      || labelExpression != nil || hasNoLabels
  }
}

extension IssuePage {
  fileprivate var withoutLabels: IssuePage {
    let bare = issues.map { issue in
      var issue = issue
      issue.labels = []
      return issue
    }
    return IssuePage(issues: bare, total: total)
  }
}
