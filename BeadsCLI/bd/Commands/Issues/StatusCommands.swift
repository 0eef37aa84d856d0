import BeadsKit
import CommandKit

/// Commands that move issues between states: `reopen`, `defer`, `undefer`, `promote`.
enum StatusCommands {
  static var all: [CommandTree.BdCommand] { [reopen, deferring, undefer, promote] }

  private static var reopen: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "reopen", summary: "Open closed issues again", section: CommandTree.Section.issues,
      discussion: """
        The issue becomes open and visible. That it was superseded or a duplicate is forgotten, because it is work \
        again; its other edges stay.
        """,
      examples: ["bd reopen bd-a3f8 --reason \"It came back\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why; becomes a comment")],
      positionals: [.issues()]
    ) { arguments, context in
      let reason = arguments.string("reason") ?? ""
      let store = try context.store()
      var forgotten: [IssueID: [Dependency]] = [:]
      let ids = try context.changeEach("reopen", arguments.positionals) {
        transaction, issue throws(BeadsError) in
        let before = try store.issue(issue.id)?.dependencies ?? []
        let after = try transaction.reopen(issue.id, reason: reason).dependencies
        forgotten[issue.id] = before.filter { !after.contains($0) }
      }
      for id in ids {
        for edge in forgotten[id] ?? [] {
          let role = edge.type == .duplicates ? "a duplicate of" : "superseded by"
          context.warn("\(id) is no longer marked as \(role) \(edge.dependsOnID)")
        }
      }
      try context.printChanged(ids) { issue throws(BeadsError) in
        "↻ Reopened \(try context.named(issue))\(reason.isEmpty ? "" : ": \(reason)")"
      }
    }
  }

  private static var deferring: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "defer", summary: "Put issues on ice", section: CommandTree.Section.issues,
      examples: [
        "bd defer bd-a3f8", "bd defer bd-a3f8 --until \"next monday\"", "bd defer bd-a3f8 --until +2w",
      ],
      flags: [
        .string("until", placeholder: "TIME", help: "When it comes back by itself (default: when undeferred)")
      ],
      positionals: [.issues()]
    ) { arguments, context in
      let until = try TimeFlags.parse("until", context)
      if arguments.isSet("until"), until == nil {
        throw BeadsError(.invalid, "--until must not be empty", hint: "leave it out to defer without a date")
      }
      let ids = try context.changeEach("defer", arguments.positionals) {
        transaction, issue throws(BeadsError) in
        try transaction.defer(issue.id, until: until)
      }
      try context.printChanged(ids) { issue throws(BeadsError) in
        "* Deferred \(try context.named(issue))\(issue.deferUntil.map { " until \($0)" } ?? "")"
      }
    }
  }

  private static var undefer: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "undefer", summary: "Bring deferred issues back", section: CommandTree.Section.issues,
      examples: ["bd undefer bd-a3f8"], positionals: [.issues()]
    ) { arguments, context in
      let ids = try context.changeEach("undefer", arguments.positionals) {
        transaction, issue throws(BeadsError) in
        try transaction.undefer(issue.id)
      }
      try context.printChanged(ids) { issue throws(BeadsError) in
        "* Undeferred \(try context.named(issue)) (now \(issue.status))"
      }
    }
  }

  private static var promote: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "promote", summary: "Turn a wisp into an ordinary issue", section: CommandTree.Section.issues,
      discussion: "The wisps below it are kept too, so that the steps of a molecule stay with it.",
      examples: ["bd promote bd-wisp-a3f8 --reason \"Worth keeping\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why; becomes a comment")],
      positionals: [.issue("wisp-id")]
    ) { arguments, context in
      let ids = try context.changeEach("promote", arguments.positionals) {
        transaction, issue throws(BeadsError) in
        try transaction.promote(issue.id, reason: arguments.string("reason") ?? "")
      }
      for id in ids {
        try context.printChanged(id) { issue throws(BeadsError) in "✓ Promoted \(try context.named(issue))" }
      }
    }
  }
}
