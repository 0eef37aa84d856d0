import BeadsKit
import CommandKit

/// `bd mol wisp gc`: deletes wisps that nobody needs any more.
enum WispSweepCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "gc", summary: "Delete wisps that were left behind",
      discussion: """
        A wisp and its steps are one: they go when none of them was touched for the time given. Pinned wisps stay, and \
        so do those of types such as agent and message. `bd undo` brings them back.
        """,
      examples: ["bd mol wisp gc --dry-run", "bd mol wisp gc --age 24h", "bd mol wisp gc --closed --force"],
      flags: [
        .bool("dry-run", help: "Show what would be deleted"),
        .string("age", placeholder: "DURATION", default: "1h", help: "How long they were not touched"),
        .bool("all", help: "Closed ones too"),
        .bool("closed", help: "All closed ones, of any age; only shown unless --force is given"),
        .bool("force", short: "f", help: "Delete closed ones"),
        .list("exclude-type", placeholder: "TYPE,...", help: "Leave issues or wisps of these types"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let sweep = try sweep(arguments)
    let found = try context.store().wisps(for: sweep)
    let isPreview = arguments.bool("dry-run") || (arguments.bool("closed") && !arguments.bool("force"))
    if found.isEmpty || isPreview { return preview(found, isPreview, context) }
    let report = try context.change("mol wisp gc") { transaction throws(BeadsError) in
      let report = try transaction.sweep(sweep)
      transaction.summary = "\(report.deleted.count) wisps"
      return report
    }
    if context.isJSON { return context.object { DeleteCommand.writeBatch(report, &$0) } }
    context.print("\("✓", .green) Deleted \(MoleculeText.count(report.deleted.count, "wisp"))")
  }

  private static func sweep(_ arguments: Arguments) throws(BeadsError) -> WispSweep {
    let age = try GoDuration.nanoseconds(arguments.string("age") ?? "1h")
    if age < 0 { throw BeadsError(.invalid, "--age: \(arguments.string("age") ?? "") is negative") }
    var sweep = WispSweep(.untouched(for: age))
    if arguments.bool("all") { sweep.reason = .untouchedOrFinished(for: age) }
    if arguments.bool("closed") {
      if arguments.isSet("age") {
        throw BeadsError(.invalid, "--closed takes closed wisps of any age, --age cannot be given with it")
      }
      sweep.reason = .finished
    }
    sweep.excludedTypes = Set(arguments.list("exclude-type"))
    return sweep
  }

  private static func preview(_ found: [Issue], _ isPreview: Bool, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("cleaned_ids", found.map(\.id.rawValue))
        writer.member("cleaned_count", found.count)
        if !found.isEmpty { writer.member("candidates", found.count) }
        if isPreview { writer.member("dry_run", true) }
      }
    }
    if found.isEmpty { return context.print("No wisps to delete") }
    context.print("Would delete \(MoleculeText.count(found.count, "wisp")):")
    for issue in found { context.print("  \(IssueText.line(issue))") }
    context.print("Nothing is changed")
  }
}
