import BeadsKit
import CommandKit

/// `bd admin cleanup`: deletes closed issues.
enum CleanupCommand {
  static func command(section: String = "", hidden: Bool = false) -> CommandTree.BdCommand {
    CommandTree.BdCommand(
      "cleanup", summary: "Delete closed issues", section: section, hidden: hidden,
      discussion: """
        Without --force it only says what would go, and exits with status 1. Pinned issues stay, and so do those that \
        something unfinished waits for or is made of. What is deleted leaves a tombstone, so that other clones delete it \
        too; `bd undo` brings all of it back. To keep issues and only shorten their texts, see `bd compact`.
        """,
      examples: [
        "bd admin cleanup --older-than 90 --dry-run", "bd admin cleanup --older-than 90 --force",
        "bd admin cleanup --ephemeral --force",
      ],
      flags: [
        .bool("force", short: "f", help: "Delete, instead of saying what would be deleted"),
        .bool("dry-run", help: "Say what would be deleted, even with --force"),
        .bool("cascade", help: "Delete what depends on them too, finished or not"),
        .int("older-than", placeholder: "DAYS", in: 0...1_000_000, help: "Only what was closed so long ago"),
        .bool("ephemeral", help: "Only wisps"),
        .bool("hard", help: "Erase titles and texts too, and forget deletions older than --older-than"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let days = try arguments.int("older-than")
    var cleanup = Cleanup(
      arguments.bool("ephemeral") ? .wisps : .everything, age: Int64(days ?? 0) * 86_400_000_000_000)
    cleanup.cascades = arguments.bool("cascade")
    let plan = try context.store().cleanupPlan(cleanup)
    if arguments.bool("dry-run") || !arguments.bool("force") {
      return try preview(plan, isRefusal: !arguments.bool("dry-run"), context)
    }
    let isHard = arguments.bool("hard")
    let report = try context.change("cleanup") { transaction throws(BeadsError) in
      transaction.summary = counted(plan.deleted.count, "issue")
      return try transaction.cleanUp(plan, reason: "cleanup", erase: isHard)
    }
    let forgotten =
      try isHard && days != nil
      ? TombstoneCommand.prune(TombstoneLifetime(days: days ?? 30), context) : 0
    if context.isJSON {
      return context.object { writer in
        DeleteCommand.writeBatch(report, &writer)
        kept(plan, &writer)
        if forgotten > 0 { writer.member("tombstones_pruned", forgotten) }
      }
    }
    if report.deleted.isEmpty {
      context.print("Nothing to clean up")
    } else {
      context.print("\("✓", .green) Deleted \(counted(report.deleted.count, "closed issue"))")
    }
    if forgotten > 0 { context.print("  \(counted(forgotten, "deletion")) forgotten") }
    kept(plan, context)
  }

  private static func preview(_ plan: CleanupPlan, isRefusal: Bool, _ context: BdContext) throws {
    let report =
      try plan.deleted.isEmpty
      ? DeletionReport() : context.store().previewDeletion(plan.deleted)
    if context.isJSON {
      context.object { writer in
        writer.member("dry_run", true)
        writer.member("would_delete", report.deleted.map(\.rawValue))
        writer.member("deleted_count", report.deleted.count)
        writer.member("dependencies_removed", report.dependenciesRemoved)
        writer.member("references_updated", report.rewritten.count)
        writer.member("orphaned_issues", report.orphaned.map(\.rawValue))
        kept(plan, &writer)
      }
    } else {
      try list(plan, context)
    }
    if isRefusal, !plan.deleted.isEmpty { try refuse(plan.deleted.count, context) }
  }

  /// What would go, for people.
  static func list(_ plan: CleanupPlan, _ context: BdContext) throws {
    if plan.deleted.isEmpty {
      context.print("Nothing to clean up")
    } else {
      context.print("Would delete \(counted(plan.deleted.count, "closed issue")):")
      let vocabulary = try context.store().rules.vocabulary
      for issue in try context.store().issues(plan.deleted) {
        context.print("  \(IssueText.line(issue, vocabulary))")
      }
    }
    kept(plan, context)
  }

  /// Ends a command that would have deleted something and was not told to.
  static func refuse(_ count: Int, _ context: BdContext) throws -> Never {
    context.output.note("Nothing is changed; --force deletes \(counted(count, "issue"))")
    throw ExitStatus(1)
  }

  static func kept(_ plan: CleanupPlan, _ context: BdContext) {
    if !plan.pinned.isEmpty {
      context.print("  \(counted(plan.pinned.count, "pinned issue stays", "pinned issues stay"))")
    }
    if !plan.needed.isEmpty {
      context.print("  \(counted(plan.needed.count, "issue stays", "issues stay")) for something unfinished")
    }
  }

  static func kept(_ plan: CleanupPlan, _ writer: inout JSONWriter) {
    if !plan.pinned.isEmpty { writer.member("pinned_skipped", plan.pinned.count) }
    if !plan.needed.isEmpty { writer.member("needed_skipped", plan.needed.count) }
  }
}
