import BeadsKit
import CommandKit

/// `bd why`: why an issue is, or is not, ready.
enum WhyCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "why", summary: "Say why an issue is or is not ready", section: CommandTree.Section.views,
      discussion: """
        Names every rule of ready work that the issue does not meet: its status, who has it, until when it or its \
        parent is deferred, and what it waits for, itself or because its parent waits.
        """,
      examples: ["bd why bd-a3f8", "bd why bd-a3f8 --json"], positionals: [.issue()]
    ) { arguments, context in
      let readiness = try context.store().readiness(of: context.resolve(arguments.positionals[0]))
      if context.isJSON { printJSON(readiness, context) } else { try show(readiness, context) }
    }
  }

  private static func show(_ readiness: Readiness, _ context: BdContext) throws(BeadsError) {
    let issue = readiness.issue
    let vocabulary = try context.store().rules.vocabulary
    context.print(IssueText.line(issue, vocabulary))
    if readiness.isReady {
      let resolved = readiness.resolvedBlockers.map(\.rawValue).joined(separator: ", ")
      context.print(
        "\("Ready", .green): \(readiness.reason)\(resolved.isEmpty ? "" : " (\(resolved))", .gray)")
      if let lease = issue.lease {
        context.print("The lease of \(lease.holder) ended at \("\(lease.until)"); a claim takes it over.")
      } else if !issue.assignee.isEmpty {
        context.print("It was given to \(issue.assignee).")
      }
      return
    }
    context.print("\("Not ready", .yellow):")
    for obstacle in readiness.obstacles {
      context.print("  - \(obstacle.message)")
      for blocker in obstacle.blockers { context.print("      \(line(blocker, vocabulary))") }
    }
  }

  private static func line(_ blocker: Readiness.Blocker, _ vocabulary: Vocabulary) -> TerminalText {
    if blocker.title.isEmpty { return "\(blocker.id, .bold) \("(in another project, not there yet)", .gray)" }
    var line: TerminalText = "\(IssueText.icon(blocker.status, vocabulary)) \(blocker.id, .bold)"
    line += " [\(IssueText.priority(blocker.priority))] [\(IssueText.type(blocker.type))]"
    if !blocker.assignee.isEmpty { line += " \("@" + blocker.assignee, .cyan)" }
    line += " - \(blocker.title) \("(\(blocker.status)\(opening(blocker)))", .gray)"
    return line
  }

  private static func opening(_ blocker: Readiness.Blocker) -> String {
    if blocker.awaitType.isEmpty { return "" }
    return ", opens by \(blocker.awaitType)\(blocker.awaitID.isEmpty ? "" : " \(blocker.awaitID)")"
  }

  private static func printJSON(_ readiness: Readiness, _ context: BdContext) {
    let issue = readiness.issue
    context.object { writer in
      writer.member("id", issue.id.rawValue)
      writer.member("title", issue.title)
      writer.member("status", issue.status.rawValue)
      writer.member("priority", issue.priority)
      writer.member("issue_type", issue.type.rawValue)
      if !issue.assignee.isEmpty { writer.member("assignee", issue.assignee) }
      if let lease = issue.lease {
        writer.key("lease")
        writer.object {
          $0.member("holder", lease.holder)
          $0.member("until", lease.until)
        }
      }
      writer.member("ready", readiness.isReady)
      writer.member("reason", readiness.reason)
      writer.key("obstacles")
      writer.array(readiness.obstacles) { writer, obstacle in
        writer.object { writer in
          writer.member("kind", obstacle.kind.rawValue)
          writer.member("message", obstacle.message)
          if let ancestor = obstacle.ancestor { writer.member("ancestor", ancestor.rawValue) }
          writer.key("blocked_by")
          writer.array(obstacle.blockers) { $0.blocker($1) }
        }
      }
      writer.member("resolved_blockers", readiness.resolvedBlockers.map(\.rawValue))
    }
  }
}

extension JSONWriter {
  fileprivate mutating func blocker(_ blocker: Readiness.Blocker) {
    object {
      $0.member("id", blocker.id.rawValue)
      $0.member("title", blocker.title)
      $0.member("status", blocker.status.rawValue)
      $0.member("priority", blocker.priority)
      $0.member("issue_type", blocker.type.rawValue)
      $0.member("dependency_type", blocker.edge.rawValue)
      if !blocker.assignee.isEmpty { $0.member("assignee", blocker.assignee) }
      if !blocker.awaitType.isEmpty { $0.member("await_type", blocker.awaitType) }
      if !blocker.awaitID.isEmpty { $0.member("await_id", blocker.awaitID) }
    }
  }
}
