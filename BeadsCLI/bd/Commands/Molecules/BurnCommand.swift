import BeadsKit
import CommandKit

/// `bd mol burn`: deletes molecules without a digest.
enum BurnCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "burn", summary: "Delete a molecule without a digest",
      discussion: """
        Of a wisp the ephemeral issues go; of any other molecule everything below it. Without --force it only says what \
        would go. With --json nothing is asked. `bd undo` brings it back.
        """,
      examples: ["bd mol burn bd-wisp-a3f8", "bd mol burn bd-wisp-a3f8 --force"],
      flags: [
        .bool("dry-run", help: "Show what would be deleted"),
        .bool("force", short: "f", help: "Delete, instead of saying what would be deleted"),
        .bool("yes", short: "y", hidden: true, help: "The same as --force"),
      ],
      positionals: [.issues()], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let isAsked = arguments.bool("force") || arguments.bool("yes") || context.isJSON
    if arguments.bool("dry-run") || !isAsked { return try preview(arguments, context) }
    var wisps = Set<IssueID>()
    var reports: [IssueID: DeletionReport] = [:]
    let store = try context.store()
    let ids = try context.changeEach("mol burn", arguments.positionals) {
      transaction, issue throws(BeadsError) in
      // One that was named may be a part of another one that was named.
      if reports.values.contains(where: { $0.deleted.contains(issue.id) }) { return }
      if try store.issue(issue.id)?.isEphemeral == true { wisps.insert(issue.id) }
      reports[issue.id] = try transaction.burn(issue.id)
    }
    if context.isJSON { return write(ids, reports, wisps, arguments.positionals.count, context) }
    for id in ids {
      guard let report = reports[id] else { continue }
      context.print("\("✓", .green) Burned \(id): \(MoleculeText.count(report.deleted.count)) deleted")
    }
  }

  private static func preview(_ arguments: Arguments, _ context: BdContext) throws {
    let store = try context.store()
    let ids = try arguments.positionals.map { word throws(BeadsError) in try context.resolve(word) }
    var seen = Set<IssueID>()
    for id in ids {
      seen.formUnion(try store.molecule(burnt: id))
    }
    let issues = try store.issues(seen.sorted())
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.member("would_delete", issues.map(\.id.rawValue))
        writer.member("delete_count", issues.count)
      }
    }
    context.print("Would delete \(MoleculeText.count(issues.count)):")
    for issue in issues { context.print("  \(IssueText.line(issue, store.rules.vocabulary))") }
    context.print("Nothing is changed; run it with --force to delete")
  }

  private static func write(
    _ ids: [IssueID], _ reports: [IssueID: DeletionReport], _ wisps: Set<IssueID>, _ asked: Int,
    _ context: BdContext
  ) {
    if asked == 1, let id = ids.first, let report = reports[id] {
      return context.object { writer in
        if wisps.contains(id) { one(id, report, &writer) } else { DeleteCommand.writeBatch(report, &writer) }
      }
    }
    context.object { writer in
      writer.key("results")
      writer.array(ids) { writer, id in
        writer.object { writer in one(id, reports[id] ?? DeletionReport(), &writer) }
      }
      writer.member("total_deleted", reports.values.reduce(0) { $0 + $1.deleted.count })
      writer.member("failed_count", asked - ids.count)
    }
  }

  private static func one(_ id: IssueID, _ report: DeletionReport, _ writer: inout JSONWriter) {
    writer.member("molecule_id", id.rawValue)
    writer.member("deleted_ids", report.deleted.map(\.rawValue))
    writer.member("deleted_count", report.deleted.count)
  }
}
