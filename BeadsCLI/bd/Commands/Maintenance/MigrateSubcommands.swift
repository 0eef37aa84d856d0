import BeadsKit
import CommandKit

/// The smaller parts of `bd migrate`.
enum MigrateSubcommands {
  private static let dryRun = Flag.bool("dry-run", help: "Say what would be done")

  /// `bd migrate schema`.
  static var schema: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "schema", summary: "Bring the database of an older version up to date", flags: [dryRun]
    ) { arguments, context in
      let isTrial = arguments.bool("dry-run")
      if !isTrial, arguments.bool("readonly") {
        throw BeadsError(.readOnly, "operation 'migrate' is not allowed in read-only mode")
      }
      let report = try Store.migrate(
        at: StoreLocation(context.workspace()), environment: context.environment, isDryRun: isTrial)
      let status = report.applied.isEmpty ? "current" : isTrial ? "pending" : "migrated"
      if context.isJSON {
        return context.object { writer in
          writer.member("status", status)
          writer.member("applied", report.applied.map(\.name))
          writer.member("latest_version", report.to)
        }
      }
      context.print("✓ Schema \(report.to): \(status)")
    }
  }

  // MARK: sync

  /// `bd migrate sync`.
  static var sync: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "sync", summary: "Let issues travel on a branch of their own",
      discussion:
        "Sets sync-branch; `bd sync --full` commits to that branch then, which is never checked out.",
      examples: ["bd migrate sync beads-sync --dry-run", "bd migrate sync beads-sync"],
      flags: [
        dryRun, .bool("force", hidden: true, help: "Ignored"),
        .bool("orphan", hidden: true, help: "Ignored"),
      ],
      positionals: [.required("branch")]
    ) { arguments, context in
      let branch = try BranchName(arguments.positionals[0]).rawValue
      if ["main", "master"].contains(branch) {
        throw BeadsError(
          .invalid, "\(branch) is for the project, not for its issues", hint: "for example: beads-sync")
      }
      let configuration = try context.configuration()
      let previous = try configuration.string("sync-branch") ?? ""
      let isTrial = arguments.bool("dry-run")
      let status = previous == branch ? "unchanged" : isTrial ? "dry_run" : "migrated"
      if status == "migrated" {
        if arguments.bool("readonly") {
          throw BeadsError(.readOnly, "operation 'migrate sync' is not allowed in read-only mode")
        }
        try configuration.set("sync-branch", to: branch)
      }
      let message =
        switch status {
        case "unchanged": "Issues travel on \(branch) already"
        case "dry_run": "Issues would travel on \(branch)"
        default: "Issues travel on \(branch) now"
        }
      if context.isJSON {
        return context.object { writer in
          writer.member("status", status)
          writer.member("previous", previous)
          writer.member("branch", branch)
          writer.member("message", message)
        }
      }
      context.print("✓ \(message)")
    }
  }

  // MARK: tombstones

  /// `bd migrate tombstones`.
  static var tombstones: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "tombstones", summary: "Take over the deletions that an old bd kept in deletions.jsonl",
      discussion: "The file is kept as deletions.jsonl.migrated.", flags: [dryRun], run: takeDeletions)
  }

  @Sendable private static func takeDeletions(_ arguments: Arguments, _ context: BdContext) throws {
    let path = try context.workspace().path("deletions.jsonl")
    guard FileSystem.exists(path) else { return report("none", [], 0, context) }
    let manifest = DeletionsManifest(parsing: try FileSystem.readText(path))
    for line in manifest.badLines { context.warn("\(path), line \(line) is no deletion and was skipped") }
    if arguments.bool("dry-run") {
      let ids = try context.rehearse("migrate tombstones") { transaction throws(BeadsError) in
        try transaction.record(manifest)
      }
      return report("dry_run", ids ?? [], manifest.badLines.count, context)
    }
    let ids = try context.change("migrate tombstones") { transaction throws(BeadsError) in
      try transaction.record(manifest)
    }
    try FileSystem.rename(path, to: path + ".migrated")
    report("migrated", ids, manifest.badLines.count, context)
  }

  private static func report(_ status: String, _ ids: [IssueID], _ badCount: Int, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("status", status)
        writer.member("migrated", ids.map(\.rawValue))
        writer.member("skipped_lines", badCount)
      }
    }
    switch status {
    case "none": context.print("✓ There is no deletions.jsonl")
    case "dry_run": context.print("Would record \(counted(ids.count, "deletion"))")
    default: context.print("✓ Recorded \(counted(ids.count, "deletion"))")
    }
  }
}
