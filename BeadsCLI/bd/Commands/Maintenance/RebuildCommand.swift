import BeadsKit
import CommandKit

/// `bd rebuild`: makes the database anew.
enum RebuildCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "rebuild", summary: "Make the database anew from issues.jsonl and the old one",
      section: CommandTree.Section.maintenance,
      discussion: """
        Takes everything that can be read of the old database, changes that issues.jsonl does not have yet, wisps, \
        settings, events and the operation log included, and merges issues.jsonl into it. The old database is kept \
        beside the new one. A missing or damaged database is made anew by any command; this does it to a sound one.
        """,
      examples: ["bd rebuild", "bd rebuild --dry-run --json"],
      flags: [.bool("dry-run", help: "Say what the new database would hold and change nothing")]
    ) { arguments, context in
      if arguments.bool("readonly") {
        throw BeadsError(.readOnly, "operation 'rebuild' is not allowed in read-only mode")
      }
      let workspace = try context.workspace()
      let isDryRun = arguments.bool("dry-run")
      let report = try context.recovery(workspace).run(always: true, deep: true, isDryRun: isDryRun)
      guard let report else { return }
      for warning in report.imported?.warnings ?? [] { context.warn("\(warning)") }
      if !isDryRun {
        _ = try context.store()
        context.flush(force: true)
      }
      show(report, workspace, isDryRun: isDryRun, context)
    }
  }

  private static func show(
    _ report: RecoveryReport, _ workspace: Workspace, isDryRun: Bool, _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        writer.member("found", report.found.reason ?? "is sound")
        writer.member("issues", report.issueCount)
        writer.member("only_in_database", report.onlyInDatabase.map(\.rawValue))
        writer.member("unwritten", report.unwritten.map(\.rawValue))
        writer.member("operations", report.operationCount)
        writer.member("events", report.eventCount)
        writer.member("losses", report.losses)
        if let kept = report.keptAs { writer.member("kept_as", kept) }
        writer.member("dry_run", isDryRun)
      }
    }
    if context.isQuiet { return }
    context.print(
      "\(isDryRun ? "Would make" : "✓ Made") the database anew: \(report.issueCount) issues, \(report.operationCount) operations, \(report.eventCount) events"
    )
    if !report.onlyInDatabase.isEmpty {
      context.print("  \(report.onlyInDatabase.count) issues that only the old database had")
    }
    if !report.unwritten.isEmpty {
      context.print("  \(report.unwritten.count) issues with changes that the file did not have yet")
    }
    for loss in report.losses { context.print("  \(loss)") }
    if let kept = report.keptAs { context.print("  The old one is kept as \(kept)") }
  }
}
