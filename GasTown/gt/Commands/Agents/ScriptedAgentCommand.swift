import BeadsKit
import CommandKit
import GasTownKit

/// `gt scripted-agent`: a coding agent without a model, and `gt run-agent`, which starts agents without a terminal.
enum ScriptedAgentCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "scripted-agent", summary: "Behave like a coding agent, following a script",
      section: CommandTree.Section.agents, hidden: true,
      discussion: """
        Without a script it follows the lines of its issue's description that start with `scripted:`; without those it \
        writes a file named after the issue, commits it, and calls `gt done`.

        Commands of a script: say TEXT, write FILE TEXT, leave FILE TEXT, commit MESSAGE, checkpoint STEP [TITLE], \
        gt WORD..., git WORD..., sleep DURATION, wait [TEXT], child DURATION, limit, flood MEGABYTES, swallow N, \
        ignore, hang, crash, exit STATUS, done. `once` before a command lets it happen once for an issue.
        """,
      examples: ["gt scripted-agent", "gt scripted-agent script.txt"],
      flags: [.string("prompt", placeholder: "TEXT", help: "The first instruction")],
      positionals: [.optional("script", help: "A file with one command a line")]
    ) { arguments, context in
      let script = try arguments.positionals.first.map { path throws(BeadsError) in
        try Script(FileSystem.readText(Path.absolute(path, in: context.environment.currentDirectory)))
      }
      guard let program = context.program() else {
        throw BeadsError(.unsupported, "the file of this program is not known")
      }
      context.output.flush()
      let agent = ScriptedAgent(
        context.environment, program: program, script: script, prompt: arguments.string("prompt"))
      let status = agent.run()
      if status != 0 { throw ExitStatus(status) }
    }
  }

  static var runAgent: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "run-agent", summary: "Run the agent of a headless session", section: CommandTree.Section.agents,
      hidden: true, positionals: [.required("folder")]
    ) { arguments, _ in _ = try HeadlessAgent.run(folder: arguments.positionals[0]) }
  }

  static var nudgePoller: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "nudge-poller", summary: "See a session through its start", section: CommandTree.Section.agents,
      hidden: true,
      discussion: "Answers what the agent asks, waits until it waits for input, and types what waits for it.",
      flags: [
        .string("interval", placeholder: "TIME", help: "Between two looks (default: 400ms)"),
        .string("idle-timeout", placeholder: "TIME", hidden: true, help: "It is seen when the agent waits"),
      ],
      positionals: [.required("session")]
    ) { arguments, context in
      let interval = try arguments.string("interval").map(GoDuration.nanoseconds) ?? 400_000_000
      let limit = try context.launcher().startLimit
      if try !context.nudges().settle(
        arguments.positionals[0], within: limit, every: max(10_000_000, interval))
      {
        throw ExitStatus(1)
      }
    }
  }

  static var runInPane: CommandTree.GtCommand {
    CommandTree.GtCommand(
      PaneAgent.verb, summary: "Run an agent on this terminal", section: CommandTree.Section.agents,
      hidden: true, positionals: [.oneOrMore("program")], passesArguments: true
    ) { arguments, _ in
      let status = try PaneAgent.run(arguments.positionals)
      if status != 0 { throw ExitStatus(status) }
    }
  }
}
