import BeadsKit
import CommandKit

/// `bd delete`: removes issues, leaving tombstones.
enum DeleteCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "delete", summary: "Delete issues", section: CommandTree.Section.issues,
      discussion: """
        Without --force it only says what would happen. A deleted issue leaves a tombstone, so that other clones \
        delete it too; its edges go, and texts of the issues it was connected with name it as [deleted:ID]. \
        `bd undo` brings it back. Either all issues named are deleted or none.
        """,
      examples: [
        "bd delete bd-a3f8", "bd delete bd-a3f8 --force", "bd delete --from-file ids.txt --cascade --force",
      ],
      flags: [
        .bool("force", short: "f", help: "Delete, instead of saying what would be deleted"),
        .bool("dry-run", help: "Say what would be deleted, even with --force"),
        .bool("cascade", help: "Delete what waits for them and their children too"),
        .string(
          "from-file", placeholder: "FILE", help: "Read IDs from a file, one a line; # starts a remark"),
        .string("reason", placeholder: "TEXT", help: "Why; kept in the tombstones"),
        .bool("hard", help: "Erase title and texts too, which tombstones keep otherwise"),
      ],
      positionals: [.anyIssues()], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let words = arguments.positionals + (try fileWords(arguments, context))
    if words.isEmpty { throw BeadsError(.invalid, "no issue was named", hint: "give IDs, or --from-file") }
    let ids = try words.map { word throws(BeadsError) in try context.resolve(word) }
    let cascade = arguments.bool("cascade")
    if !arguments.bool("force") || arguments.bool("dry-run") {
      return try preview(context.store().previewDeletion(ids, cascade: cascade), context)
    }
    let report = try context.change("delete") { transaction throws(BeadsError) in
      transaction.summary = ids.map(\.rawValue).joined(separator: " ")
      return try transaction.delete(
        ids, reason: arguments.string("reason") ?? "", cascade: cascade, force: true,
        erase: arguments.bool("hard"))
    }
    if context.isJSON { return context.object { write(report, ids, cascade, &$0) } }
    for id in report.deleted { context.print("✓ Deleted \(id)") }
    if report.dependenciesRemoved > 0 {
      context.print("  \(count(report.dependenciesRemoved, "edge")) removed")
    }
    if !report.rewritten.isEmpty { context.print("  Mentions rewritten in \(list(report.rewritten))") }
    if !report.orphaned.isEmpty { context.print("  No longer waiting for them: \(list(report.orphaned))") }
  }

  private static func fileWords(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) -> [String] {
    guard let path = arguments.string("from-file") else { return [] }
    return try context.text(fromFile: path).split(whereSeparator: \.isNewline).compactMap { line in
      let word = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
      return word.isEmpty ? nil : word
    }
  }

  private static func preview(_ report: DeletionReport, _ context: BdContext) throws {
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.member("would_delete", report.deleted.map(\.rawValue))
        writer.member("dependencies_removed", report.dependenciesRemoved)
        writer.member("references_updated", report.rewritten.count)
        writer.member("orphaned_issues", report.orphaned.map(\.rawValue))
      }
    }
    let vocabulary = try context.store().rules.vocabulary
    context.print("Would delete \(count(report.deleted.count, "issue")):")
    for issue in try context.store().issues(report.deleted) {
      context.print("  \(IssueText.line(issue, vocabulary))")
    }
    if report.dependenciesRemoved > 0 {
      context.print("Would remove \(count(report.dependenciesRemoved, "edge"))")
    }
    if !report.rewritten.isEmpty { context.print("Would rewrite mentions in \(list(report.rewritten))") }
    if !report.orphaned.isEmpty {
      context.print("Would leave behind \(list(report.orphaned)); --cascade deletes them too")
    }
    context.print("Nothing is changed; run it with --force to delete")
  }

  private static func write(
    _ report: DeletionReport, _ ids: [IssueID], _ cascade: Bool, _ writer: inout JSONWriter
  ) {
    if ids.count == 1, !cascade {
      writer.member("deleted", ids[0].rawValue)
      writer.member("dependencies_removed", report.dependenciesRemoved)
      writer.member("references_updated", report.rewritten.count)
      return
    }
    writeBatch(report, &writer)
  }

  /// Writes the members that tell of the deletion of several issues.
  static func writeBatch(_ report: DeletionReport, _ writer: inout JSONWriter) {
    writer.member("deleted", report.deleted.map(\.rawValue))
    writer.member("deleted_count", report.deleted.count)
    writer.member("dependencies_removed", report.dependenciesRemoved)
    // Tombstones keep labels, and the audit trail is never shortened.
    writer.member("labels_removed", 0)
    writer.member("events_removed", 0)
    writer.member("references_updated", report.rewritten.count)
    writer.member("orphaned_issues", report.orphaned.map(\.rawValue))
  }

  private static func count(_ number: Int, _ noun: String) -> TerminalText {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func list(_ ids: [IssueID]) -> TerminalText {
    "\(ids.map(\.rawValue).joined(separator: ", "))"
  }
}
