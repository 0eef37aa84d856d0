import BeadsKit
import CommandKit
import GasTownKit

/// `gt convoy check`, `close` and `land`.
enum ConvoyEndCommands {
  static var check: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "check", summary: "Close convoys whose issues are all done",
      discussion: """
        Looks at one convoy, or at all that are open. An issue whose state cannot be found out is not done. A convoy \
        without issues is closed after five minutes; an owned one is left to its owner.
        """,
      examples: ["gt convoy check", "gt convoy check hq-cv-x7k2m --json"],
      positionals: [.optional("convoy")]
    ) { arguments, context in
      let convoys = try context.convoys()
      let checks: [ConvoyCheck]
      if let name = arguments.positionals.first {
        checks = [try convoys.check(try convoys.resolve(name).id)]
      } else {
        checks = try convoys.checkAll()
      }
      if context.isJSON {
        return context.json { writer in writer.array(checks) { row($1, &$0) } }
      }
      if checks.isEmpty { return context.print("No open convoys") }
      for check in checks { context.print(line(check)) }
    }
  }

  private static func row(_ check: ConvoyCheck, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", check.progress.convoy.id.rawValue)
      writer.member("title", check.progress.convoy.title)
      writer.member("result", check.verdict.rawValue)
      writer.member("completed", check.progress.completed)
      writer.member("total", check.progress.tracked.count)
      writer.member("open", check.open.map(\.id.rawValue))
    }
  }

  private static func line(_ check: ConvoyCheck) -> TerminalText {
    let convoy = check.progress.convoy
    let head: TerminalText = "\(convoy.id, .bold)  \(convoy.title): "
    switch check.verdict {
    case .closed: return "\("✓", .green) \(head)closed, all done"
    case .wasClosed: return "\("✓", .green) \(head)was closed before"
    case .waiting:
      return "○ \(head)\(ConvoyText.issues(check.open.count)) left: \(ConvoyText.them(check.open.map(\.id)))"
    case .owned: return "○ \(head)all done, \(convoy.owner) ends it with `gt convoy land \(convoy.id)`"
    case .empty: return "○ \(head)tracks nothing yet"
    case .staged: return "\("❄", .cyan) \(head)is staged"
    }
  }

  static var close: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "close", summary: "Close a convoy",
      discussion:
        "All its issues have to be done, unless it is given up with --force. The issues stay as they are.",
      examples: [
        "gt convoy close hq-cv-x7k2m", "gt convoy close hq-cv-x7k2m --force --reason \"Not needed\"",
      ],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", help: "Why"),
        .bool("force", short: "f", help: "Although issues are not done"),
      ],
      positionals: [.required("convoy")]
    ) { arguments, context in
      let convoys = try context.convoys()
      let id = try convoys.resolve(arguments.positionals[0]).id
      let result = try convoys.close(
        id, reason: arguments.string("reason") ?? "", force: arguments.bool("force"))
      try show(result.convoy, result.isNew, "Closed", context)
    }
  }

  static var land: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "land", summary: "End a convoy that you own",
      discussion: """
        All its issues have to be done, unless --force says that it is enough. The worktrees of polecats that worked on \
        them and rest now go, unless they hold something that is nowhere else.
        """,
      examples: ["gt convoy land hq-cv-x7k2m", "gt convoy land hq-cv-x7k2m --keep-worktrees"],
      flags: [
        .bool("force", short: "f", help: "Although issues are not done"),
        .bool("keep-worktrees", help: "Leave the worktrees of its polecats where they are"),
      ],
      positionals: [.required("convoy")]
    ) { arguments, context in
      let convoys = try context.convoys()
      let id = try convoys.resolve(arguments.positionals[0]).id
      let result = try convoys.land(id, force: arguments.bool("force"))
      if result.isNew, !arguments.bool("keep-worktrees") { try removeWorktrees(of: result.convoy, context) }
      try show(result.convoy, result.isNew, "Landed", context)
    }
  }

  /// Removes what polecats that rest have left of a convoy; what may not go stays without a word.
  private static func removeWorktrees(of convoy: Convoy, _ context: GtContext) throws(BeadsError) {
    let workers = Set(try context.convoys().status(convoy.id).tracked.compactMap { $0.issue?.assignee })
    for rig in try context.town().rigs() {
      let polecats = try context.polecats(rig)
      for record in try polecats.disposable() where workers.contains(record.address.text) {
        do throws(BeadsError) { try polecats.nuke(record.address, reason: "\(convoy.id) has landed") } catch {
          if error.code != .refused { throw error }
        }
      }
    }
  }

  private static func show(
    _ convoy: Convoy, _ isNew: Bool, _ done: TerminalText, _ context: GtContext
  ) throws(BeadsError) {
    let progress = try context.convoys().status(convoy.id)
    if context.isJSON { return context.object { ConvoyJSON.members(progress, &$0) } }
    context.print(
      isNew ? "\("✓", .green) \(done) \(convoy.id, .bold): \(convoy.title)" : "\(convoy.id) was closed before"
    )
  }
}
