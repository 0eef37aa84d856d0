import BeadsKit
import CommandKit

/// `bd undo` and `bd op`: every change is an operation that can be taken back.
enum HistoryCommands {
  static var undo: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "undo", summary: "Take the last change back", section: CommandTree.Section.data,
      discussion: """
        Gives every issue and setting that an operation changed the state it had before. Without a number it takes \
        back the last operation that still stands, so calling it again steps further back. Undoing an undo brings \
        the change back. An operation whose issues were changed again since is refused.
        """,
      examples: ["bd undo", "bd op log", "bd undo 41"],
      flags: [.bool("dry-run", help: "Say what would be taken back")],
      positionals: [.optional("operation")]
    ) { arguments, context in
      let number = try arguments.positionals.first.map(operationNumber)
      let store = try context.store()
      if arguments.bool("dry-run") { return try preview(number, store, context) }
      let report = try store.undo(number)
      context.flush()
      if context.isJSON { return printJSON(report, context) }
      context.print("✓ Undid operation \(report.operation.id): \(describe(report.operation))")
      for id in report.restored { context.print("  \(id.rawValue) has its earlier state again") }
      for id in report.removed { context.print("  \(id.rawValue) is deleted") }
      for key in report.settings { context.print("  setting \(key) has its earlier value again") }
    }
  }

  static var op: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "op", aliases: ["operation"], summary: "Look at the operations that changed the store",
      section: CommandTree.Section.data, examples: ["bd op log --limit 5", "bd op show 41"],
      subcommands: [log, show])
  }

  private static var log: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "log", summary: "List operations, newest first",
      flags: [.int("limit", short: "n", default: 20, help: "How many; 0 for all")]
    ) { arguments, context in
      let limit = try arguments.int("limit") ?? 20
      if limit < 0 { throw BeadsError(.invalid, "limit \(limit) is negative", hint: "0 shows all") }
      let operations = try context.store().operations(limit: limit == 0 ? -1 : limit)
      if context.isJSON { return context.json { $0.array(operations) { $0.operation($1) } } }
      if operations.isEmpty { return context.print("No operations yet") }
      var table = Table([
        Table.Column(alignment: .right), Table.Column(), Table.Column(), Table.Column(isFlexible: true),
      ])
      for operation in operations {
        table.add(
          Style.yellow("\(operation.id)"), Style.dim(operation.createdAt.description), "\(operation.actor)",
          "\(describe(operation))\(operation.isUndone ? Style.dim(" (undone)") : "")")
      }
      context.output.print(table)
    }
  }

  private static var show: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "show", summary: "Show what an operation changed", positionals: [.required("operation")]
    ) {
      arguments, context in
      let store = try context.store()
      let operation = try store.operation(operationNumber(arguments.positionals[0]))
      let changes = try store.changes(of: operation.id)
      if context.isJSON {
        return context.object { writer in
          writer.operationMembers(operation)
          writer.key("changes")
          writer.array(changes) { $0.change($1) }
        }
      }
      context.print(
        "Operation \(operation.id): \(describe(operation))\(operation.isUndone ? " (undone)" : "")")
      context.print("\(operation.actor), \(operation.createdAt)")
      for change in changes {
        context.print("")
        context.print("\(change.subject, .bold)\(change.before == nil ? " (new)" : "")")
        for line in difference(change) { context.print("  \(line)") }
      }
    }
  }

  private static func operationNumber(_ text: String) throws(BeadsError) -> Int64 {
    guard let number = Int64(text), number > 0 else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is not an operation number", hint: "list them with `bd op log`")
    }
    return number
  }

  private static func describe(_ operation: Operation) -> String {
    var text = operation.kind
    if !operation.summary.isEmpty { text += " " + operation.summary }
    if operation.changeCount > 1 { text += " (\(operation.changeCount) changes)" }
    return text
  }

  private static func preview(_ number: Int64?, _ store: Store, _ context: BdContext) throws {
    let operation = try store.undoTarget(number)
    let changes = try store.changes(of: operation.id)
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.operationMembers(operation)
        writer.key("changes")
        writer.array(changes) { $0.change($1) }
      }
    }
    context.print("Would undo operation \(operation.id): \(describe(operation))")
    for change in changes {
      context.print(
        "  \(change.subject) would \(change.before == nil ? "be deleted" : "have its earlier state again")")
    }
  }

  private static func printJSON(_ report: UndoReport, _ context: BdContext) {
    context.object { writer in
      writer.member("undone", Int(report.operation.id))
      writer.member("kind", report.operation.kind)
      writer.member("restored", report.restored.map(\.rawValue))
      writer.member("removed", report.removed.map(\.rawValue))
      writer.member("settings", report.settings)
    }
  }

  /// The members of two images that differ, one line each.
  private static func difference(_ change: OperationChange) -> [TerminalText] {
    guard let old = change.before.map(members), let new = change.after.map(members) else {
      return (change.after ?? change.before).map { ["\($0)"] } ?? []
    }
    let keys = old.map(\.key) + new.map(\.key).filter { key in !old.contains { $0.key == key } }
    return keys.compactMap { key in
      let (a, b) = (old.first { $0.key == key }?.value, new.first { $0.key == key }?.value)
      if a == b { return nil }
      return "\(key): \(Style.red(a?.compactText ?? "-")) → \(Style.green(b?.compactText ?? "-"))"
    }
  }

  private static func members(_ line: String) -> [JSONValue.Member] {
    if case .object(let members) = JSONValue(parsing: line) { return members }
    return [JSONValue.Member(key: "value", value: .string(line))]
  }
}

extension JSONWriter {
  fileprivate mutating func operationMembers(_ operation: Operation) {
    member("id", Int(operation.id))
    member("kind", operation.kind)
    member("actor", operation.actor)
    member("created_at", operation.createdAt)
    if !operation.summary.isEmpty { member("summary", operation.summary) }
    if let undoes = operation.undoes { member("undoes", Int(undoes)) }
    member("undone", operation.isUndone)
    member("change_count", operation.changeCount)
  }

  fileprivate mutating func operation(_ operation: Operation) {
    object { $0.operationMembers(operation) }
  }

  fileprivate mutating func change(_ change: OperationChange) {
    object { writer in
      writer.member("subject", change.subject)
      for (key, image) in [("before", change.before), ("after", change.after)] {
        writer.key(key)
        guard let image else {
          writer.null()
          continue
        }
        if change.subject.hasPrefix("config ") { writer.string(image) } else { writer.raw(image) }
      }
    }
  }
}
