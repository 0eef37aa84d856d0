import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq list`, `next` and `status`.
enum MergeQueueViews {
  static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["queue"], summary: "List what waits to be merged, the next one first",
      examples: ["gt mq list app", "gt mq list app --ready --json"],
      flags: [
        .bool("ready", help: "Only what can be merged now"),
        .string(
          "status", placeholder: "STATE", help: "Only those in this state: ready, blocked, needs-fix ..."),
        .string("worker", placeholder: "NAME", help: "Only the work of this agent"),
      ],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      var entries = try queue.entries()
      if arguments.bool("ready") { entries = entries.filter { $0.state == .ready } }
      if let state = arguments.string("status") {
        entries = entries.filter { $0.state.rawValue == state || $0.issue.status.rawValue == state }
      }
      if let worker = arguments.string("worker") {
        entries = entries.filter { $0.request.worker == worker || $0.request.worker.hasSuffix("/\(worker)") }
      }
      if context.isJSON { return context.json { $0.array(entries) { $0.queueEntry($1) } } }
      if let reason = try queue.pauseReason(context.database()) {
        context.print("\("Paused", .yellow): \(reason) (`gt mq resume \(rig.name)`)")
      }
      if entries.isEmpty { return context.print("Nothing waits to be merged in \(rig.name)") }
      var table = Table([
        .init("ID"), .init("STATE"), .init("P"), .init("TITLE", isFlexible: true), .init("WORKER"),
      ])
      for entry in entries {
        table.add(
          "\(entry.issue.id, .bold)", "\(entry.state.rawValue)", "P\(entry.issue.priority)",
          "\(entry.issue.title)",
          "\(entry.request.worker)")
      }
      context.output.print(table)
    }
  }

  static var next: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "next", summary: "Show what is merged next", examples: ["gt mq next app"],
      flags: [
        .choice("strategy", values: ["priority", "fifo"], help: "By score, or the oldest"),
        .bool("quiet", short: "q", help: "The ID alone"),
      ], positionals: [.optional("rig")]
    ) { arguments, context in
      var ready = try context.mergeQueue(try context.rig(arguments.positionals.first)).entries()
        .filter { $0.state == .ready }
      if arguments.string("strategy") == "fifo" { ready.sort { $0.issue.createdAt < $1.issue.createdAt } }
      guard let first = ready.first else {
        if context.isJSON { return context.object { _ in } }
        if !arguments.bool("quiet") { context.print("The queue is empty") }
        return
      }
      if context.isJSON { return context.json { $0.queueEntry(first) } }
      context.print(arguments.bool("quiet") ? "\(first.issue.id)" : "\(context.named(first.issue))")
    }
  }

  static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", aliases: ["show"], summary: "Show a merge request", examples: ["gt mq status app-wisp-3fk"],
      positionals: [.required("id")]
    ) { arguments, context in
      let (id, store) = try context.ledgers().resolve(arguments.positionals[0])
      guard let issue = try store.issue(id), let request = MergeRequest(issue) else {
        throw BeadsError(.notFound, "\(id) is no merge request", hint: "`gt mq list RIG` shows them")
      }
      if context.isJSON {
        return context.json { writer in
          writer.object {
            $0.issueMembers(issue)
            $0.mergeMembers(issue, request)
          }
        }
      }
      context.print("\(context.named(issue))")
      for (name, value) in [
        ("Branch", request.branch), ("Target", request.target), ("Commit", request.commit),
        ("Issue", request.sourceIssue), ("Worker", request.worker), ("Status", issue.status.rawValue),
        ("Ended", issue.closeReason), ("Merged as", issue.townField("merge_commit") ?? ""),
        ("Attempts", issue.townField("retry_count") ?? ""),
        ("Approved by", issue.townField("approved_by") ?? ""),
        ("Labels", issue.labels.filter { !$0.hasPrefix("gt:") }.joined(separator: ", ")),
      ] where !value.isEmpty {
        context.print("  \(name): \(value)")
      }
      for comment in issue.comments { context.print("\n\(comment.text)") }
    }
  }
}

extension JSONWriter {
  /// An entry of the queue: its issue, and what it asks for.
  mutating func queueEntry(_ entry: QueueEntry) {
    object {
      $0.issueMembers(entry.issue)
      $0.mergeMembers(entry.issue, entry.request)
      $0.member("state", entry.state.rawValue)
      $0.member("score", Int(entry.score))
      $0.member("retry_count", entry.attempts)
    }
  }

  /// What a merge request asks for, and what came of it.
  mutating func mergeMembers(_ issue: Issue, _ request: MergeRequest) {
    member("branch", request.branch)
    member("target", request.target)
    member("source_issue", request.sourceIssue)
    member("worker", request.worker)
    member("commit_sha", request.commit)
    member(optional: "merge_commit", issue.townField("merge_commit"))
  }
}
