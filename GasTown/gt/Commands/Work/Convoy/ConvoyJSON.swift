import BeadsKit
import CommandKit
import GasTownKit

/// Convoys as JSON, in the shapes of contract 3.3 and appendix F.
enum ConvoyJSON {
  /// The members of one convoy, as `status` prints it.
  static func members(_ progress: ConvoyProgress, _ writer: inout JSONWriter) {
    let convoy = progress.convoy
    writer.member("id", convoy.id.rawValue)
    writer.member("title", convoy.title)
    writer.member("status", convoy.status.rawValue)
    writer.member("owned", convoy.isOwned)
    writer.member("lifecycle", convoy.isOwned ? "caller-managed" : "system-managed")
    writer.member("merge_strategy", convoy.mergeStrategy ?? "")
    writer.member("owner", convoy.owner)
    writer.member("notify", convoy.notify ?? "")
    writer.member("watchers", convoy.watchers)
    writer.member("nudge_watchers", convoy.nudgeWatchers)
    writer.member("base_branch", convoy.baseBranch ?? "")
    writer.member("created_at", convoy.issue.createdAt.description)
    if let closed = convoy.issue.closedAt {
      writer.member("closed_at", closed.description)
      writer.member("close_reason", convoy.issue.closeReason)
    }
    counts(progress, &writer)
  }

  /// A row of `list`.
  static func row(_ progress: ConvoyProgress, _ writer: inout JSONWriter) {
    let convoy = progress.convoy
    writer.object { writer in
      writer.member("id", convoy.id.rawValue)
      writer.member("title", convoy.title)
      writer.member("status", convoy.status.rawValue)
      writer.member("created_at", convoy.issue.createdAt.description)
      writer.member("labels", convoy.issue.labels)
      writer.member("owned", convoy.isOwned)
      counts(progress, &writer)
    }
  }

  private static func counts(_ progress: ConvoyProgress, _ writer: inout JSONWriter) {
    writer.key("tracked")
    writer.array(progress.tracked) { tracked($1, &$0) }
    writer.member("completed", progress.completed)
    writer.member("total", progress.tracked.count)
  }

  static func tracked(_ tracked: TrackedIssue, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", tracked.id.rawValue)
      writer.member("title", tracked.issue?.title ?? "")
      writer.member("status", tracked.status)
      writer.member("issue_type", tracked.issue?.type.rawValue ?? "")
      writer.member("assignee", tracked.issue?.assignee ?? "")
      writer.member("worker", tracked.worker?.address.text ?? "")
      if let since = tracked.worker?.assignedAt {
        writer.member("worker_since", Timestamp(unixNanoseconds: since).description)
      }
      if let age = tracked.workerAge { writer.member("worker_age", Age.text(nanoseconds: age)) }
      writer.member("blocked", tracked.isBlocked)
      writer.member("done", tracked.isDone)
      if let problem = tracked.problem { writer.member("problem", problem) }
    }
  }
}
