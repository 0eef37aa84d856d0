import BeadsKit
import CommandKit
import GasTownKit

/// `gt why`: what the daemon did, and why.
enum WhyCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "why", summary: "Tell what the daemon did about an agent or an issue, and why",
      section: CommandTree.Section.diagnostics,
      examples: ["gt why app/polecats/nux", "gt why app-3fk", "gt why"],
      flags: [.int("limit", short: "n", in: 1...1000, default: 20, help: "How many decisions")],
      positionals: [.optional("subject", help: "An agent, an issue, or nothing for all")]
    ) { arguments, context in
      var subject = arguments.positionals.first
      if let text = subject, let agent = try? context.town().address(text) { subject = agent.text }
      let found = try context.database().decisions(about: subject, limit: try arguments.int("limit") ?? 20)
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, decision in
            writer.object {
              $0.member("at", Timestamp(unixNanoseconds: decision.at).description)
              $0.member("subject", decision.subject)
              $0.member("finding", decision.finding)
              $0.member("action", decision.action)
              $0.member("evidence", decision.evidence)
            }
          }
        }
      }
      if found.isEmpty { context.print("Nothing was decided\(subject.map { " about \($0)" } ?? "") yet") }
      for decision in found {
        context.print(
          "\(Timestamp(unixNanoseconds: decision.at).shown, .dim)  \(decision.subject, .bold)"
        )
        context.print("  found    \(decision.finding)")
        context.print("  did      \(decision.action)")
        if !decision.evidence.isEmpty { context.print("  because  \(decision.evidence)") }
      }
      if let subject, let status = try? context.mergeStatus(subject) { printState(status, context) }
    }
  }

  /// How a merge request stands now.
  private static func printState(_ status: MergeStatus, _ context: GtContext) {
    let word = status.entry?.word ?? MergeRequest.outcome(status.issue) ?? status.issue.status.rawValue
    let need = status.entry?.waitsFor.map { ", waits for \($0)" } ?? ""
    context.print("  now      \(word)\(need)")
    if let stop = status.stop { context.print("           \(stop.kind.rawValue): \(stop.reason)") }
  }
}
