import BeadsKit
import CommandKit

/// `bd compact`: shortens the texts of issues that were closed long ago.
enum CompactCommand {
  static func command(section: String = "") -> CommandTree.BdCommand {
    CommandTree.BdCommand(
      "compact", summary: "Shorten the texts of issues closed long ago", section: section,
      discussion: """
        A summary takes the place of description, design, notes and acceptance criteria. The whole issue is kept in the \
        database of this clone: `bd restore ID` shows it, and `bd undo` takes the compaction back. Compacted issues are \
        found, listed and linked as before.

        Write summaries yourself (--analyze, then --apply), or let --auto make them: with the program of the setting \
        compact.summarizer, which gets an issue as JSON and prints a summary, or without one by taking out first \
        sentences, decisions and the reason of closing.
        """,
      examples: [
        "bd compact --stats", "bd compact --analyze --json",
        "bd compact --apply --id bd-a3f8 --summary short.md",
        "bd compact --auto --dry-run", "bd compact --auto --all",
        "bd config set compact.summarizer '[\"llm\", \"-s\", \"Summarise this issue\"]'",
      ],
      flags: modes + [
        .string("id", placeholder: "ID", help: "This issue alone"),
        .int("tier", in: 1...2, default: 1, help: "1: a summary, 2: a line or two of those compacted before"),
        .bool("all", help: "With --auto: all that are due"),
        .bool("dry-run", help: "Change nothing"),
        .bool("force", short: "f", help: "Also an issue that is not due, or a longer summary"),
        .string("summary", placeholder: "FILE", help: "Read the summary from a file, - for standard input"),
        .int("limit", in: 0...Int.max, help: "So many issues at the most"),
        .int(
          "older-than", placeholder: "DAYS", in: -1...Int.max,
          help: "With --prune: days that tombstones are kept instead of 30, 0 for none"),
      ] + ignored, run: run)
  }

  private static let modes: [Flag] = [
    .bool("stats", help: "How much could be saved"),
    .bool("analyze", help: "List what is due, with texts"),
    .bool("apply", help: "Put a summary in the place of an issue's texts"),
    .bool("auto", help: "Make the summaries too"),
    .bool("prune", help: "Only forget deletions that every clone must know by now"),
    .bool("purge-tombstones", help: "Only forget deletions, of any age, that no issue depends on"),
  ]

  private static let ignored: [Flag] = [
    .bool("dolt", hidden: true, help: "Ignored"),
    .int("days", hidden: true, help: "Ignored"),
    .int("batch-size", hidden: true, help: "Ignored"),
    .int("workers", hidden: true, help: "Ignored"),
  ]

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let chosen = modes.filter { arguments.bool($0.name) }
    let names = modes.map { "--" + $0.name }.joined(separator: ", ")
    guard chosen.count == 1, let mode = chosen.first else {
      throw BeadsError(
        .invalid, chosen.isEmpty ? "compact needs one of \(names)" : "compact takes only one of \(names)")
    }
    let request = try Request(arguments, context)
    switch mode.name {
    case "stats": try CompactReport.printStatistics(context)
    case "analyze": try CompactReport.printCandidates(request, context)
    case "apply": try apply(request, context)
    case "auto":
      var batch = try CompactBatch(request, context)
      try batch.run()
    default:
      try TombstoneCommand.run(
        mode.name == "prune" ? request.lifetime : TombstoneLifetime(days: 0), isPreview: request.isPreview,
        context)
    }
  }

  /// What was asked.
  struct Request {
    let id: IssueID?
    let tier: CompactionTier
    let isPreview: Bool
    let force: Bool
    let all: Bool
    let limit: Int?
    let summaryPath: String?
    let lifetime: TombstoneLifetime

    init(_ arguments: Arguments, _ context: BdContext) throws {
      id = try arguments.string("id").map { word throws(BeadsError) in try context.resolve(word) }
      tier = try arguments.int("tier") == 2 ? .second : .first
      isPreview = arguments.bool("dry-run")
      force = arguments.bool("force")
      all = arguments.bool("all")
      limit = try arguments.int("limit").flatMap { $0 == 0 ? nil : $0 }
      summaryPath = arguments.string("summary")
      let days = try arguments.int("older-than") ?? -1
      lifetime = days < 0 ? .standard : TombstoneLifetime(days: days)
    }
  }

  private static func apply(_ request: Request, _ context: BdContext) throws {
    guard let id = request.id else { throw BeadsError(.invalid, "--apply requires --id") }
    guard let path = request.summaryPath else { throw BeadsError(.invalid, "--apply requires --summary") }
    let started = context.environment.clock()
    let summary = try context.text(fromFile: path)
    let commit = try headCommit(context)
    let pruned = try TombstoneCommand.prune(.standard, context)
    let report = try context.change("compact") { transaction throws(BeadsError) in
      transaction.summary = id.rawValue
      return try transaction.compact(
        id, summary: summary, tier: request.tier, commit: commit, force: request.force)
    }
    LastTouched.write(id, context)
    CompactReport.print(report, pruned: pruned, since: started, context)
  }

  /// The commit that has the full text if the file is committed.
  static func headCommit(_ context: BdContext) throws(BeadsError) -> String? {
    GitHead.read(from: try context.workspace().projectDirectory)?.commit
  }
}
