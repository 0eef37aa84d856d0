import BeadsKit
import CommandKit
import GasTownKit

/// `gt escalate list`, `show`, `ack`, `close` and `stale`.
enum EscalationCommands {
  static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List open escalations",
      discussion: "The worst come first, then the oldest.",
      examples: ["gt escalate list", "gt escalate list --all --json"],
      flags: [.bool("all", short: "a", help: "Closed ones too")]
    ) { arguments, context in
      let all = try context.escalations().list(includingClosed: arguments.bool("all"))
      if context.isJSON { return context.json { $0.array(all) { $0.escalation($1) } } }
      if all.isEmpty { return context.print("No \(arguments.bool("all") ? "" : "open ")escalations") }
      print(all, context, try context.town().now)
    }
  }

  private static func print(_ all: [Escalation], _ context: GtContext, _ now: Timestamp) {
    var table = Table([
      Table.Column("SEVERITY"), Table.Column("ID"), Table.Column("AGE", alignment: .right),
      Table.Column("TIMES", alignment: .right), Table.Column("TITLE", isFlexible: true),
      Table.Column("STATE"),
    ])
    for each in all {
      let state =
        each.isClosed ? "closed" : each.acknowledgedBy.map { "\($0) takes care" } ?? "open"
      table.add(
        "\(each.severity.rawValue, each.severity >= .high && !each.isClosed ? .red : .plain)",
        "\(each.id, .bold)",
        "\(Age.text(since: each.escalatedAt, now: now))", "\(each.count)", "\(each.title)", "\(state)")
    }
    context.output.print(table)
  }

  static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show an escalation", examples: ["gt escalate show hq-4fk"],
      positionals: [.required("id")]
    ) { arguments, context in
      let escalation = try context.escalations().resolve(arguments.positionals[0])
      if context.isJSON { return context.json { $0.escalation(escalation) } }
      context.print("\(escalation.id, .bold)  \(escalation.title)")
      var facts = Table([Table.Column(), Table.Column()])
      func fact(_ name: TerminalText, _ value: String?) {
        if let value, !value.isEmpty { facts.add("  \(name, .dim)", "\(value)") }
      }
      let was = escalation.originalSeverity
      fact(
        "Severity", escalation.severity.rawValue + (was == escalation.severity ? "" : ", was \(was.rawValue)")
      )
      fact("Status", escalation.issue.status.rawValue)
      fact("Source", escalation.source)
      fact("About", escalation.relatedID)
      fact("Raised", "\(escalation.escalatedAt) by \(escalation.escalatedBy)")
      fact("Times", escalation.count > 1 ? "\(escalation.count)" : nil)
      fact("Cared for by", escalation.acknowledgedBy)
      fact("Closed", escalation.isClosed ? escalation.issue.closeReason : nil)
      context.output.print(facts)
      if let reason = escalation.reason { context.output.print(["", "\(multiline: reason)"]) }
    }
  }

  static var ack: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "ack", aliases: ["acknowledge"], summary: "Say that you take care of it",
      discussion: "It does not become worse any more.", examples: ["gt escalate ack hq-4fk"],
      positionals: [.required("id")]
    ) { arguments, context in
      let escalations = try context.escalations()
      let result = try escalations.acknowledge(try escalations.resolve(arguments.positionals[0]).id)
      if context.isJSON { return context.json { $0.escalation(result.escalation) } }
      let who = result.escalation.acknowledgedBy ?? ""
      if !result.isNew { return context.print("\(who) takes care of \(result.escalation.id) already") }
      context.print(
        "\("✓", .green) \(who) takes care of \(result.escalation.id, .bold): \(result.escalation.title)")
    }
  }

  static var close: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "close", summary: "Settle an escalation",
      examples: ["gt escalate close hq-4fk --reason \"Fixed in ap-1a2\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "How")], positionals: [.required("id")]
    ) { arguments, context in
      let escalations = try context.escalations()
      let id = try escalations.resolve(arguments.positionals[0]).id
      let result = try escalations.close(id, reason: arguments.string("reason") ?? "")
      if context.isJSON { return context.json { $0.escalation(result.escalation) } }
      if !result.isNew { return context.print("\(id) was closed before") }
      context.print("\("✓", .green) Closed \(id, .bold): \(result.escalation.title)")
    }
  }

  static var stale: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stale", summary: "Make worse what nobody has taken care of",
      discussion:
        "After the time of settings/escalation.json, four hours unless said otherwise, at most twice.",
      examples: ["gt escalate stale", "gt escalate stale --dry-run"],
      flags: [.bool("dry-run", short: "n", help: "Only list them")]
    ) { arguments, context in
      if arguments.bool("dry-run") {
        let all = try context.escalations().stale()
        if context.isJSON { return context.json { $0.array(all) { $0.escalation($1) } } }
        if all.isEmpty { return context.print("No stale escalations") }
        return print(all, context, try context.town().now)
      }
      var before: [IssueID: Escalation.Severity] = [:]
      for escalation in try context.escalations().stale() { before[escalation.id] = escalation.severity }
      let done = try context.escalations().reescalate()
      if context.isJSON { return context.json { $0.array(done) { $0.escalation($1.escalation) } } }
      if done.isEmpty { return context.print("No stale escalations") }
      for (escalation, actions) in done {
        let change = before[escalation.id] == escalation.severity ? "is still" : "is now"
        context.print(
          "\(escalation.id, .bold) \(change) \(escalation.severity.rawValue): \(escalation.title)")
        print(actions, context)
      }
    }
  }

  // MARK: Actions

  static func print(_ actions: [EscalationAction], _ context: GtContext) {
    for action in actions where action.name != "bead" || action.problem != nil {
      if let problem = action.problem {
        context.print("  \("!", .yellow) \(action.name): \(problem)")
      } else {
        context.print("  \("✓", .green) \(action.name)")
      }
    }
  }

  static func write(_ action: EscalationAction, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("action", action.name)
      writer.member("done", action.problem == nil)
      if let problem = action.problem { writer.member("problem", problem) }
    }
  }
}
