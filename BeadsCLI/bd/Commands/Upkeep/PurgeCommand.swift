import BeadsKit
import CommandKit

/// `bd purge` and `bd prune`: delete closed wisps, and closed issues that are old.
enum PurgeCommand {
  static var purge: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "purge", summary: "Delete closed wisps", section: CommandTree.Section.maintenance,
      discussion: "Read messages are wisps too. \(rules)",
      examples: ["bd purge --dry-run", "bd purge --older-than 7d --force"], flags: flags
    ) { arguments, context in try run(.wisps, "purge", arguments, context) }
  }

  static var prune: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "prune", summary: "Delete old closed issues", section: CommandTree.Section.maintenance,
      discussion: "Needs --older-than or --pattern. Wisps are left to `bd purge`. \(rules)",
      examples: ["bd prune --older-than 180d --dry-run", "bd prune --pattern 'bd-x*' --force"], flags: flags
    ) { arguments, context in
      guard arguments.isSet("older-than") || arguments.isSet("pattern") else {
        throw BeadsError(
          .invalid, "prune needs --older-than or --pattern", hint: "bd prune --older-than 180d")
      }
      try run(.lasting, "prune", arguments, context)
    }
  }

  private static let rules = """
    Without --force it only says what would go, and exits with status 1. Pinned issues stay, and so do those that \
    something unfinished waits for or is made of. `bd undo` brings all of it back.
    """

  private static var flags: [Flag] {
    [
      .bool("force", short: "f", help: "Delete, instead of saying what would be deleted"),
      .bool("dry-run", help: "Say what would be deleted, even with --force"),
      .string("older-than", placeholder: "TIME", help: "Only what was closed so long ago: 7d, 36h"),
      .string("pattern", placeholder: "GLOB", help: "Only IDs like this, with *, ? and [...]"),
    ]
  }

  private static func run(
    _ scope: Cleanup.Scope, _ verb: StaticString, _ arguments: Arguments, _ context: BdContext
  ) throws {
    let age = try arguments.string("older-than").map { text throws(BeadsError) in try Self.age(text) } ?? 0
    let plan = try context.store().cleanupPlan(
      Cleanup(scope, age: age, pattern: arguments.string("pattern")))
    let isPreview = arguments.bool("dry-run") || !arguments.bool("force")
    if plan.deleted.isEmpty { return nothing(plan, verb, context) }
    if isPreview {
      try preview(plan, verb, context)
      if !arguments.bool("dry-run") { try CleanupCommand.refuse(plan.deleted.count, context) }
      return
    }
    let report = try context.change("\(verb)") { transaction throws(BeadsError) in
      transaction.summary = counted(plan.deleted.count, "issue")
      return try transaction.cleanUp(plan, reason: "\(verb)")
    }
    if context.isJSON {
      return context.object { writer in
        numbers(report, "\(verb)d_count", &writer)
        CleanupCommand.kept(plan, &writer)
      }
    }
    let noun = scope == .wisps ? "closed wisp" : "closed issue"
    context.print("\("✓", .green) Deleted \(counted(report.deleted.count, noun))")
    CleanupCommand.kept(plan, context)
  }

  private static func nothing(_ plan: CleanupPlan, _ verb: StaticString, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.key("\(verb)d_count")
        writer.int(0)
        writer.member("message", "nothing to \(verb)")
        CleanupCommand.kept(plan, &writer)
      }
    }
    context.print("Nothing to \("\(verb)")")
    CleanupCommand.kept(plan, context)
  }

  private static func preview(_ plan: CleanupPlan, _ verb: StaticString, _ context: BdContext) throws {
    guard context.isJSON else { return try CleanupCommand.list(plan, context) }
    let report = try context.store().previewDeletion(plan.deleted)
    context.object { writer in
      writer.member("dry_run", true)
      numbers(report, "\(verb)_count", &writer)
      CleanupCommand.kept(plan, &writer)
    }
  }

  private static func numbers(_ report: DeletionReport, _ name: String, _ writer: inout JSONWriter) {
    writer.key(name)
    writer.int(Int64(report.deleted.count))
    writer.member("dependencies", report.dependenciesRemoved)
    // Tombstones keep labels, and the audit trail is never shortened.
    writer.member("labels", 0)
    writer.member("events", 0)
  }

  /// `7d`, or a time such as `36h`; a number alone means days.
  static func age(_ text: String) throws(BeadsError) -> Int64 {
    let days = text.hasSuffix("d") ? String(text.dropLast()) : text
    if let days = Int64(days), (0...1_000_000).contains(days) { return days * 86_400_000_000_000 }
    let age = try GoDuration.nanoseconds(text)
    if age < 0 { throw BeadsError(.invalid, "--older-than: \(quoted(text)) is negative") }
    return age
  }
}
