import BeadsKit
import CommandKit

/// `bd resolve-conflicts`: merges what git could not.
enum ResolveConflictsCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "resolve-conflicts", summary: "Merge the conflicts that git left in issues.jsonl",
      section: CommandTree.Section.maintenance,
      discussion: """
        Both sides of every conflict are merged field by field, whichever stands first, and so are several lines for \
        one issue as a union merge leaves them. Every command does this to the project's own file when it meets \
        one; this does it to any file. Lines that are no records stay at the end.
        """,
      examples: ["bd resolve-conflicts", "bd resolve-conflicts old.jsonl --dry-run"],
      flags: [
        .choice("mode", values: ["mechanical"], default: "mechanical", help: "How to merge"),
        .bool("dry-run", help: "Say what would be merged and write nothing"),
        .string("path", placeholder: "DIR", help: "The project's directory"),
      ],
      positionals: [.optional("file")]
    ) { arguments, context in
      let path = try file(arguments, context)
      let content = try FileSystem.read(path)
      let policy = MergePolicy(now: Timestamp(unixNanoseconds: context.environment.clock()))
      let resolved = IssueFileMerge.resolve(content, policy: policy)
      let isDryRun = arguments.bool("dry-run")
      if resolved.hadSeveralVersions, !isDryRun {
        if arguments.bool("readonly") {
          throw BeadsError(.readOnly, "operation 'resolve-conflicts' is not allowed in read-only mode")
        }
        var bytes = resolved.bytes
        for line in resolved.rejected { bytes += line.bytes + [0x0A] }
        try FileSystem.replace(path, with: bytes, durable: true)
      }
      show(resolved, path, isDryRun: isDryRun, context)
    }
  }

  private static func file(_ arguments: Arguments, _ context: BdContext) throws -> String {
    let current = context.environment.currentDirectory
    if let name = arguments.positionals.first { return Path.absolute(name, in: current) }
    guard let directory = arguments.string("path") else { return try context.workspace().jsonlPath }
    return try Workspace.locate(
      environment: context.environment, databasePath: nil, directory: Path.absolute(directory, in: current)
    ).jsonlPath
  }

  private static func show(
    _ resolved: ResolvedFile, _ path: String, isDryRun: Bool, _ context: BdContext
  ) {
    for issue in resolved.separated { context.warn("\(issue.sentence)") }
    for line in resolved.rejected { context.warn("line \(line.number) of \(path): \(line.reason)") }
    if context.isJSON {
      return context.object { writer in
        writer.member("file", path)
        writer.member("conflicts", resolved.conflictCount)
        writer.member("repeated", resolved.repeatCount)
        writer.member("merged", resolved.mergedIDs.map(\.rawValue))
        writer.member("rejected", resolved.rejected.count)
        writer.member("dry_run", isDryRun)
      }
    }
    if context.isQuiet { return }
    guard resolved.hadSeveralVersions else { return context.print("\(path) has no conflicts") }
    let (conflicts, merged) = (resolved.conflictCount, resolved.mergedIDs.count)
    let counts =
      "\(conflicts) conflict\(conflicts == 1 ? "" : "s"), \(merged) issue\(merged == 1 ? "" : "s") merged"
    context.print("\(isDryRun ? "Would resolve" : "✓ Resolved") \(path): \(counts)")
  }
}
