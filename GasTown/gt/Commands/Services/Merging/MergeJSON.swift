import BeadsKit
import CommandKit
import GasTownKit

/// Merge requests as JSON (contract appendix F): the keys are a promise.
extension JSONWriter {
  /// An entry of the queue: its issue, what it asks for, and how it stands.
  mutating func queueEntry(
    _ entry: QueueEntry, _ context: GtContext, _ finding: QueueEntry.BranchFinding? = nil,
    stop: QueueStop? = nil
  ) {
    object {
      $0.issueMembers(entry.issue)
      $0.mergeMembers(entry.issue, entry.request)
      $0.member("state", entry.word)
      $0.member(optional: "waits_for", entry.waitsFor)
      $0.member("blocked_by", entry.blockers.map(\.rawValue))
      $0.member("score", Int(entry.score))
      $0.member("age_seconds", Int(entry.age(at: context.now) / 1_000_000_000))
      $0.member("retry_count", entry.attempts)
      if let finding {
        $0.member("branch_exists", finding.exists)
        $0.member(optional: "verify_error", finding.problem)
      }
      if let stop { $0.queueStop(stop) }
    }
  }

  /// What a merge request asks for, and what came of it.
  mutating func mergeMembers(_ issue: Issue, _ request: MergeRequest) {
    member("branch", request.branch)
    member("target", request.target)
    member("source_issue", request.sourceIssue)
    member("worker", request.worker)
    member("rig", request.rig)
    member("commit_sha", request.commit)
    member(optional: "merge_commit", issue.townField("merge_commit"))
  }

  /// Why a queue stands still.
  mutating func queueStop(_ stop: QueueStop) {
    key("stopped")
    object { writer in
      writer.member("kind", stop.kind.rawValue)
      writer.member("reason", stop.reason)
      writer.member(optional: "advice", stop.advice)
      if let at = stop.retryAt {
        writer.member("retry_at", Timestamp(unixNanoseconds: at).description)
      }
      writer.member(optional: "escalation", stop.escalation?.rawValue)
    }
  }

  /// What a queue waits for in which nothing is ready; nothing for an empty one.
  mutating func waiting(_ entries: [QueueEntry], _ stop: QueueStop?) {
    if let stop { queueStop(stop) }
    if entries.isEmpty { return }
    key("waiting")
    array(entries) { writer, entry in
      writer.object {
        $0.member("id", entry.issue.id.rawValue)
        $0.member("state", entry.state.rawValue)
        $0.member(optional: "waits_for", entry.waitsFor)
      }
    }
  }

  /// A merge request alone, with its edges.
  mutating func mergeStatus(_ status: MergeStatus) {
    let (issue, request) = (status.issue, status.request)
    object { writer in
      writer.member("id", issue.id.rawValue)
      writer.member("title", issue.title)
      writer.member("status", issue.status.rawValue)
      writer.member("priority", issue.priority)
      writer.member("type", issue.type.rawValue)
      if !issue.assignee.isEmpty { writer.member("assignee", issue.assignee) }
      writer.member("created_at", issue.createdAt.description)
      writer.member("updated_at", issue.updatedAt.description)
      writer.member(optional: "closed_at", issue.closedAt?.description)
      writer.mergeMembers(issue, request)
      writer.member(optional: "close_reason", MergeRequest.outcome(issue))
      writer.member("state", status.entry?.word ?? MergeRequest.outcome(issue) ?? issue.status.rawValue)
      writer.member(optional: "waits_for", status.entry?.waitsFor)
      writer.member("retry_count", MergeQueue.attempts(issue))
      writer.member(optional: "approved_by", issue.townField("approved_by"))
      writer.member(optional: "tested_on", issue.townField("tested_on"))
      writer.member("labels", issue.labels.filter { $0 != MergeRequest.label })
      writer.edges("depends_on", status.dependsOn)
      writer.edges("blocks", status.blocks)
      if let stop = status.stop { writer.queueStop(stop) }
    }
  }

  private mutating func edges(_ name: String, _ issues: [Issue]) {
    key(name)
    array(issues) { writer, issue in
      writer.object { writer in
        writer.member("id", issue.id.rawValue)
        writer.member("title", issue.title)
        writer.member("status", issue.status.rawValue)
        writer.member("priority", issue.priority)
        writer.member("type", issue.type.rawValue)
      }
    }
  }
}

extension GtContext {
  /// The time now.
  var now: Timestamp { Timestamp(unixNanoseconds: environment.clock()) }
}
