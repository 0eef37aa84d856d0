import BeadsKit
import CommandKit

/// `bd next`: what to do now.
enum NextCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "next", summary: "Show the one issue to do next", section: CommandTree.Section.views,
      discussion: """
        What you have begun and nothing blocks comes first, then ready work that was given to you, then ready work that \
        nobody has; each the most urgent first, epics last. Nothing is changed: take it with `bd update ID --claim`, or find and \
        take in one step with `bd ready --claim`.
        """,
      examples: ["bd next", "bd next -n 3 --json"],
      flags: [.int("limit", short: "n", default: 1, help: "Show at most so many; 0 for all")]
    ) { arguments, context in
      let limit = try arguments.int("limit") ?? 1
      let store = try context.store()
      let work = try store.nextWork(limit: limit == 0 ? nil : limit)
      if context.isJSON { return try printJSON(work, context) }
      if work.isEmpty { return context.print("No ready work found") }
      for next in work {
        context.print(
          "\(IssueText.line(next.issue, store.rules.vocabulary)) \("(\(words(next.reason)))", .gray)")
      }
    }
  }

  private static func words(_ reason: NextWork.Reason) -> String {
    switch reason {
    case .inProgress: "you have begun it"
    case .assigned: "given to you"
    case .ready: "ready"
    }
  }

  private static func printJSON(_ work: [NextWork], _ context: BdContext) throws(BeadsError) {
    let counts = try context.store().counts(for: work.map(\.issue.id))
    context.json { writer in
      writer.array(work) { writer, next in
        writer.object {
          $0.issueWithCountsMembers(next.issue, counts[next.issue.id, default: IssueCounts()])
          $0.member("reason", next.reason.rawValue)
        }
      }
    }
  }
}
