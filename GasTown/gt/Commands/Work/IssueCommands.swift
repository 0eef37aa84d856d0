import BeadsKit
import CommandKit
import GasTownKit

/// `gt show`, `gt close` and `gt assign`: issues of any rig, found by their prefix.
enum IssueCommands {
  static var all: [CommandTree.GtCommand] { [show, close, assign, BeadCommand.group, CommitCommand.command] }

  private static var show: CommandTree.GtCommand { show(["cat"], "gt show") }

  /// The command that shows issues, by more words.
  static func show(_ aliases: [String], _ line: String) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", aliases: aliases, summary: "Show an issue of any rig", section: CommandTree.Section.work,
      examples: ["\(line) ap-3fk", "\(line) ap-3fk --json"], positionals: [.oneOrMore("bead")]
    ) { arguments, context in
      var details: [IssueDetails] = []
      for word in arguments.positionals {
        let (id, store) = try context.ledgers().resolve(word)
        details += try store.details(of: [id])
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(details) { writer, issue in writer.object { $0.issueMembers(issue.issue) } }
        }
      }
      for (place, detail) in details.enumerated() {
        if place > 0 { context.print("") }
        print(detail, context)
      }
    }
  }

  private static func print(_ detail: IssueDetails, _ context: GtContext) {
    let issue = detail.issue
    context.print("\(context.named(issue))  [P\(issue.priority) · \(issue.type) · \(issue.status)]")
    if !issue.assignee.isEmpty { context.print("Assignee: \(issue.assignee)") }
    if !issue.labels.isEmpty { context.print("Labels: \(issue.labels.joined(separator: ", "))") }
    if !detail.blockers.isEmpty {
      context.print("Waits for: \(detail.blockers.map(\.blockerID.rawValue).joined(separator: ", "))")
    }
    if issue.isClosed { context.print("Closed: \(issue.closeReason)") }
    for (title, text) in [
      ("Description", issue.description), ("Design", issue.design), ("Acceptance", issue.acceptanceCriteria),
      ("Notes", issue.notes),
    ] where !text.isEmpty {
      context.print("\n\(title, .bold)\n\(multiline: text)")
    }
    for comment in issue.comments { context.print("\n\(comment.author, .bold): \(multiline: comment.text)") }
  }

  private static var close: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "close", summary: "Close issues of any rig", section: CommandTree.Section.work,
      examples: ["gt close ap-3fk -r \"not needed any more\""],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", default: "Closed", help: "Why"),
        .bool("force", short: "f", help: "Also what is blocked, pinned or has open parts"),
      ], positionals: [.oneOrMore("bead")]
    ) { arguments, context in
      let reason = arguments.string("reason") ?? "Closed"
      var closed: [Issue] = []
      for word in arguments.positionals {
        let (id, store) = try context.ledgers().resolve(word)
        closed.append(
          try store.write("close") { tx throws(BeadsError) in
            try tx.close(id, reason: reason, force: arguments.bool("force"))
          })
        _ = try Convoys(context.ledgers(), context.database()).checkConvoys(tracking: id)
      }
      if context.isJSON {
        context.json { $0.array(closed) { writer, issue in writer.object { $0.issueMembers(issue) } } }
      }
      for issue in closed { context.print("✓ \(context.named(issue)) is closed") }
    }
  }

  private static var assign: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "assign", summary: "Make an issue and put it on the hook of a crew member",
      section: CommandTree.Section.work,
      examples: ["gt assign app/crew/max \"Look at the flaky test\" --nudge"],
      flags: [
        .string("description", short: "d", placeholder: "TEXT", help: "What it is about"),
        .string("type", short: "t", placeholder: "TYPE", default: "task", help: "Its type"),
        .int("priority", short: "p", in: 0...4, default: 2, help: "0 is the most urgent"),
        .list("label", short: "l", help: "Its labels"),
        .bool("nudge", help: "Tell the crew member now"),
        .string("rig", placeholder: "RIG", help: "The rig of the crew member"),
        .bool("force", short: "f", help: "Replace what is on the hook"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ], positionals: [.required("crew"), .oneOrMore("title")]
    ) { arguments, context in
      let word = arguments.positionals[0]
      let rig = arguments.string("rig").map { $0 + "/crew/" }
      let agent = try context.agent(word.contains("/") ? word : (rig ?? "crew/") + word)
      guard agent.role == .crew, let rigName = agent.rig else {
        throw BeadsError(.invalid, "\(agent) is no crew member", hint: "`gt sling` gives work to others")
      }
      let hook = try context.hook()
      if let present = try hook.current(of: agent), !arguments.bool("force") {
        throw BeadsError(
          .conflict, "\(agent) has \(present.issue.id) on its hook: \(present.issue.title)",
          hint: "--force replaces it")
      }
      let store = try context.ledgers().store(of: rigName)
      var draft = IssueDraft(title: arguments.positionals.dropFirst().joined(separator: " "))
      draft.description = arguments.string("description") ?? ""
      draft.type = try store.issueType(named: arguments.string("type") ?? "task")
      draft.priority = try arguments.int("priority") ?? 2
      draft.labels = arguments.list("label")
      let wanted = draft
      if arguments.bool("dry-run") {
        return context.would("make \(quoted(wanted.title)) for \(agent)") { writer in
          writer.member("title", wanted.title)
          writer.member("target", agent.text)
        }
      }
      let id = try store.write("create") { tx throws(BeadsError) in try tx.create(wanted).id }
      let issue = try hook.attach(id, to: agent, force: arguments.bool("force"))
      if arguments.bool("nudge") {
        try context.nudges().send(
          to: agent, from: context.me(),
          text: "You have work: \(id) \(issue.title). Run `gt prime` and begin.")
      }
      if context.isJSON { return context.object { $0.issueMembers(issue) } }
      context.print("✓ \(context.named(issue)) is on the hook of \(agent)")
    }
  }
}
