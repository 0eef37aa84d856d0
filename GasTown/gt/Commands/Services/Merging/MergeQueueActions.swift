import BeadsKit
import CommandKit
import GasTownKit

/// What a person does with merge requests: `gt mq retry`, `reject`, `approve`, `pause` and `resume`.
enum MergeQueueActions {
  static var retry: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "retry", summary: "Put a merge request that failed back into the queue",
      discussion:
        "Its branch is tried again as it was submitted. A branch that was mended is submitted with `gt done` or "
        + "`gt mq submit`.",
      examples: ["gt mq retry app-wisp-3fk", "gt mq retry app-wisp-3fk --now"],
      flags: [.bool("now", help: "Merge what is ready here and now, as `gt mq run --once` does")],
      positionals: GtContext.mergeRequestPlaces
    ) { arguments, context in
      let (id, queue) = try context.namedMergeRequest()
      let issue = try queue.retry(id)
      guard arguments.bool("now") else { return report(issue, "is in the queue again", context) }
      context.print("✓ \(id) is in the queue again")
      try MergeRunCommand.run(queue.rig, context)
    }
  }

  static var reject: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "reject", summary: "Take a merge request out of the queue for good",
      discussion: "Its issue is open again, with the reason; the branch stays.",
      examples: [
        "gt mq reject app-wisp-3fk --reason \"Superseded by the new parser\"",
        "gt mq reject app-wisp-3fk --stdin --notify",
      ],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", help: "Why"), GtContext.stdinFlag,
        .bool("notify", help: "Write the reason to whoever did the work"),
      ], positionals: GtContext.mergeRequestPlaces
    ) { arguments, context in
      let (id, queue) = try context.namedMergeRequest()
      guard let reason = try context.text(flag: "reason"), !reason.allSatisfy(\.isWhitespace) else {
        throw BeadsError(.invalid, "a rejection needs a reason", hint: "add --reason \"...\"")
      }
      let entry = try queue.entry(id)
      try queue.reject(id, reason: reason.withoutEnd)
      if arguments.bool("notify") { notify(entry, reason, context) }
      guard let issue = try context.ledgers().store(for: id).issue(id) else { return }
      report(issue, "is rejected", context)
    }
  }

  /// Writes to whoever did the work; that this fails does not undo the rejection.
  private static func notify(_ entry: QueueEntry, _ reason: String, _ context: GtContext) {
    let (id, request) = (entry.issue.id, entry.request)
    var mail = MailDraft(
      to: request.worker, subject: "Not merged: \(entry.issue.title)",
      body:
        "\(id) was rejected: \(reason)\n\nissue: \(request.sourceIssue)\nbranch: \(request.branch)\n"
        + "The issue is open again, and the branch stays.")
    mail.priority = 1
    do throws(BeadsError) { try context.mailbox(notifies: true).send(mail) } catch {
      context.warn("\(request.worker) could not be told: \(error.message)")
    }
  }

  static var approve: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "approve", summary: "Let a merge request pass without review or, where there are none, without gates",
      discussion: "Gates that the rig has are run all the same. It is recorded who approved.",
      examples: ["gt mq approve app-wisp-3fk"], positionals: GtContext.mergeRequestPlaces
    ) { _, context in
      let me = try context.me()
      guard me == .overseer || me.role == .crew else {
        throw BeadsError(.refused, "\(me) may not approve merges", hint: "ask a person: `gt escalate`")
      }
      let (id, queue) = try context.namedMergeRequest()
      report(try queue.approve(id), "is approved", context)
    }
  }

  static var pause: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "pause", summary: "Stop merging in a rig",
      discussion: "What is tested at the moment is ended first. `gt refinery stop` does the same.",
      examples: ["gt mq pause app --reason \"release\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why, for those who wonder")],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      let isNew = try queue.pause(reason: arguments.string("reason") ?? "", by: try context.me())
      if context.isJSON {
        return context.object {
          $0.member("paused", true)
          $0.member("changed", isNew)
        }
      }
      let before = isNew ? "" : "It was paused before: \(queue.pause?.summary ?? ""). "
      context.print("\(before)Nothing is merged in \(rig.name) until `gt mq resume \(rig.name)`")
    }
  }

  static var resume: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "resume", summary: "Go on merging in a rig", examples: ["gt mq resume app"],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      let wasPaused = try queue.resume(by: try context.me())
      let stop = try queue.stop(context.database())
      if context.isJSON {
        return context.object {
          $0.member("paused", queue.pause != nil)
          $0.member("changed", wasPaused)
          if let stop { $0.queueStop(stop) }
        }
      }
      context.print(wasPaused ? "Merging goes on in \(rig.name)" : "Merging was not paused in \(rig.name)")
      if let stop { MergeQueueViews.printStop(stop, context) }
    }
  }

  static func report(_ issue: Issue, _ what: String, _ context: GtContext) {
    if context.isJSON { return context.json { writer in writer.object { $0.issueMembers(issue) } } }
    context.print("✓ \(issue.id) \(what)")
  }
}

extension String {
  /// The text without blanks and line feeds at its end.
  fileprivate var withoutEnd: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
