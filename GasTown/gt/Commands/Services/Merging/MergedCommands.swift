import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq revert` and `gt mq post-merge`: what is done about merged work.
enum MergedCommands {
  static var revert: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "revert", summary: "Take a merged change back, through the queue",
      discussion: """
        Makes the commit that undoes the change and asks for its merge: it is tested as any other. The issue behind the \
        change is open again, and is ready to be worked on when the revert is merged.
        """,
      examples: [
        "gt mq revert app-wisp-3fk --reason \"the parser loses the last line\"",
        "gt mq revert 4f2a9c1 --rig app --reason \"slow\"",
      ],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", help: "Why"), GtContext.stdinFlag,
        .string("priority", short: "p", placeholder: "N", help: "Its priority, 0 to 4; 1 unless given"),
        .string("rig", placeholder: "NAME", help: "The rig of a commit"),
        .string(
          "target", placeholder: "BRANCH", help: "The branch a commit is on; the default one unless given"),
      ],
      positionals: [.required("id", help: "A merge request or a commit")]
    ) { arguments, context in
      let me = try context.me()
      guard [.overseer, .crew, .mayor].contains(me.role) else {
        throw BeadsError(.refused, "\(me) may not revert merges", hint: "ask a person: `gt escalate`")
      }
      guard let reason = try context.text(flag: "reason"), !reason.allSatisfy(\.isWhitespace) else {
        throw BeadsError(.invalid, "a revert needs a reason", hint: "add --reason \"...\"")
      }
      let (rig, subject) = try subject(arguments.positionals[0], context)
      let revert = MergeRevert(rig, try context.ledgers(), try context.database())
      print(try revert.run(subject, reason: reason, priority: context.priority(), by: me), context)
    }
  }

  /// A merge request, or else a commit.
  private static func subject(
    _ word: String, _ context: GtContext
  ) throws(BeadsError) -> (Rig, MergeRevert.Subject) {
    let isHexadecimal = word.count >= 4 && word.allSatisfy(\.isHexDigit)
    if !isHexadecimal, context.arguments.string("target") == nil {
      let (id, queue) = try context.mergeRequest(word)
      return (queue.rig, .request(id))
    }
    let target = try context.arguments.string("target").map { name throws(BeadsError) in try BranchName(name)
    }
    return (try context.rig(context.arguments.string("rig")), .commit(word, target: target))
  }

  private static func print(_ result: MergeRevert.Result, _ context: GtContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("id", result.mergeRequest.rawValue)
        writer.member("source_issue", result.issue.rawValue)
        writer.member("reverts", result.commit.description)
        writer.member("branch", result.branch)
        writer.member("target", result.target)
        writer.member(optional: "reopened", result.reopened?.rawValue)
        writer.member("repeated", result.isRepeated)
      }
    }
    let mark = result.isRepeated ? "Already asked for:" : "✓"
    context.print(
      "\(mark) \(result.mergeRequest, .bold) takes \(result.commit.short) back from \(result.target)")
    context.print("  for \(result.issue), on the branch \(result.branch)")
    if let reopened = result.reopened { context.print("  \(reopened, .bold) is open again and waits for it") }
    context.print("  `gt mq status \(result.mergeRequest)` shows how it goes")
  }

  static var postMerge: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "post-merge", summary: "Do what is done after a merge, by hand",
      discussion: """
        Closes the merge request and its issue and removes the branch of a polecat, if the work is proven to be on its \
        target: for what somebody merged without the queue, and when something went wrong in between.
        """,
      examples: ["gt mq post-merge app-wisp-3fk", "gt mq post-merge app app-wisp-3fk --skip-branch-delete"],
      flags: [.bool("skip-branch-delete", help: "Leave the branch where it is")],
      positionals: GtContext.mergeRequestPlaces
    ) { arguments, context in
      let (id, queue) = try context.namedMergeRequest()
      let engine = try context.mergeEngine(queue.rig)
      let done = try engine.cleanUp(id, deletesBranch: !arguments.bool("skip-branch-delete"))
      if context.isJSON {
        return context.object { writer in
          writer.member("id", id.rawValue)
          writer.member("merge_commit", done.commit.description)
          writer.member("closed", done.closed.map(\.rawValue))
          writer.member("branch_deleted", done.isBranchGone)
        }
      }
      let what =
        done.closed.isEmpty
        ? "nothing was left to close" : "closed \(done.closed.map(\.rawValue).joined(separator: ", "))"
      context.print("✓ \(id, .bold) is on its target as \(done.commit.short): \(what)")
      if !done.isBranchGone { context.print("  the branch is still on the origin") }
    }
  }
}
