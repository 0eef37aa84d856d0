import BeadsKit
import CommandKit
import GasTownKit

/// `gt done`: a polecat ends its assignment.
enum DoneCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "done", summary: "End your assignment: hand in the branch, ask for help, or stop here",
      section: CommandTree.Section.work,
      discussion: """
        For polecats. What is not committed is committed first. Then the branch is pushed and recorded to be merged; \
        the issue is closed when its commits are where they are to be. The session ends.

        Every step can be done again: after an interruption run the same command.
        """,
      examples: [
        "gt done", "gt done --status ESCALATED --reason \"which of the two formats is meant?\"",
        "gt done --status DEFERRED",
      ],
      flags: [
        .string("issue", placeholder: "ID", help: "The issue; what is on your hook unless given"),
        .string("priority", short: "p", placeholder: "N", help: "The priority of the merge request, 0 to 4"),
        .string(
          "status", placeholder: "HOW",
          help: "COMPLETED (as without it), ESCALATED: you need help, DEFERRED: later"),
        .string("reason", short: "r", placeholder: "TEXT", help: "Why, for those you ask for help"),
        .string("target", placeholder: "BRANCH", help: "The branch to merge into"),
        .bool("pre-verified", help: "You ran the rig's gates on this commit"),
        .bool("resume", help: "Go on after an interruption, which is always done"),
        .string("cleanup-status", placeholder: "WORD", hidden: true, help: "How you leave the worktree"),
      ]
    ) { arguments, context in
      let agent = try context.me()
      guard agent.role == .polecat, let rigName = agent.rig else {
        throw BeadsError(
          .invalid, "`gt done` is for polecats, and this is \(agent)", hint: "`bd close ID` closes an issue")
      }
      try run(try request(agent, context), in: rigName, context)
    }
  }

  /// Ends an assignment, tells of it, and ends the session.
  static func run(
    _ request: Done.Request, in rig: RigName, _ context: GtContext
  ) throws(BeadsError) {
    let polecats = try context.polecats(try context.town().rig(rig.rawValue))
    let result = try done(polecats, context).run(request)
    print(result, context)
    context.close()
    try polecats.stopSession(request.agent, "done")
  }

  /// The end of an assignment, of which those hear who have to.
  private static func done(_ polecats: Polecats, _ context: GtContext) -> Done {
    var done = Done(polecats)
    done.announce = { issue, receiver, result throws(BeadsError) in
      let mail = MailDraft(
        to: receiver, subject: "READY_FOR_REVIEW: \(issue.title)",
        body: "issue: \(issue.id)\nbranch: \(result.branch ?? "")\ncommit: \(result.commit ?? "")")
      _ = try context.mailbox().send(mail)
    }
    done.escalate = { issue, agent, reason throws(BeadsError) in
      var draft = EscalationDraft(title: "\(agent) needs help with \(issue.id): \(issue.title)")
      draft.reason = reason
      draft.relatedID = issue.id
      try context.escalations().raise(draft)
    }
    return done
  }

  private static func request(_ agent: AgentAddress, _ context: GtContext) throws(BeadsError) -> Done.Request
  {
    let arguments = context.arguments
    var request = Done.Request(agent)
    if let word = arguments.string("status") {
      guard let exit = Done.Exit(rawValue: word.uppercased()) else {
        let known = Done.Exit.allCases.map(\.rawValue)
        throw BeadsError(
          .invalid, "\(quoted(word)) is no way to end", hint: "say \(known.joined(separator: ", "))")
      }
      request.exit = exit
    }
    request.priority = try context.priority()
    if let word = arguments.string("issue") { request.issue = try context.ledgers().resolve(word).id }
    request.target = arguments.string("target")
    request.reason = arguments.string("reason") ?? ""
    request.isPreVerified = arguments.bool("pre-verified")
    request.isReportOnly = arguments.string("cleanup-status") == "clean"
    return request
  }

  private static func print(_ result: Done.Result, _ context: GtContext) {
    for warning in result.warnings { context.warn("\(warning)") }
    if context.isJSON {
      return context.object { writer in
        writer.member("exit_type", result.exit.rawValue)
        writer.member("issue", result.issue.rawValue)
        writer.member("status", result.status.rawValue)
        writer.member(optional: "branch", result.branch)
        writer.member(optional: "commit_sha", result.commit)
        writer.member(optional: "target", result.target)
        writer.member(optional: "mr_id", result.mergeRequest?.rawValue)
        writer.member("saved_files", result.savedFiles)
        writer.member("repeated", result.isRepeated)
      }
    }
    if !result.savedFiles.isEmpty {
      let names = result.savedFiles.prefix(5).joined(separator: ", ")
      let more = result.savedFiles.count > 5 ? " and \(result.savedFiles.count - 5) more" : ""
      context.print("Committed for you: \(names)\(more)")
    }
    let mark = result.isRepeated ? "Already done:" : "✓"
    switch result.exit {
    case .completed:
      context.print("\(mark) \(result.issue, .bold) is \(result.status)")
      if let branch = result.branch, let target = result.target { context.print("  \(branch) → \(target)") }
      if let request = result.mergeRequest { context.print("  merge request \(request)") }
    case .escalated:
      context.print(
        "\(mark) \(result.issue, .bold) is \(result.status): help was asked for, your worktree stays")
    case .deferred:
      context.print("\(mark) \(result.issue, .bold) stays yours, to be gone on with later")
    }
  }
}
