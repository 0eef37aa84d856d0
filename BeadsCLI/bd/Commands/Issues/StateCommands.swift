import BeadsKit
import CommandKit

/// `bd state` and `bd set-state`: labels `dimension:value` of which an issue has one for each dimension.
enum StateCommands {
  static var all: [CommandTree.BdCommand] { [state, setState] }

  private static var state: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "state", summary: "Read a state of an issue", section: CommandTree.Section.issues,
      examples: ["bd state bd-a3f8 patrol", "bd state list bd-a3f8"],
      positionals: [.issue(), .required("dimension")],
      subcommands: [
        CommandTree.BdCommand(
          "list", summary: "List all states of an issue", positionals: [.issue()], run: list)
      ]
    ) { arguments, context in
      let id = try context.resolve(arguments.positionals[0])
      let dimension = arguments.positionals[1]
      let value = try context.store().issue(id)?.state(dimension)
      if context.isJSON {
        return context.object { writer in
          writer.member("issue_id", id.rawValue)
          writer.member("dimension", dimension)
          writer.key("value")
          if let value { writer.string(value) } else { writer.null() }
        }
      }
      context.print(value.map { "\($0)" } ?? "(no \(dimension) state set)")
    }
  }

  @Sendable private static func list(_ arguments: Arguments, _ context: BdContext) throws {
    let id = try context.resolve(arguments.positionals[0])
    let states = try context.store().issue(id)?.states ?? []
    if context.isJSON {
      return context.object { writer in
        writer.member("issue_id", id.rawValue)
        writer.key("states")
        writer.object { writer in
          for state in states {
            writer.key(state.dimension)
            writer.string(state.value)
          }
        }
      }
    }
    if states.isEmpty { return context.print("\(id) has no states") }
    for state in states { context.print("\(state.dimension) = \(state.value)") }
  }

  private static var setState: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "set-state", summary: "Set a state of an issue", section: CommandTree.Section.issues,
      discussion: """
        Replaces the label DIMENSION:… by DIMENSION:VALUE and records the change as a closed event below the issue.
        """,
      examples: ["bd set-state bd-a3f8 patrol=muted --reason \"Too noisy\""],
      flags: [.string("reason", placeholder: "TEXT", help: "Why; kept in the event")],
      positionals: [.issue(), .required("dimension=value")]
    ) { arguments, context in
      let id = try context.resolve(arguments.positionals[0])
      let pair = arguments.positionals[1]
      guard let equals = pair.firstIndex(of: "=") else {
        throw BeadsError(.invalid, "\(quoted(pair)) is not dimension=value", hint: "for example patrol=muted")
      }
      let (dimension, value) = (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
      let change = try context.change("set-state") { transaction throws(BeadsError) in
        transaction.summary = "\(id) \(dimension)=\(value)"
        return try transaction.setState(
          dimension, to: value, of: id, reason: arguments.string("reason") ?? "")
      }
      LastTouched.write(id, context)
      if context.isJSON { return context.object { write(change, &$0) } }
      let was = change.oldValue.map { " (was \($0))" } ?? ""
      context.print(
        change.eventID == nil
          ? "\(dimension) of \(id) is \(value) already" : "✓ Set \(dimension) = \(value) on \(id)\(was)")
    }
  }

  private static func write(_ change: StateChange, _ writer: inout JSONWriter) {
    writer.member("issue_id", change.issueID.rawValue)
    writer.member("dimension", change.dimension)
    writer.key("old_value")
    if let value = change.oldValue { writer.string(value) } else { writer.null() }
    writer.member("new_value", change.newValue)
    if let event = change.eventID { writer.member("event_id", event.rawValue) }
    writer.member("changed", change.eventID != nil)
  }
}
