import BeadsKit
import CommandKit
import GasTownKit

/// `gt boot`: what looks after the daemon, and carries out warrants.
enum BootCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "boot", summary: "See and do what keeps the watchers running", section: CommandTree.Section.agents,
      discussion: "Warrants are carried out, and a daemon that shall run is started. No model runs.",
      subcommands: [status, triage("triage", "Look once, and act"), triage("spawn", "The same as triage")])
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show what was found last", examples: ["gt boot status", "gt boot status --json"]
    ) { _, context in
      let last = try BootTriage.last(in: try context.town())
      if context.isJSON { return context.json { $0.raw(last.compactText) } }
      let action = last["last_action"]?.stringValue ?? "nothing yet"
      let at = last["completed_at"]?.stringValue.map { " at \(Timestamp.shown($0))" } ?? ""
      context.print("Last: \(action)\(at)")
      if let error = last["error"]?.stringValue, !error.isEmpty { context.print("  \(error)") }
    }
  }

  private static func triage(_ name: String, _ summary: String) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      name, summary: summary, examples: ["gt boot \(name)"],
      flags: [
        .string("agent", placeholder: "NAME", hidden: true, help: "No agent plays this part: it is code"),
        .bool("degraded", hidden: true, help: "It is never done by a model"),
      ]
    ) { _, context in
      let triage = BootTriage(try context.launcher(), program: try context.ownProgram())
      let result = try triage.run()
      if context.isJSON { return context.json { $0.raw(result.compactText) } }
      context.print(
        "✓ \(result["last_action"]?.stringValue ?? "nothing"): \(result["target"]?.stringValue ?? "")")
    }
  }
}
