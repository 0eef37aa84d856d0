import BeadsKit
import CommandKit

/// `bd todo`: your tasks, in few words.
enum TodoCommands {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "todo", summary: "Keep a list of tasks", section: CommandTree.Section.issues,
      examples: ["bd todo", "bd todo add Write the release notes", "bd todo done bd-a3f8"],
      flags: listFlags,
      subcommands: [
        CommandTree.BdCommand(
          "add", summary: "Add a task for yourself",
          flags: [
            .string(
              "priority", short: "p", placeholder: "N", default: "2",
              help: "0 (critical) to 4 (backlog), or P0 to P4"),
            .string("description", short: "d", placeholder: "TEXT", help: "What it is about"),
          ],
          positionals: [.oneOrMore("title")], run: add),
        CommandTree.BdCommand("list", summary: "List open tasks", flags: listFlags, run: list),
        CommandTree.BdCommand(
          "done", summary: "Close tasks",
          flags: [.string("reason", short: "r", placeholder: "TEXT", default: "Completed", help: "Why")],
          positionals: [.issues()], run: done),
      ], run: list)
  }

  private static var listFlags: [Flag] { [.bool("all", help: "Closed tasks too")] }

  @Sendable private static func add(_ arguments: Arguments, _ context: BdContext) throws {
    try context.inCreationPlace(add)
  }

  private static func add(_ context: BdContext) throws {
    let arguments = context.arguments
    var draft = IssueDraft(title: arguments.positionals.joined(separator: " "))
    draft.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    draft.priority = try PriorityInput.parse(arguments.string("priority") ?? "2")
    draft.description = arguments.string("description") ?? ""
    draft.assignee = try context.store().actor
    let made = draft
    let id = try context.change("todo add") { transaction throws(BeadsError) in
      let id = try transaction.create(made).id
      transaction.summary = id.rawValue
      return id
    }
    LastTouched.write(id, context)
    try context.printChanged(id) { issue throws(BeadsError) in "✓ Added \(try context.named(issue))" }
  }

  @Sendable private static func list(_ arguments: Arguments, _ context: BdContext) throws {
    var filter = IssueFilter()
    filter.types = [.task]
    filter.statuses = arguments.bool("all") ? .all : .unfinished
    let store = try context.store()
    let issues = try store.issues(matching: filter)
    if context.isJSON { return context.array(issues) }
    if issues.isEmpty { return context.print("No tasks") }
    for issue in issues { context.print(IssueText.line(issue, store.rules.vocabulary)) }
  }

  @Sendable private static func done(_ arguments: Arguments, _ context: BdContext) throws {
    let reason = arguments.string("reason") ?? "Completed"
    let ids = try context.changeEach("todo done", arguments.positionals) {
      transaction, issue throws(BeadsError) in
      try transaction.close(issue.id, reason: reason)
    }
    if context.isJSON {
      return context.object { writer in
        writer.member("closed", ids.map(\.rawValue))
        writer.member("reason", reason)
      }
    }
    for issue in try context.store().issues(ids) { context.print("✓ Done \(try context.named(issue))") }
  }
}
