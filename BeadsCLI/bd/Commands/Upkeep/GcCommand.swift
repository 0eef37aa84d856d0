import BeadsKit
import CommandKit

/// `bd gc`: makes a project smaller in three steps.
enum GcCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "gc", summary: "Delete old closed issues, forget expired deletions, shrink the database",
      section: CommandTree.Section.maintenance,
      discussion: """
        Without --force it only says what would happen, and exits with status 1 when issues would be deleted. The same \
        issues stay as with `bd prune`, and `bd undo` takes each step back. To keep issues and only shorten their texts, \
        see `bd compact`.
        """,
      examples: ["bd gc --dry-run", "bd gc --older-than 180 --force", "bd gc --skip-decay"],
      flags: [
        .bool("dry-run", help: "Say what would happen, even with --force"),
        .bool("force", short: "f", help: "Delete, instead of saying what would be deleted"),
        .int(
          "older-than", placeholder: "DAYS", in: 0...1_000_000, default: 90,
          help: "Delete what was closed so long ago"),
        .bool("skip-decay", help: "Delete no issues"),
        .bool("skip-dolt", aliases: ["skip-shrink"], help: "Leave the database file as it is"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let (store, skipsDecay) = (try context.store(), arguments.bool("skip-decay"))
    let age = Int64(try arguments.int("older-than") ?? 90) * 86_400_000_000_000
    let plan = try skipsDecay ? CleanupPlan() : store.cleanupPlan(Cleanup(.everything, age: age))
    let expired = try store.expiredTombstones()
    let isPreview =
      arguments.bool("dry-run") || (!arguments.bool("force") && !plan.deleted.isEmpty)
    var sizes: (before: Int64, after: Int64)?
    if !isPreview {
      if !plan.deleted.isEmpty {
        try context.change("gc") { transaction throws(BeadsError) in
          transaction.summary = counted(plan.deleted.count, "issue")
          try transaction.cleanUp(plan, reason: "gc")
        }
      }
      _ = try TombstoneCommand.prune(.standard, context)
      if !arguments.bool("skip-dolt") { sizes = try store.shrink() }
    }
    if context.isJSON {
      write(plan, expired.count, sizes, isPreview: isPreview, skipsDecay: skipsDecay, context)
    } else {
      try show(plan, expired.count, sizes, isPreview: isPreview, context)
    }
    if isPreview, !arguments.bool("dry-run") { try CleanupCommand.refuse(plan.deleted.count, context) }
  }

  private static func write(
    _ plan: CleanupPlan, _ expired: Int, _ sizes: (before: Int64, after: Int64)?, isPreview: Bool,
    skipsDecay: Bool, _ context: BdContext
  ) {
    context.object { writer in
      if isPreview { writer.member("dry_run", true) }
      writer.key("decay")
      writer.object { writer in
        if skipsDecay { writer.member("skipped", true) }
        writer.member("deleted_count", plan.deleted.count)
        CleanupCommand.kept(plan, &writer)
      }
      writer.key("tombstones")
      writer.object { $0.member("pruned_count", expired) }
      writer.key("database")
      writer.object { writer in
        if let sizes {
          writer.member("size_before", Int(sizes.before))
          writer.member("size_after", Int(sizes.after))
        } else {
          writer.member("skipped", true)
        }
      }
    }
  }

  private static func show(
    _ plan: CleanupPlan, _ expired: Int, _ sizes: (before: Int64, after: Int64)?, isPreview: Bool,
    _ context: BdContext
  ) throws {
    if isPreview {
      try CleanupCommand.list(plan, context)
      if expired > 0 { context.print("Would forget \(counted(expired, "deletion"))") }
      return
    }
    context.print("\("✓", .green) Deleted \(counted(plan.deleted.count, "closed issue"))")
    CleanupCommand.kept(plan, context)
    context.print("\("✓", .green) Forgot \(counted(expired, "expired deletion"))")
    if let sizes {
      let saved = max(0, sizes.before - sizes.after) / 1024
      context.print("\("✓", .green) Shrank the database by \(saved) KiB")
    }
  }
}
