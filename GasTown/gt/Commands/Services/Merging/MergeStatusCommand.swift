import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq status`: one merge request.
enum MergeStatusCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", aliases: ["show"], summary: "Show a merge request, and what it waits for",
      examples: ["gt mq status app-wisp-3fk", "gt mq status app-wisp-3fk --json"],
      positionals: [.required("id")]
    ) { arguments, context in
      let status = try context.mergeStatus(arguments.positionals[0])
      if context.isJSON { return context.json { $0.mergeStatus(status) } }
      print(status, context)
    }
  }

  private static func print(_ status: MergeStatus, _ context: GtContext) {
    let (issue, request) = (status.issue, status.request)
    context.print("\(context.named(issue))")
    for (name, value) in [
      ("Branch", request.branch), ("Target", request.target), ("Commit", request.commit),
      ("Issue", request.sourceIssue), ("Worker", request.worker),
      ("Status", status.entry?.word ?? MergeRequest.outcome(issue) ?? issue.status.rawValue),
      ("Waits for", status.entry?.waitsFor ?? ""), ("Ended", issue.isClosed ? issue.closeReason : ""),
      ("Merged as", issue.townField("merge_commit") ?? ""),
      ("Failed", failures(issue)), ("Tested on", issue.townField("tested_on") ?? ""),
      ("Approved by", issue.townField("approved_by") ?? ""),
      ("Labels", issue.labels.filter { !$0.hasPrefix("gt:") }.joined(separator: ", ")),
      ("Depends on", names(status.dependsOn)), ("Blocks", names(status.blocks)),
    ] where !value.isEmpty {
      context.print("  \(name): \(value)")
    }
    if let advice = status.entry?.advice { context.print("  Next: \(advice, .bold)") }
    if let stop = status.stop { MergeQueueViews.printStop(stop, context) }
    for comment in issue.comments { context.print("\n\(comment.text)") }
  }

  private static func failures(_ issue: Issue) -> String {
    switch MergeQueue.attempts(issue) {
    case 0: ""
    case 1: "once"
    case let count: "\(count) times"
    }
  }

  private static func names(_ issues: [Issue]) -> String {
    issues.map { "\($0.id) (\($0.status))" }.joined(separator: ", ")
  }
}

extension GtContext {
  /// The merge request that an argument names, with everything there is to know about it.
  /// - Throws: `not_found` for an issue that is none.
  func mergeStatus(_ text: String) throws(BeadsError) -> MergeStatus {
    let (id, queue) = try mergeRequest(text)
    return try queue.status(id, database())
  }
}
