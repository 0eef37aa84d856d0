import BeadsKit
import CommandKit

/// `bd count`: how many issues match, altogether or by field.
enum CountCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "count", summary: "Count issues", section: CommandTree.Section.views,
      discussion: """
        Counts what `bd list` with the same flags lists without its limit: --all adds closed issues and templates.
        """,
      examples: [
        "bd count --status open", "bd count --all --by-status", "bd count --by-assignee --type bug",
      ],
      flags: FilterFlags.basic + FilterFlags.priority + FilterFlags.priorityRange + FilterFlags.title
        + FilterFlags.text + FilterFlags.history + FilterFlags.missing
        + [.bool("all", help: "Closed issues and templates too")]
        + IssueGrouping.allCases.map { .bool("by-\($0.rawValue)", help: "A number for each \($0.rawValue)") }
    ) { arguments, context in
      let filter = try filter(arguments, context)
      let store = try context.store()
      guard let grouping = try grouping(arguments) else { return try show(store.count(filter), context) }
      let (total, groups) = try store.read { () throws(BeadsError) in
        (try store.count(filter), try store.counts(filter, by: grouping))
      }
      show(total, groups, context)
    }
  }

  private static func filter(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) -> IssueFilter {
    var reader = try FilterReader(context)
    if arguments.bool("all") {
      reader.filter.statuses = .all
      reader.filter.includesTemplates = true
    }
    try reader.readBasic()
    try reader.readPriority()
    try reader.readPriorityRange()
    try reader.readTitle()
    reader.readText()
    try reader.readHistory()
    try reader.readMissing()
    return reader.filter
  }

  private static func grouping(_ arguments: Arguments) throws(BeadsError) -> IssueGrouping? {
    let asked = IssueGrouping.allCases.filter { arguments.bool("by-\($0.rawValue)") }
    if asked.count > 1 {
      throw BeadsError(.invalid, "--by-\(asked[0].rawValue) contradicts --by-\(asked[1].rawValue)")
    }
    return asked.first
  }

  private static func show(_ count: Int, _ context: BdContext) {
    if context.isJSON { context.object { $0.member("count", count) } } else { context.print("\(count)") }
  }

  private static func show(_ total: Int, _ groups: [IssueGroup], _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("total", total)
        writer.key("groups")
        writer.array(groups) { writer, group in
          writer.object {
            $0.member("group", group.name)
            $0.member("count", group.count)
          }
        }
      }
    }
    var table = Table([Table.Column(), Table.Column(alignment: .right)])
    for group in groups { table.add("\(group.name)", "\(group.count)") }
    table.add("total", "\(total)")
    context.output.print(table)
  }
}
