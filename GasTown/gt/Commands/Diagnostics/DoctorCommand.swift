import BeadsKit
import CommandKit
import GasTownKit

/// `gt doctor`: whether the town is in order.
enum DoctorCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "doctor", summary: "Look whether the town is in order, and put it right",
      section: CommandTree.Section.diagnostics,
      discussion: """
        Each repair is verified by looking again. Nothing that somebody wrote is removed, and files that cannot be \
        understood are left to you. Exits with 1 when something does not work.
        """,
      examples: ["gt doctor", "gt doctor --fix", "gt doctor --rig shop --json"],
      flags: [
        .bool("fix", help: "Put right what can be"),
        .bool("verbose", short: "v", help: "Also what is in order"),
        .string("rig", placeholder: "RIG", help: "Only this project"),
        .bool("restart-sessions", hidden: true, help: "Ignored: the daemon restarts what died"),
        .bool("no-start", hidden: true, help: "Start nothing, as is done anyway"),
        .string("slow", placeholder: "TIME", hidden: true, help: "Ignored: all checks are fast").implying(
          "1s"),
      ]
    ) { arguments, context in
      if let rig = arguments.string("rig") { _ = try context.town().rig(rig) }
      let town = try context.town()
      // Settings that make no sense are a finding and keep nobody from looking at the rest.
      let settings = (try? TownSettings.load(town)) ?? .defaults
      let launcher = try AgentLauncher(
        town: town, database: context.database(), program: context.program(), settings: settings)
      let doctor = TownDoctor(
        town, try context.database(), try context.ledgers(), launcher,
        rig: arguments.string("rig"), command: context.command)
      let results = doctor.run(fixes: arguments.bool("fix"))
      if context.isJSON {
        writeJSON(results, context)
      } else {
        write(results, context, isVerbose: arguments.bool("verbose"))
      }
      if results.contains(where: { $0.severity == .error }) { throw ExitStatus(1) }
    }
  }

  private static func write(_ results: [CheckResult], _ context: GtContext, isVerbose: Bool) {
    for result in results {
      if result.findings.isEmpty, result.fixed.isEmpty, !isVerbose { continue }
      let mark: TerminalText =
        switch result.severity {
        case .error?: "\("✗", .red)"
        case .warning?: "\("!", .yellow)"
        case nil: "\("✓", .green)"
        }
      context.print("\(mark) \(result.name, .bold)\(result.severity == nil ? "  \(result.summary)" : "")")
      for text in result.fixed { context.print("    put right: \(text)") }
      for finding in result.findings {
        context.print("    \(finding.text)")
        if let hint = finding.hint { context.print("      \(hint, .dim)") }
      }
      for text in result.failedFixes { context.print("    could not be put right: \(text)") }
    }
    let findings = results.flatMap(\.findings)
    let (errors, fixed) = (findings.count { $0.severity == .error }, results.flatMap(\.fixed).count)
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    var summary =
      "\(count(results.count, "check")): \(count(errors, "error")), \(count(findings.count - errors, "warning"))"
    if fixed > 0 { summary += ", \(fixed) put right" }
    context.print("\(summary)")
    let isOpen = results.contains { $0.failedFixes.isEmpty && $0.findings.contains(where: \.isFixable) }
    if isOpen { context.print("`gt doctor --fix` puts right what it can") }
  }

  private static func writeJSON(_ results: [CheckResult], _ context: GtContext) {
    let findings = results.flatMap(\.findings)
    let errors = findings.count { $0.severity == .error }
    context.object { writer in
      writer.key("checks")
      writer.array(results) { writer, result in
        writer.object { writer in
          writer.member("name", result.name)
          writer.member("group", result.group)
          writer.member("status", result.severity?.rawValue ?? "ok")
          writer.key("findings")
          writer.array(result.findings) { writer, finding in
            writer.object { writer in
              writer.member("severity", finding.severity.rawValue)
              writer.member("text", finding.text)
              writer.member("hint", finding.hint ?? "")
              writer.member("fixable", finding.isFixable)
            }
          }
          writer.member("fixed", result.fixed)
          writer.member("failed_fixes", result.failedFixes)
        }
      }
      writer.key("summary")
      writer.object { writer in
        writer.member("checks", results.count)
        writer.member("errors", errors)
        writer.member("warnings", findings.count - errors)
        writer.member("fixed", results.flatMap(\.fixed).count)
      }
    }
  }
}
