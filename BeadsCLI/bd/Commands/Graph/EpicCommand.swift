import BeadsKit
import CommandKit

/// `bd epic`: how far epics are, and closing the finished ones.
enum EpicCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "epic", aliases: ["epics"], summary: "Show how far epics are, close finished ones",
      section: CommandTree.Section.graph, subcommands: [status, closeEligible])
  }

  private static var status: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "status", summary: "Show the progress of open epics",
      discussion: "Epics without children are left out: there is nothing to count.",
      examples: ["bd epic status", "bd epic status --eligible-only --json"],
      flags: [.bool("eligible-only", help: "Only epics whose children are all closed")]
    ) { arguments, context in
      let store = try context.store()
      let epics = try store.epicStatuses(eligibleOnly: arguments.bool("eligible-only"))
      if context.isJSON { return write(epics, context) }
      if epics.isEmpty {
        return context.print(
          arguments.bool("eligible-only") ? "No epics are ready to be closed" : "No open epics found")
      }
      for epic in epics { print(epic, store.rules.vocabulary, context) }
    }
  }

  private static var closeEligible: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "close-eligible", summary: "Close the epics whose children are all closed",
      examples: ["bd epic close-eligible --dry-run", "bd epic close-eligible"],
      flags: [.bool("dry-run", help: "Show what would be closed")]
    ) { arguments, context in
      let store = try context.store()
      let epics = try store.epicStatuses(eligibleOnly: true)
      if arguments.bool("dry-run") || epics.isEmpty {
        if context.isJSON { return write(epics, context) }
        if epics.isEmpty { return context.print("No epics are ready to be closed") }
        for epic in epics { print(epic, store.rules.vocabulary, context) }
        return context.print("\(epics.count) would be closed")
      }
      let (closed, failures) = try close(epics, context)
      let last = closed.isEmpty ? failures.last : nil
      for failure in last == nil ? failures : failures.dropLast() { context.output.report(failure) }
      if let last { throw last }
      for id in closed { context.print("\("✓", .green) Closed \(id): all children completed") }
      guard context.isJSON else { return }
      context.object { writer in
        writer.member("closed", closed.map(\.rawValue))
        writer.member("count", closed.count)
      }
    }
  }

  /// Closes what can be closed; an epic that something else blocks stays open.
  private static func close(
    _ epics: [EpicStatus], _ context: BdContext
  ) throws(BeadsError) -> (closed: [IssueID], failures: [BeadsError]) {
    var closed: [IssueID] = []
    var failures: [BeadsError] = []
    try context.change("epic close-eligible") { transaction throws(BeadsError) in
      for epic in epics {
        do throws(BeadsError) {
          try transaction.close(epic.epic.id, reason: "All children completed")
          closed.append(epic.epic.id)
        } catch { failures.append(error) }
      }
    }
    return (closed, failures)
  }

  private static func write(_ epics: [EpicStatus], _ context: BdContext) {
    context.json { writer in
      writer.array(epics) { writer, status in
        writer.object { writer in
          writer.key("epic")
          writer.issue(status.epic)
          writer.member("total_children", status.totalChildren)
          writer.member("closed_children", status.closedChildren)
          writer.member("eligible_for_close", status.isEligibleForClose)
        }
      }
    }
  }

  private static func print(_ status: EpicStatus, _ vocabulary: Vocabulary, _ context: BdContext) {
    let (closed, total) = (status.closedChildren, status.totalChildren)
    context.print(IssueText.line(status.epic, vocabulary))
    var line: TerminalText =
      "    \(bar(closed, of: total), .green) \(closed) of \(total) closed (\(closed * 100 / total)%)"
    if status.isEligibleForClose { line += ", \("ready to be closed", .green)" }
    context.print(line)
  }

  /// Twenty columns, filled in proportion.
  private static func bar(_ part: Int, of total: Int) -> String {
    let filled = total > 0 ? part * 20 / total : 0
    return String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
  }
}
