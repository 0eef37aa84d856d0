import BeadsKit
import CommandKit

/// `bd mol squash`: condenses the wisps of a molecule into a digest.
enum SquashCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "squash", summary: "Condense the wisps of a molecule into a digest",
      discussion: """
        The digest is one closed task below the root; without --summary it lists the steps. The wisps are deleted, and \
        a root that is a wisp itself is closed and kept. `bd undo` brings them back.
        """,
      examples: [
        "bd mol squash bd-wisp-a3f8 --summary \"Two polecats nudged, one convoy landed\"",
        "bd mol squash bd-wisp-a3f8 --dry-run",
      ],
      flags: [
        .bool("dry-run", help: "Show the digest"),
        .bool("keep-children", help: "Leave the wisps"),
        .string("summary", placeholder: "TEXT", help: "The text of the digest"),
      ],
      positionals: [.issue()], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let id = try context.resolve(arguments.positionals[0])
    let (summary, keepsChildren) = (arguments.string("summary"), arguments.bool("keep-children"))
    let isPreview = arguments.bool("dry-run")
    let report: SquashReport
    if isPreview {
      report = try context.store().previewSquash(id, summary: summary)
    } else {
      let owner = ActorIdentity.owner(environment: context.environment) ?? ""
      report = try context.change("mol squash") { transaction throws(BeadsError) in
        transaction.summary = id.rawValue
        return try transaction.squash(id, summary: summary, keepsChildren: keepsChildren, owner: owner)
      }
    }
    LastTouched.write(report.digestID, context)
    if context.isJSON { return write(report, keepsChildren, isPreview, context) }
    if report.squashed.isEmpty { return context.print("\(id) has no wisps to squash") }
    if isPreview {
      context.print(
        "Would squash \(MoleculeText.count(report.squashed.count, "wisp")) of \(id) into a digest:")
      for line in report.content.split(separator: "\n", omittingEmptySubsequences: false) {
        context.print(line.isEmpty ? "" : "  \(String(line))")
      }
      return
    }
    context.print("\("✓", .green) Squashed \(MoleculeText.count(report.squashed.count, "wisp")) of \(id)")
    if let digest = report.digestID { context.print("  Digest: \(digest, .bold)") }
    if keepsChildren { context.print("  The wisps stay") }
    if report.isWisp { context.print("  \(id) is closed and kept") }
  }

  private static func write(
    _ report: SquashReport, _ keepsChildren: Bool, _ isPreview: Bool, _ context: BdContext
  ) {
    context.object { writer in
      writer.member("molecule_id", report.moleculeID.rawValue)
      if let digest = report.digestID { writer.member("digest_id", digest.rawValue) }
      if !report.squashed.isEmpty { writer.member("squashed_ids", report.squashed.map(\.rawValue)) }
      writer.member("squashed_count", report.squashed.count)
      if report.squashed.isEmpty { return }
      writer.member("deleted_count", report.deleted.count)
      writer.member("kept_children", keepsChildren)
      if report.isWisp { writer.member("wisp_squash", true) }
      if isPreview { writer.member("dry_run", true) }
    }
  }
}
