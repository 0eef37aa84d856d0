import BeadsKit
import CommandKit
import GasTownKit

/// `gt log`.
enum LogCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "log", summary: "Show the log of the town", section: CommandTree.Section.diagnostics,
      discussion: "The last lines of logs/town.log, oldest first; times are UTC.",
      examples: [
        "gt log", "gt log -n 50 --type done --agent app", "gt log --since 1h --json", "gt log --follow",
      ],
      flags: [
        .int("limit", short: "n", in: 0...100_000, default: 20, help: "So many lines at the most"),
        .string("type", short: "t", placeholder: "TYPE", help: "Only of this type, such as spawn or crash"),
        .string(
          "agent", short: "a", placeholder: "ADDRESS", help: "Only of agents whose address begins with this"),
        .string("since", placeholder: "TIME", help: "What happened since then: 1h, 2026-03-02"),
        .bool("follow", short: "f", help: "Go on with what comes"),
        .bool("acp", hidden: true, help: "Ignored: there is one log"),
      ],
      subcommands: [crash]
    ) { arguments, context in
      if context.isJSON, arguments.bool("follow") {
        throw BeadsError(.invalid, "--follow never ends, and --json prints one document; use one of them")
      }
      let (type, agent) = (arguments.string("type"), arguments.string("agent"))
      let log = TownLog(try context.town())
      let lines = try log.lines(
        limit: try arguments.int("limit") ?? 20, type: type, agent: agent,
        since: try context.since(arguments.string("since")))
      if context.isJSON { return context.json { $0.array(lines) { write($1, &$0) } } }
      if lines.isEmpty, !arguments.bool("follow") { return context.print("No lines") }
      for line in lines { context.print(text(line)) }
      guard arguments.bool("follow") else { return }
      context.output.flush()
      try log.follow(type: type, agent: agent) { lines in
        for line in lines { context.print(text(line)) }
        context.output.flush()
        return !context.output.standardOutput.isClosed
      }
    }
  }

  private static func text(_ line: TownLogLine) -> TerminalText {
    "\(line.time.shown, .dim) [\(line.type)] \(line.agent, .bold) \(line.detail)"
  }

  private static func write(_ line: TownLogLine, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("ts", line.time.description)
      writer.member("type", line.type)
      writer.member("agent", line.agent)
      writer.member("detail", line.detail)
    }
  }

  /// Called by tmux when the program in a pane has ended.
  private static var crash: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "crash", summary: "Record that an agent's session has ended by itself",
      examples: ["gt log crash --agent app/polecats/nux --session ap-nux --exit-code 137"],
      flags: [
        .string("agent", placeholder: "ADDRESS", help: "Whose session"),
        .string("session", placeholder: "NAME", help: "The session"),
        .int("exit-code", placeholder: "N", help: "What it ended with"),
      ]
    ) { arguments, context in
      guard let name = arguments.string("agent") else {
        throw BeadsError(.invalid, "--agent is missing", hint: "it says whose session has ended")
      }
      let agent = try context.town().address(name)
      let code = try arguments.int("exit-code")
      let reason = code.map { "ended with status \($0)" } ?? "ended"
      try context.events().append(
        "session_death", actor: agent.text,
        [
          ("session", arguments.string("session")), ("agent", agent.text), ("reason", reason),
          ("caller", "gt log crash"),
        ])
      TownLog(try context.town()).append("crash", agent: agent.text, reason)
      if context.isJSON { return context.object { $0.member("recorded", true) } }
      context.print("Recorded: \(agent) \(reason)")
    }
  }
}
