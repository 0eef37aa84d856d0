import BeadsKit
import CommandKit
import GasTownKit

/// `gt audit`.
enum AuditCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "audit", summary: "Show who did what, from git, the trackers and the events",
      section: CommandTree.Section.diagnostics, discussion: "The latest comes first.",
      examples: ["gt audit", "gt audit --actor nux --since 1d --json"],
      flags: [
        .string("actor", placeholder: "TEXT", help: "Only by actors with this in their name"),
        .string("since", placeholder: "TIME", help: "What happened since then: 1d, 2026-03-02"),
        .int("limit", short: "n", in: 0...10_000, default: 50, help: "So many entries at the most"),
      ]
    ) { arguments, context in
      var trail = AuditTrail(try context.ledgers())
      trail.actor = arguments.string("actor")
      trail.since = try context.since(arguments.string("since"))
      trail.limit = try arguments.int("limit") ?? 50
      let found = try trail.entries()
      for problem in found.problems { context.warn("\(problem)") }
      if context.isJSON { return context.json { $0.array(found.entries) { $0.audit($1) } } }
      if found.entries.isEmpty { return context.print("Nothing was done") }
      for entry in found.entries {
        context.print("\(entry.time.shown, .dim)  \(entry.actor, .bold) \(entry.summary)")
      }
    }
  }
}

extension JSONWriter {
  /// One thing that was done.
  mutating func audit(_ entry: AuditEntry) {
    object { writer in
      writer.member("timestamp", entry.time.description)
      writer.member("source", entry.source)
      writer.member("type", entry.type)
      writer.member("actor", entry.actor)
      writer.member("summary", entry.summary)
      writer.member(optional: "id", entry.id)
    }
  }
}
