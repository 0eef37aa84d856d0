import BeadsKit
import CommandKit

/// `bd import` and `bd export`: JSONL in and out.
enum TransferCommands {
  static var importCommand: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "import", summary: "Import issues from a JSONL file", section: CommandTree.Section.data,
      discussion: """
        Without a file it takes over what changed in this project's own issues.jsonl, as every command does first. \
        From another file new issues are added, of known ones the newer state wins, deleted ones stay deleted. \
        A line that cannot be read stops the import before anything is changed; one of the project's own file is \
        kept in .beads/quarantine instead, and --strict makes that a failure.
        """,
      examples: ["bd import other.jsonl", "bd import other.jsonl --dry-run", "cat more.jsonl | bd import -"],
      flags: [
        .string("input", short: "i", placeholder: "FILE", help: "The file; - for standard input"),
        .bool("dry-run", help: "Say what would happen and change nothing"),
        .bool("dedup", help: "Leave out new issues whose title an open issue has"),
        .bool("skip-existing", short: "s", help: "Only take new issues"),
        .bool("rename-on-import", help: "Give issues of another prefix this project's"),
        .bool("clear-duplicate-external-refs", help: "Keep the first of equal external references"),
        .choice(
          "orphan-handling", values: ImportOptions.OrphanHandling.allCases.map(\.rawValue), default: nil,
          help: "What to do with children whose parent is missing (default allow)"),
        .bool("strict", help: "Fail on missing parents, or on bad lines of the own file"),
        .bool("dedupe-after", help: "Then merge equal issues, as `bd duplicates --auto-merge` does"),
        .bool("force", hidden: true, help: "Ignored"),
        .bool("protect-left-snapshot", hidden: true, help: "Ignored: imports merge"),
        .bool("no-git-history", hidden: true, help: "Ignored"),
      ],
      positionals: [.optional("file")]
    ) { arguments, context in
      guard let file = arguments.string("input") ?? arguments.positionals.first else {
        return try importOwnFile(arguments, context)
      }
      let store = try context.store()
      let path = Path.absolute(file, in: context.environment.currentDirectory)
      if file != "-", path == store.location.jsonlPath { return try importOwnFile(arguments, context) }
      let content = try file == "-" ? InputText.standardInput() : FileSystem.read(path)
      let report = try store.importIssues(
        from: content, name: file == "-" ? "standard input" : file, options: options(arguments, store))
      if !arguments.bool("dry-run") {
        context.flush()
        if arguments.bool("dedupe-after") { try DuplicatesCommand.mergeAll(context) }
      }
      for warning in report.warnings { context.warn("\(warning)") }
      printReport(report, source: file, isDryRun: arguments.bool("dry-run"), context)
    }
  }

  private static func options(_ arguments: Arguments, _ store: Store) throws -> ImportOptions {
    var options = ImportOptions()
    options.isDryRun = arguments.bool("dry-run")
    options.skipsKnownTitles = arguments.bool("dedup")
    options.skipsExisting = arguments.bool("skip-existing")
    options.renamesForeign = arguments.bool("rename-on-import")
    options.clearsDuplicateReferences = arguments.bool("clear-duplicate-external-refs")
    let word = try arguments.string("orphan-handling") ?? store.config("import.orphan_handling") ?? "allow"
    guard let handling = ImportOptions.OrphanHandling(rawValue: word) else {
      throw BeadsError(
        .invalid, "unknown orphan handling \(quoted(word))",
        hint: "valid: \(ImportOptions.OrphanHandling.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    options.orphans = arguments.bool("strict") ? .strict : handling
    return options
  }

  /// Opening the store has imported already; a file that could not be read is an error here.
  private static func importOwnFile(_ arguments: Arguments, _ context: BdContext) throws {
    let store = try context.store()
    let before = context.imported
    let late = try store.importChanges()
    for warning in late?.warnings ?? [] { context.warn("\(warning)") }
    // An earlier command may have imported the good lines; what is in the file now counts.
    let state = try arguments.bool("strict") ? Store.examineFile(store.location.jsonlPath) : nil
    context.flush(force: true)
    printReport(
      late ?? before ?? ImportReport(), source: store.location.jsonlPath, isDryRun: false, context)
    guard let state, !state.isSound else { return }
    let count = state.badLines.count
    let error = BeadsError(
      .corrupt,
      "\(store.location.jsonlPath) had \(count) line\(count == 1 ? "" : "s") that cannot be read",
      hint: "what is known of them was written again; the lines are in .beads/quarantine")
    throw ExitStatus(context.output.report(error))
  }

  private static func printReport(
    _ report: ImportReport, source: String, isDryRun: Bool, _ context: BdContext
  ) {
    let skipped = report.skipped.count
    let words = [
      "\(report.created.count) created", "\(report.updated.count) updated",
      "\(report.unchanged + report.staleSkipped.count) unchanged",
      skipped > 0 ? "\(skipped) skipped" : nil,
      report.deleted.isEmpty ? nil : "\(report.deleted.count) deleted",
      report.duplicatesSkipped.isEmpty ? nil : "\(report.duplicatesSkipped.count) with a known title skipped",
      report.memories > 0 ? "\(report.memories) memories" : nil,
    ].compactMap { $0 }.joined(separator: ", ")
    if !context.isQuiet { context.output.note("\(isDryRun ? "Would import" : "Import complete"): \(words)") }
    guard context.isJSON else { return }
    context.object { writer in
      writer.member("source", source)
      writer.member("created", report.created.count)
      writer.member("updated", report.updated.count)
      writer.member("unchanged", report.unchanged)
      writer.member("skipped", skipped + report.staleSkipped.count)
      writer.member("deleted", report.deleted.count)
      writer.member("dedup_skipped", report.duplicatesSkipped.count)
      writer.member("memories", report.memories)
      writer.member("ids", (report.created + report.updated).map(\.rawValue))
      writer.member("stale_skipped_ids", report.staleSkipped.map(\.rawValue))
      writer.member("skipped_dependencies", 0)
      writer.key("bad_lines")
      writer.array(report.badLines) { $0.badLine($1) }
      writer.member("dry_run", isDryRun)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func badLine(_ line: BadLine) {
    object { writer in
      writer.member("line", line.number)
      if let id = line.issueID { writer.member("id", id.rawValue) }
      writer.member("reason", line.reason)
      if let path = line.keptAs { writer.member("kept_as", path) }
      writer.member("issue", line.fate.rawValue)
    }
  }
}
