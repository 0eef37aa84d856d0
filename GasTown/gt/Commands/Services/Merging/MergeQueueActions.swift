import BeadsKit
import CommandKit
import GasTownKit

/// What a person does with merge requests: `gt mq retry`, `reject`, `approve`, `pause` and `resume`.
enum MergeQueueActions {
  static var retry: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "retry", summary: "Put a merge request that failed back into the queue",
      discussion:
        "Its branch is tried again as it was submitted. A branch that was mended is submitted with `gt done`.",
      examples: ["gt mq retry app-wisp-3fk"], positionals: [.required("id")]
    ) { arguments, context in
      let (id, queue) = try context.mergeRequest(arguments.positionals[0])
      report(try queue.retry(id), "is in the queue again", context)
    }
  }

  static var reject: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "reject", summary: "Take a merge request out of the queue for good",
      discussion: "Its issue is open again, with the reason; the branch stays.",
      examples: ["gt mq reject app-wisp-3fk --reason \"Superseded by the new parser\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why")], positionals: [.required("id")]
    ) { arguments, context in
      guard let reason = arguments.string("reason"), !reason.isEmpty else {
        throw BeadsError(.invalid, "a rejection needs a reason", hint: "add --reason \"...\"")
      }
      let (id, queue) = try context.mergeRequest(arguments.positionals[0])
      try queue.reject(id, reason: reason)
      guard let issue = try context.ledgers().store(for: id).issue(id) else { return }
      report(issue, "is rejected", context)
    }
  }

  static var approve: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "approve", summary: "Let a merge request pass without review or, where there are none, without gates",
      discussion: "Gates that the rig has are run all the same. It is recorded who approved.",
      examples: ["gt mq approve app-wisp-3fk"], positionals: [.required("id")]
    ) { arguments, context in
      let me = try context.me()
      guard me == .overseer || me.role == .crew else {
        throw BeadsError(.refused, "\(me) may not approve merges", hint: "ask a person: `gt escalate`")
      }
      let (id, queue) = try context.mergeRequest(arguments.positionals[0])
      report(try queue.approve(id), "is approved", context)
    }
  }

  static var pause: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "pause", summary: "Stop merging in a rig", examples: ["gt mq pause app --reason \"release\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why, for those who wonder")],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let me = try context.me()
      let reason = arguments.string("reason") ?? "paused by \(me)"
      try context.mergeQueue(rig).pause(context.database(), reason: reason)
      if context.isJSON { return context.object { $0.member("paused", true) } }
      context.print("Nothing is merged in \(rig.name) until `gt mq resume \(rig.name)`")
    }
  }

  static var resume: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "resume", summary: "Go on merging in a rig", examples: ["gt mq resume app"],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      try context.mergeQueue(rig).pause(context.database(), reason: nil)
      if context.isJSON { return context.object { $0.member("paused", false) } }
      context.print("Merging goes on in \(rig.name)")
    }
  }

  private static func report(_ issue: Issue, _ what: String, _ context: GtContext) {
    if context.isJSON { return context.json { writer in writer.object { $0.issueMembers(issue) } } }
    context.print("✓ \(issue.id) \(what)")
  }
}
