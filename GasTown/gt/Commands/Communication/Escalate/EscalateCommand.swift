import BeadsKit
import CommandKit
import GasTownKit

/// `gt escalate`.
enum EscalateCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "escalate", summary: "Call for help", section: CommandTree.Section.communication,
      discussion: """
        The alarm becomes an issue of the town, and settings/escalation.json says who hears of it at each severity. The \
        same alarm from the same source is counted while it is open, and nobody is told twice. What nobody acknowledges \
        for four hours becomes worse.
        """,
      examples: [
        "gt escalate \"Tests of main fail\" -s high --related ap-1a2 -m \"Since commit 3f9c\"",
        "gt escalate list",
        "gt escalate ack hq-4fk", "gt escalate close hq-4fk --reason \"Fixed\"",
      ],
      flags: [
        .choice(
          "severity", short: "s", values: Escalation.Severity.allCases.map(\.rawValue), default: "medium",
          help: "How bad it is"),
        .string("reason", short: "r", placeholder: "TEXT", help: "The details"),
        .string("message", short: "m", placeholder: "TEXT", hidden: true, help: "The same as --reason"),
        GtContext.stdinFlag,
        .string("source", placeholder: "NAME", help: "What noticed it; you unless said otherwise"),
        .string("related", placeholder: "ID", help: "The issue it is about"),
        .list("to", placeholder: "ADDRESS,...", help: "Who gets mail beside those of the settings"),
        .bool("dry-run", short: "n", help: "Only say who would be told"),
      ],
      positionals: [.zeroOrMore("description")],
      subcommands: [
        EscalationCommands.list, EscalationCommands.show, EscalationCommands.ack, EscalationCommands.close,
        EscalationCommands.stale,
      ]
    ) { arguments, context in
      if arguments.positionals.isEmpty { throw HelpRequest() }
      var draft = EscalationDraft(title: arguments.positionals.joined(separator: " "))
      draft.severity = arguments.string("severity").flatMap(Escalation.Severity.init) ?? .medium
      draft.reason =
        try context.text(flag: "reason") ?? arguments.string("message") ?? ""
      draft.source = arguments.string("source")
      draft.relatedID = try arguments.string("related").map { try context.ledgers().resolve($0).id }
      draft.recipients = arguments.list("to")
      if arguments.bool("dry-run") { return try dryRun(draft, context) }
      let raised = try context.escalations().raise(draft)
      if context.isJSON {
        return context.object { writer in
          writer.escalationMembers(raised.escalation)
          writer.member("new", raised.isNew)
          writer.key("actions")
          writer.array(raised.actions) { EscalationCommands.write($1, &$0) }
        }
      }
      let (escalation, mark) = (raised.escalation, "✓")
      if raised.isNew {
        context.print(
          "\(mark, .green) Raised \(escalation.id, .bold) (\(escalation.severity.rawValue)): \(escalation.title)"
        )
      } else {
        context.print(
          "\(mark, .green) \(escalation.id, .bold) is open already, raised \(escalation.count) times")
      }
      EscalationCommands.print(raised.actions, context)
    }
  }

  private static func dryRun(_ draft: EscalationDraft, _ context: GtContext) throws(BeadsError) {
    let settings = try EscalationSettings.load(try context.town())
    let actions = (settings.routes[draft.severity] ?? []) + draft.recipients.map { "mail:\($0)" }
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.member("severity", draft.severity.rawValue)
        writer.member("actions", actions)
      }
    }
    context.print("Would raise (\(draft.severity.rawValue)): \(draft.title)")
    for action in actions { context.print("  \(action)") }
  }
}

extension GtContext {
  /// The escalations of the town.
  func escalations() throws(BeadsError) -> Escalations {
    var escalations = Escalations(try ledgers(), try database())
    escalations.onDelivery = { [self] in try? nudges().announce($1, to: $0) }
    return escalations
  }
}
