import BeadsKit
import CommandKit

/// Prints why issues are ready or blocked.
struct ReadyReport {
  private let report: ReadyExplanation
  private let context: BdContext
  private let vocabulary: Vocabulary

  init(_ report: ReadyExplanation, _ context: BdContext) throws(BeadsError) {
    self.report = report
    self.context = context
    vocabulary = try context.store().rules.vocabulary
  }

  func show() throws(BeadsError) {
    if context.isJSON { try showJSON() } else { showText() }
  }

  private func showText() {
    context.print("Ready (\(report.readyCount)):")
    for ready in report.ready {
      context.print("\(IssueText.line(ready.issue, vocabulary))")
      let blockers = ready.resolvedBlockers.map(\.rawValue).joined(separator: ", ")
      context.print("    \(ready.reason, .gray)\(blockers.isEmpty ? "" : ": \(blockers)", .gray)")
    }
    context.print("")
    context.print("Blocked (\(report.blocked.count)):")
    for one in report.blocked {
      context.print(IssueText.line(one.blocked.issue, vocabulary))
      for blocker in one.blockers {
        context.print("    \("waits for", .gray) \(blocker.id) \(state(blocker), .gray)")
      }
    }
    if report.cycles.isEmpty { return }
    context.print("")
    context.print("Circles (\(report.cycles.count)): issues that wait for each other")
    for cycle in report.cycles {
      context.print("  \((cycle + cycle.prefix(1)).map(\.rawValue).joined(separator: " → "))")
    }
  }

  private func state(_ blocker: ReadyExplanation.Blocker) -> String {
    blocker.title.isEmpty
      ? "(\(blocker.status))" : "(\(blocker.status), P\(blocker.priority)): \(blocker.title)"
  }

  private func showJSON() throws(BeadsError) {
    let ids = report.ready.map(\.issue.id) + report.blocked.map(\.blocked.issue.id)
    let counts = try context.store().counts(for: ids)
    context.object { writer in
      writer.key("ready")
      writer.array(report.ready) { writer, ready in
        writer.object {
          $0.issueWithCountsMembers(ready.issue, counts[ready.issue.id, default: IssueCounts()])
          $0.member("reason", ready.reason)
          $0.member("resolved_blockers", ready.resolvedBlockers.map(\.rawValue))
        }
      }
      writer.key("blocked")
      writer.array(report.blocked) { writer, one in
        writer.object { writer in
          writer.issueWithCountsMembers(
            one.blocked.issue, counts[one.blocked.issue.id, default: IssueCounts()])
          writer.key("blocked_by")
          writer.array(one.blockers) { $0.blocker($1) }
          writer.member("blocked_by_count", one.blockers.count)
        }
      }
      writer.key("cycles")
      writer.array(report.cycles) { $0.strings($1.map(\.rawValue)) }
      writer.key("summary")
      writer.object {
        $0.member("total_ready", report.readyCount)
        $0.member("total_blocked", report.blocked.count)
        $0.member("cycle_count", report.cycles.count)
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func blocker(_ blocker: ReadyExplanation.Blocker) {
    object {
      $0.member("id", blocker.id.rawValue)
      $0.member("title", blocker.title)
      $0.member("status", blocker.status.rawValue)
      $0.member("priority", blocker.priority)
    }
  }
}
