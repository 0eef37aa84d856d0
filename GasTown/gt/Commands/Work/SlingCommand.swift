import BeadsKit
import CommandKit
import GasTownKit

/// `gt sling`: gives out work.
enum SlingCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "sling", summary: "Give out work: assign it and start an agent on it",
      section: CommandTree.Section.work,
      discussion: """
        WORK is an issue, several issues of one rig, an epic or a convoy (every part of it that can be worked on), or a \
        formula. The last word may say who gets it: a rig (one of its polecats), rig/name, crew/name, mayor, or . for \
        oneself. Without it an agent takes the work itself, and for a person it goes to the rig of the issue.

        When scheduler.max_polecats are at work, the issue waits for its turn, and the daemon gives it out.

        The assignment is written down before anything is started, so the same command again completes what a crash \
        has left.
        """,
      examples: [
        "gt sling ap-3fk app", "gt sling ap-3fk ap-7qx ap-9zz app", "gt sling ap-3fk app --agent codex",
        "gt sling mol-bug-fix --on ap-3fk --var severity=high",
        "gt sling ap-3fk crew/max -a \"see Bob's notes\"",
      ], flags: flags, positionals: [.zeroOrMore("work")], subcommands: [respawnReset]
    ) { arguments, context in
      var request = SlingRequest(arguments.positionals)
      try read(arguments, &request, context)
      let outcomes = try context.sling().run(request)
      print(outcomes, context)
      if outcomes.contains(where: { $0.action == .failed }) { throw ExitStatus(1) }
    }
  }

  private static var flags: [Flag] {
    [
      .string("subject", short: "s", placeholder: "TEXT", help: "Subject of a note to the agent"),
      .string("message", short: "m", placeholder: "TEXT", help: "A note to the agent"),
      .string("args", short: "a", placeholder: "TEXT", help: "Instructions for the agent"),
      .bool("stdin", help: "Read the instructions from standard input"),
      .string("on", placeholder: "ISSUE", help: "Apply the formula WORK to this issue"),
      .list("var", placeholder: "NAME=VALUE", help: "Set a variable of the formula; may be repeated"),
      .string("formula", placeholder: "NAME", help: "How the work is done (default: mol-polecat-work)"),
      .string("agent", placeholder: "NAME", help: "The runtime to use"),
      .string("crew", placeholder: "NAME", help: "Give it to this crew member of the rig"),
      .bool("create", hidden: true, help: "Make the polecat when there is none, as is done anyway"),
      .bool("force", short: "f", help: "Override guards: somebody has it, deferred, blocked, another rig"),
      .string("account", placeholder: "NAME", hidden: true, help: "The account to use"),
      .bool("no-convoy", help: "Make no convoy for it"),
      .bool("owned", help: "The convoy ends by its owner's word"),
      .bool("hook-raw-bead", help: "Without a checklist"),
      .bool("no-merge", help: "The branch is not to be merged"),
      .bool("review-only", help: "Nothing is to be changed, only reported on"),
      .choice("merge", values: Convoys.mergeStrategies, help: "How it is merged"),
      .string("base-branch", placeholder: "BRANCH", help: "Where the work starts from and goes back to"),
      .bool("no-boot", hidden: true, help: "Start no services, as is done anyway"),
      .int("max-concurrent", in: 0...1000, hidden: true, help: "Spawn at most so many at once"),
      .bool("ralph", help: "A fresh session for each step"),
      .bool("dry-run", short: "n", help: "Only say what would be done"),
    ]
  }

  private static func read(
    _ arguments: Arguments, _ request: inout SlingRequest, _ context: GtContext
  ) throws(BeadsError) {
    request.issue = arguments.string("on")
    request.formula = arguments.string("formula")
    request.variables = arguments.values("var")
    request.arguments = arguments.string("args")
    if arguments.bool("stdin") { request.arguments = try context.standardInput() }
    request.subject = arguments.string("subject")
    request.message = arguments.string("message")
    request.runtime = arguments.string("agent")
    request.mergeStrategy = arguments.string("merge")
    request.baseBranch = try arguments.string("base-branch").map { text throws(BeadsError) in
      try BranchName(text)
    }
    request.mode = arguments.bool("ralph") ? "ralph" : nil
    request.isForced = arguments.bool("force")
    request.isDryRun = arguments.bool("dry-run")
    request.makesNoConvoy = arguments.bool("no-convoy")
    request.isConvoyOwned = arguments.bool("owned")
    request.isRaw = arguments.bool("hook-raw-bead")
    request.isNoMerge = arguments.bool("no-merge")
    request.isReviewOnly = arguments.bool("review-only")
    if let member = arguments.string("crew") {
      let isLast =
        request.work.count > 1 && (try? context.town().rig(request.work[request.work.count - 1])) != nil
      let rig = isLast ? request.work.removeLast() + "/" : ""
      request.target = rig + "crew/" + member
    }
  }

  // MARK: Output

  private static func print(_ outcomes: [SlingOutcome], _ context: GtContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("dispatched", outcomes.count { $0.action == .dispatched || $0.action == .resumed })
        writer.member("failed", outcomes.count { $0.action == .failed })
        writer.member("scheduled", outcomes.count { $0.action == .scheduled })
        writer.key("results")
        writer.array(outcomes) { writer, outcome in writer.object { members(outcome, &$0) } }
      }
    }
    for outcome in outcomes { print(outcome, context) }
  }

  static func members(_ outcome: SlingOutcome, _ writer: inout JSONWriter) {
    writer.member("bead", outcome.bead.rawValue)
    writer.member("title", outcome.title)
    writer.member("action", outcome.action.rawValue)
    writer.member(optional: "target", outcome.agent?.text)
    writer.member(optional: "rig", outcome.rig?.rawValue)
    writer.member(optional: "formula", outcome.formula)
    writer.member(optional: "molecule", outcome.molecule?.rawValue)
    writer.member(optional: "convoy", outcome.convoy?.rawValue)
    writer.member(optional: "worktree", outcome.worktree)
    writer.member(optional: "branch", outcome.branch?.rawValue)
    writer.member(optional: "session", outcome.session)
    writer.member(optional: "command", outcome.commandLine)
    writer.member(optional: "note", outcome.note)
    writer.member(optional: "error", outcome.error?.code.name)
  }

  static func print(_ outcome: SlingOutcome, _ context: GtContext) {
    let name: TerminalText = "\(outcome.bead, .bold)  \(outcome.title)"
    let target = outcome.agent?.text ?? outcome.rig?.rawValue ?? "nobody"
    switch outcome.action {
    case .dispatched: context.print("\("✓", .green) \(name) → \(target)")
    case .resumed: context.print("\("✓", .green) \(name) → \(target), which goes on with it")
    case .already: context.print("= \(name) is with \(target) already")
    case .scheduled:
      context.print("\("·", .dim) \(name) waits for its turn: \(outcome.note ?? "")")
    case .planned: context.print("Would give \(name) to \(target)")
    case .skipped: context.print("\("·", .dim) \(name) left out: \(outcome.note ?? "")")
    case .failed: context.print("\("✗", .red) \(name) failed: \(outcome.note ?? "")")
    }
    if [.skipped, .failed, .scheduled].contains(outcome.action) { return }
    if let formula = outcome.formula { context.print("  Formula: \(formula)") }
    if let convoy = outcome.convoy { context.print("  Convoy: \(convoy)") }
    if let branch = outcome.branch { context.print("  Branch: \(branch)") }
    if let session = outcome.session { context.print("  Session: \(session)") }
    if let note = outcome.note { context.print("  Note: \(note)") }
    if let line = outcome.commandLine {
      context.print("  gt runs no agents here. To run it yourself:")
      context.print("\(multiline: line)")
    }
  }

  // MARK: Respawn

  private static var respawnReset: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "respawn-reset", summary: "Let an issue be given to polecats again that was given to too many",
      examples: ["gt sling respawn-reset ap-3fk"], positionals: [.required("bead")]
    ) { arguments, context in
      let id = try context.ledgers().resolve(arguments.positionals[0]).id
      let count = try context.database().attempts(of: id)
      try context.database().resetAttempts(of: id)
      if context.isJSON {
        return context.object { writer in
          writer.member("bead", id.rawValue)
          writer.member("attempts", count)
        }
      }
      let times = count == 1 ? "once" : "\(count) times"
      context.print("✓ \(id) may be given out again (it was given out \(times))")
    }
  }
}

extension GtContext {
  /// Gives out work in the name of the caller.
  func sling() throws(BeadsError) -> Sling {
    Sling(
      town: try town(), database: try database(), ledgers: try ledgers(), launcher: try launcher(),
      caller: try me())
  }
}
