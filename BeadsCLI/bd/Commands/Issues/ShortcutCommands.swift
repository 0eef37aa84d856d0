import BeadsKit
import CommandKit

/// `assign`, `priority` and `note`: updates of one field.
enum ShortcutCommands {
  static var all: [CommandTree.BdCommand] { [assign, priority, note] }

  private static var assign: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "assign", summary: "Say who works on an issue", section: CommandTree.Section.issues,
      examples: ["bd assign bd-a3f8 alice", "bd assign bd-a3f8 \"\""],
      positionals: [.issue(), .required("name", help: "Empty for nobody")]
    ) { arguments, context in
      let name = arguments.positionals[1]
      try update("assign", arguments.positionals[0], context, { $0.assignee = name }) { issue in
        issue.assignee.isEmpty ? "nobody" : "@\(issue.assignee)"
      }
    }
  }

  private static var priority: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "priority", summary: "Set the priority of an issue", section: CommandTree.Section.issues,
      examples: ["bd priority bd-a3f8 0"],
      positionals: [.issue(), .required("priority", values: ["0", "1", "2", "3", "4"])]
    ) { arguments, context in
      let priority = try PriorityInput.parse(arguments.positionals[1])
      try update("priority", arguments.positionals[0], context, { $0.priority = priority }) {
        "P\($0.priority)"
      }
    }
  }

  private static func update(
    _ kind: String, _ word: String, _ context: BdContext, _ edit: (inout Issue) -> Void,
    _ value: (Issue) -> TerminalText
  ) throws {
    let ids = try context.changeEach(kind, [word]) { transaction, issue throws(BeadsError) in
      try transaction.update(issue.id) { edit(&$0) }
    }
    try context.printChanged(ids) { issue throws(BeadsError) in
      "✓ Updated issue: \(try context.named(issue)) → \(value(issue))"
    }
  }

  private static var note: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "note", summary: "Add a line to the notes of an issue", section: CommandTree.Section.issues,
      examples: ["bd note bd-a3f8 \"Reproduced on staging\"", "bd note bd-a3f8 --file findings.txt"],
      flags: [
        .bool("stdin", help: "Read the text from standard input"),
        .string(
          "file", short: "f", placeholder: "FILE", help: "Read the text from a file, - for standard input"),
      ],
      positionals: [.issue(), .zeroOrMore("text")]
    ) { arguments, context in
      let text = try TextFlags.words(
        arguments.positionals.dropFirst(), file: arguments.string("file"), stdin: arguments.bool("stdin"),
        "note",
        context)
      if text.allSatisfy(\.isWhitespace) { throw BeadsError(.invalid, "the note must not be empty") }
      let ids = try context.changeEach("note", [arguments.positionals[0]]) {
        transaction, issue throws(BeadsError) in
        try transaction.update(issue.id) { $0.appendNotes(text) }
      }
      for id in ids {
        try context.printChanged(id) { issue throws(BeadsError) in
          "✓ Note added to \(try context.named(issue))"
        }
      }
    }
  }
}
