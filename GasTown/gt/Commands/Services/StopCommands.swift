import BeadsKit
import CommandKit
import GasTownKit

/// `gt estop` and `gt thaw`: everything stops where it is, and goes on there.
enum StopCommands {
  private static let rig = Flag.string("rig", placeholder: "RIG", help: "Only the agents of this project")

  static var estop: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "estop", summary: "Freeze every agent where it is", section: CommandTree.Section.services,
      discussion: """
        Writes ESTOP and stops every process that gt started for an agent, in the middle of whatever it does. Nothing \
        is lost and nothing is started until `gt thaw`. The mayor goes on and is told. Calling it again freezes what \
        is not frozen.
        """,
      examples: ["gt estop", "gt estop --reason \"something deletes branches\"", "gt estop --rig shop"],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", help: "Why, for whoever finds the town frozen"),
        rig,
      ], positionals: [.zeroOrMore("reason", help: "The same as --reason")]
    ) { arguments, context in
      let rig = try chosen(context)
      let words = arguments.positionals.joined(separator: " ")
      let reason = arguments.string("reason") ?? words
      let caller = try context.me()
      let outcome = try Freezing(try context.launcher()).stop(rig, by: caller.text, reason: reason)
      if outcome.isNew { tellMayor("Emergency stop of \(outcome.stop.summary). Give out nothing.", context) }
      if context.isJSON {
        write(outcome, "frozen", context)
      } else {
        let since = outcome.isNew ? "" : ", which stands already"
        context.print("✓ Emergency stop of \(outcome.stop.summary)\(since)")
        list(outcome.agents, "frozen", context)
        for (agent, why) in outcome.failures { context.print("\("✗", .red) \(agent) is not frozen: \(why)") }
        context.print("  `gt thaw\(rig.map { " --rig \($0)" } ?? "")` lets them go on")
      }
      if !outcome.failures.isEmpty { throw ExitStatus(1) }
    }
  }

  static var thaw: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "thaw", summary: "End an emergency stop: frozen agents go on", section: CommandTree.Section.services,
      examples: ["gt thaw", "gt thaw --rig shop"], flags: [rig]
    ) { _, context in
      let rig = try chosen(context)
      let caller = try context.me()
      let outcome = try Freezing(try context.launcher()).thaw(rig, by: caller.text)
      if let outcome {
        tellMayor("The emergency stop of \(rig.map { "the rig \($0)" } ?? "the town") is over.", context)
        if context.isJSON { return write(outcome, "thawed", context) }
        context.print("✓ The emergency stop of \(rig.map { "the rig \($0)" } ?? "the town") is over")
        list(outcome.agents, "going on", context)
        list(outcome.held, "still frozen by another stop", context)
        return
      }
      if context.isJSON { return context.object { $0.member("stopped", false) } }
      context.print("No emergency stop stands\(rig.map { " for the rig \($0)" } ?? "")")
      for stop in EmergencyStop.standing(in: try context.town()) {
        context.print("  One of \(stop.summary) does")
      }
    }
  }

  private static func chosen(_ context: GtContext) throws(BeadsError) -> RigName? {
    try context.arguments.string("rig").map { name throws(BeadsError) in try context.town().rig(name).name }
  }

  /// Somebody has to know; a mayor who does not run finds it in `gt prime`.
  private static func tellMayor(_ text: String, _ context: GtContext) {
    do throws(BeadsError) {
      if try context.me() == .mayor { return }
      guard try context.database().openSession(of: .mayor)?.process?.isAlive == true else { return }
      try context.nudges().send(
        to: .mayor, from: try context.me(), text: text, urgent: true, mode: .immediate)
    } catch {
      context.warn("the mayor was not told: \(error.message)")
    }
  }

  private static func list(_ agents: [AgentAddress], _ word: String, _ context: GtContext) {
    if agents.isEmpty { return }
    context.print("  \(word): \(agents.map(\.text).joined(separator: ", "))")
  }

  private static func write(_ outcome: Freezing.Outcome, _ word: String, _ context: GtContext) {
    context.object { writer in
      writer.member("stopped", word == "frozen")
      writer.member("new", outcome.isNew)
      writer.member(optional: "rig", outcome.stop.rig?.rawValue)
      writer.member("trigger", outcome.stop.trigger)
      writer.member(optional: "at", outcome.stop.at?.description)
      writer.member("reason", outcome.stop.reason)
      writer.key(word)
      writer.array(outcome.agents) { $0.string($1.text) }
      if word == "thawed" { writer.member("held", outcome.held.map(\.text)) }
      writer.key("failed")
      writer.array(outcome.failures) { writer, failure in
        writer.object {
          $0.member("agent", failure.agent.text)
          $0.member("reason", failure.reason)
        }
      }
    }
  }
}
