import BeadsKit
import CommandKit

/// `bd gate check`: closes the gates whose condition holds.
enum GateCheckCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "check", summary: "Close the gates whose condition holds",
      discussion: """
        Looks at the clock, at GitHub (with the program gh) and at the issues of other projects. A run that failed and a \
        pull request that was closed do not open a gate: they are reported, with --escalate also to the town (with the \
        program gt).
        """,
      examples: ["bd gate check", "bd gate check --type timer", "bd gate check --dry-run --json"],
      flags: [
        .choice(
          "type", short: "t", values: GateChoice.allCases.map(\.rawValue), default: "all",
          help: "Only gates of this kind"),
        .bool("dry-run", help: "Find out, but change nothing"),
        .bool("escalate", short: "e", help: "Report what will not open by itself with `gt escalate`"),
        .int(
          "limit", short: "l", in: 0...Int.max, default: 100, help: "Look at so many, the oldest; 0 for all"),
      ]
    ) { arguments, context in
      let choice = GateChoice(rawValue: arguments.string("type") ?? "") ?? .all
      let limit = try arguments.int("limit").flatMap { $0 == 0 ? nil : $0 }
      let store = try context.store()
      var world = GateWorld(home: try context.workspace(), environment: context.environment)
      let gates = try store.gates(choice.types, limit: limit)
      var findings = try store.findings(of: gates) { questions throws(BeadsError) in
        world.answers(to: questions, store: store)
      }
      let isTrial = arguments.bool("dry-run")
      if !isTrial, findings.contains(where: \.changesSomething) { findings = try settle(findings, context) }
      if arguments.bool("escalate"), !isTrial { try escalate(findings, context) }
      report(findings, isTrial: isTrial, context)
      let failures = findings.count { $0.outcome.word == "error" }
      if failures > 0, failures == findings.count {
        try context.fail(BeadsError(.io, "nothing could be found out about any gate"))
      }
    }
  }

  private static func settle(
    _ findings: [GateFinding], _ context: BdContext
  ) throws(BeadsError) -> [GateFinding] {
    try context.change("gate check") { transaction throws(BeadsError) in
      let settled = try transaction.settle(findings)
      let closed = settled.filter { $0.outcome.word == "resolved" }
      transaction.summary = closed.map(\.gate.id.rawValue).joined(separator: " ")
      return settled
    }
  }

  private static func escalate(_ findings: [GateFinding], _ context: BdContext) throws(BeadsError) {
    let escalation = GateEscalation(
      directory: try context.workspace().projectDirectory, environment: context.environment)
    for finding in findings where finding.outcome.word == "escalated" {
      do throws(BeadsError) { try escalation.tell(finding) } catch {
        context.warn("gate \(finding.gate.id) was not escalated: \(error.message)")
        // Without the program every other gate would fail alike.
        if error.code == .notFound { return }
      }
    }
  }

  // MARK: Output

  private static func report(_ findings: [GateFinding], isTrial: Bool, _ context: BdContext) {
    func count(_ word: String) -> Int { findings.count { $0.outcome.word == word } }
    let (resolved, escalated, errors) = (count("resolved"), count("escalated"), count("error"))
    if context.isJSON {
      return context.object { writer in
        writer.member("checked", findings.count)
        writer.member("resolved", resolved)
        writer.member("escalated", escalated)
        writer.member("errors", errors)
        writer.member("dry_run", isTrial)
        writer.key("gates")
        writer.array(findings) { writer, finding in
          writer.object { writer in
            writer.member("id", finding.gate.id.rawValue)
            writer.member("await_type", finding.gate.awaitType)
            writer.member("outcome", finding.outcome.word)
            writer.member("reason", finding.outcome.reason)
            if !finding.gate.waiters.isEmpty { writer.member("waiters", finding.gate.waiters) }
          }
        }
      }
    }
    if findings.isEmpty { return context.print("No gates to check") }
    for finding in findings { context.print(line(finding)) }
    var parts = ["\(resolved) \(isTrial ? "would be closed" : "closed")"]
    if escalated > 0 { parts.append("\(escalated) need\(escalated == 1 ? "s" : "") attention") }
    if errors > 0 { parts.append(counted(errors, "error")) }
    context.print("Checked \(counted(findings.count, "gate")): \(parts.joined(separator: ", "))")
  }

  private static func line(_ finding: GateFinding) -> TerminalText {
    let mark: TerminalText =
      switch finding.outcome {
      case .resolved: "\("✓", .green)"
      case .pending: "○"
      case .escalate: "\("!", .yellow)"
      case .failed: "\("✗", .red)"
      }
    return "\(mark) \(finding.gate.id, .bold) \(finding.gate.awaitType): \(finding.outcome.reason)"
  }
}

extension GateFinding {
  /// Whether acting on it would write anything.
  fileprivate var changesSomething: Bool { runID != nil || outcome.word == "resolved" }
}
