import BeadsKit
import CommandKit

/// `bd export`: the store, or a part of it, as JSONL.
enum ExportCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "export", summary: "Write issues as JSONL", section: CommandTree.Section.data,
      discussion: """
        Writes to standard output, or to a file with -o. Without filters it writes what issues.jsonl holds: every \
        issue, closed and deleted ones included, in ID order, one line each; wisps and infrastructure stay out. \
        `-o` on the project's own issues.jsonl is the export that every change makes by itself.
        """,
      examples: ["bd export", "bd export -o backup.jsonl", "bd export --status open --label backend"],
      flags: [
        .string(
          "output", short: "o", placeholder: "FILE", help: "Write this file instead of standard output"),
        .bool("all", help: "Include wisps and infrastructure"),
        .bool("include-infra", help: "Include infrastructure: agents, rigs, roles, messages"),
        .bool("include-memories", help: "Add memories as lines of their own"),
        .bool("no-memories", hidden: true, help: "Ignored: memories are left out unless asked for"),
        .bool("scrub", help: "Leave out people: owner, assignee, creator"),
        .bool("force", hidden: true, help: "Ignored: exporting never loses anything"),
        .bool("events", hidden: true, help: "Ignored: the audit trail is in the database"),
        .bool("events-reset", hidden: true, help: "Ignored: the audit trail is in the database"),
        .choice("format", short: "f", values: ["jsonl"], default: "jsonl", help: "The format"),
        .string("parent", placeholder: "ID", help: "Only descendants of this issue"),
      ] + filters,
      run: run)
  }

  private static var filters: [Flag] {
    FilterFlags.basic + FilterFlags.priority + FilterFlags.priorityRange + FilterFlags.history
      + FilterFlags.text + FilterFlags.title
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let store = try context.store()
    if let path = arguments.string("output") {
      let target = Path.absolute(path, in: context.environment.currentDirectory)
      if target == store.location.jsonlPath {
        if isFiltered(arguments) || arguments.bool("scrub") {
          throw BeadsError(
            .invalid, "a part of the issues cannot replace \(path)", hint: "write it to another file with -o")
        }
        try store.flush(force: true)
        return report(try store.exportedCount(), path, context)
      }
      let count = try FileSystem.replace(target) { file throws(BeadsError) in
        try collect(arguments, context, store) { bytes throws(BeadsError) in try file.write(bytes) }
      }.result
      return report(count, path, context)
    }
    _ = try collect(arguments, context, store) { context.output.write($0) }
  }

  private static func isFiltered(_ arguments: Arguments) -> Bool {
    (filters.map(\.name) + ["parent"]).contains { arguments.isSet($0) }
  }

  private static func filter(_ context: BdContext) throws(BeadsError) -> IssueFilter {
    var reader = try FilterReader(context, from: .everything)
    if !context.arguments.bool("all") { reader.filter.isEphemeral = false }
    try reader.readBasic()
    try reader.readPriority()
    try reader.readPriorityRange()
    try reader.readHistory()
    reader.readText()
    try reader.readTitle()
    try reader.readParent()
    return reader.filter
  }

  private static func report(_ count: Int, _ path: String, _ context: BdContext) {
    if context.isJSON {
      return context.object {
        $0.member("exported", count)
        $0.member("output", path)
      }
    }
    context.print("✓ Exported \(count) issues to \(path)")
  }

  /// Writes the lines of the chosen issues and returns how many there were.
  private static func collect(
    _ arguments: Arguments, _ context: BdContext, _ store: Store,
    _ write: ([UInt8]) throws(BeadsError) -> Void
  ) throws(BeadsError) -> Int {
    var count = 0
    let isScrubbed = arguments.bool("scrub")
    var writer = JSONWriter()
    func add(_ issue: Issue) throws(BeadsError) {
      count += 1
      if isScrubbed { writer.issue(issue.scrubbed, edges: .raw) } else { writer.issue(issue, edges: .raw) }
      writer.newline()
      if writer.bytes.count > 1 << 20 {
        try write(writer.bytes)
        writer.removeAll()
      }
    }
    if isFiltered(arguments) {
      for issue in try store.issues(matching: filter(context), order: IssueOrder(.id)) { try add(issue) }
    } else {
      try store.exportIssues(
        includingWisps: arguments.bool("all"),
        infrastructure: arguments.bool("all") || arguments.bool("include-infra"), add)
    }
    try write(writer.bytes)
    if arguments.bool("include-memories"), !arguments.bool("no-memories") {
      for memory in try context.stored(under: MemoryCommands.prefix) {
        var writer = JSONWriter()
        writer.object {
          $0.member("_type", "memory")
          $0.member("key", memory.key)
          $0.member("value", memory.value)
        }
        writer.newline()
        try write(writer.bytes)
      }
    }
    return count
  }
}

extension Issue {
  /// The issue without the people it names.
  fileprivate var scrubbed: Issue {
    var copy = self
    copy.owner = ""
    copy.assignee = ""
    copy.createdBy = ""
    return copy
  }
}
