import BeadsKit
import CommandKit
import GasTownKit

/// `gt prime`: what an agent has to know when its session begins.
enum PrimeCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "prime", summary: "Print what an agent has to know when its session begins",
      section: CommandTree.Section.work,
      discussion: """
        Who it is, its work with the steps to be done, what the session before had reached, what is to be remembered, \
        and its mail. Runtimes call it by themselves, with --hook, when a session begins.
        """,
      examples: ["gt prime", "gt prime --state --json", "gt prime --dry-run --explain"],
      flags: [
        .bool("hook", help: "Called by the runtime: read the session from standard input and remember it"),
        .bool("dry-run", help: "Change nothing: what is shown once is shown again"),
        .bool("state", help: "Only how the session begins"),
        .bool("explain", help: "Also say what the parts are and how long"),
      ], positionals: [.optional("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals.first)
      let town = try context.town()
      let session =
        arguments.bool("hook") ? SessionInput.read(context.environment) : SessionInput.known(context)
      let prime = Prime(town: town, database: try context.database(), ledgers: try context.ledgers())
      let report = prime.report(for: agent, session: session)
      let isOwn = try agent == context.me()
      if arguments.bool("state") {
        state(report, context)
      } else {
        print(report, context)
      }
      if arguments.bool("dry-run") || !isOwn { return }
      try prime.remember(report, session, isNew: arguments.bool("hook"))
    }
  }

  private static func state(_ report: PrimeReport, _ context: GtContext) {
    guard context.isJSON else { return context.print("\(report.state.rawValue)") }
    context.object { members(report, &$0) }
  }

  private static func members(_ report: PrimeReport, _ writer: inout JSONWriter) {
    writer.member("state", report.state.rawValue)
    writer.member("role", report.agent.role.rawValue)
    writer.member("agent", report.agent.text)
    writer.member(optional: "rig", report.agent.rig?.rawValue)
    writer.member("has_work", report.work != nil)
    writer.member(optional: "bead", report.work?.issue.id.rawValue)
    writer.member(optional: "step", report.molecule?.current?.id)
    writer.member("errors", report.failures.map(\.message))
  }

  private static func print(_ report: PrimeReport, _ context: GtContext) {
    if context.isJSON {
      return context.object { writer in
        members(report, &writer)
        writer.key("sections")
        writer.array(report.sections) { writer, section in
          writer.object {
            $0.member("name", section.name)
            $0.member("text", section.text)
            $0.member("cut", section.isCut)
          }
        }
      }
    }
    context.output.write(TerminalText(multiline: report.text))
    guard context.arguments.bool("explain") else { return }
    context.output.print("\n## What this is made of")
    for section in report.sections {
      context.output.print(
        "- \(section.name): \(section.text.utf8.count) bytes\(section.isCut ? ", cut" : "")")
    }
  }
}
