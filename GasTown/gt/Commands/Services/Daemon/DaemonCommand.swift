import BeadsKit
import CommandKit
import GasTownKit

/// `gt daemon`: the loop that keeps the town running.
enum DaemonCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "daemon", summary: "The loop that keeps the town running", section: CommandTree.Section.services,
      discussion: """
        One process, no model, no tokens: it starts again what died, reminds idle agents of their work, types nudges, \
        feeds convoys and merges what passes its gates. `gt why` tells what it did and why.
        """,
      examples: ["gt daemon start", "gt daemon status", "gt daemon logs -n 20", "gt daemon stop"],
      subcommands: [run, start, stop, status, logs, rotateLogs, enableSupervisor, clearBackoff])
  }

  private static var run: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "run", summary: "Run the daemon here", examples: ["gt daemon run"],
      flags: [.bool("quiet", short: "q", help: "Write into the log alone")]
    ) { arguments, context in
      let daemon = Daemon(try context.town())
      let isQuiet = arguments.bool("quiet")
      let output = context.output
      try daemon.run(program: try context.ownProgram()) { line in
        daemon.write(line)
        if !isQuiet { output.note("\(line)") }
      }
    }
  }

  private static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Start the daemon in the background", examples: ["gt daemon start"]
    ) { _, context in
      let (process, isNew) = try Daemon(try context.town()).start(program: try context.ownProgram())
      if context.isJSON {
        return context.object {
          $0.member("running", true)
          $0.member("pid", Int(process.pid))
          $0.member("started", isNew)
        }
      }
      context.print(
        isNew ? "✓ Daemon started, process \(process.pid)" : "The daemon runs already, process \(process.pid)"
      )
    }
  }

  private static var stop: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stop", summary: "End the daemon; agents go on", examples: ["gt daemon stop"]
    ) { _, context in
      let wasRunning = try Daemon(try context.town()).stop()
      if context.isJSON { return context.object { $0.member("stopped", wasRunning) } }
      context.print(wasRunning ? "✓ Daemon ended" : "No daemon runs")
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Tell whether the daemon runs",
      discussion: "The exit status is 0 when it does and 3 when it does not.", examples: ["gt daemon status"]
    ) { _, context in
      let process = try Daemon(try context.town()).process()
      let state = try Daemon(try context.town()).state()
      let age = state?.lastLook.map { (context.environment.clock() - $0.unixNanoseconds) / 1_000_000_000 }
      if context.isJSON {
        context.object { writer in
          writer.member("running", process != nil)
          if let process { writer.member("pid", Int(process.pid)) }
          if let age { writer.member("last_tick_seconds", Int(age)) }
        }
      } else if let process {
        context.print("The daemon runs, process \(process.pid); it looked \(age ?? 0) s ago")
      } else {
        context.print("No daemon runs; `gt daemon start` starts one")
      }
      if process == nil { throw ExitStatus(3) }
    }
  }

  private static var logs: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "logs", summary: "Show what the daemon did",
      examples: ["gt daemon logs", "gt daemon logs -n 200", "gt daemon logs --follow"],
      flags: [
        .int("lines", short: "n", in: 1...100_000, default: 50, help: "How many lines"),
        .bool("follow", short: "f", help: "Go on with what comes"),
      ]
    ) { arguments, context in
      let (daemon, follows) = (Daemon(try context.town()), arguments.bool("follow"))
      if context.isJSON, follows {
        throw BeadsError(.invalid, "--follow never ends, and --json prints one document; use one of them")
      }
      let shown = try daemon.lastLines(try arguments.int("lines") ?? 50)
      if context.isJSON { return context.json { $0.array(shown) { $0.string($1) } } }
      if shown.isEmpty, !follows { context.print("The daemon has not run yet") }
      for line in shown { context.print("\(line)") }
      guard follows else { return }
      context.output.flush()
      try daemon.followLog { lines in
        for line in lines { context.print("\(line)") }
        context.output.flush()
        return !context.output.standardOutput.isClosed
      }
    }
  }

  private static var rotateLogs: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "rotate-logs", summary: "Put the daemon's log aside when it has grown large",
      discussion: "The daemon does so by itself; the last five are kept as daemon.log.1 to daemon.log.5.",
      examples: ["gt daemon rotate-logs", "gt daemon rotate-logs --force"],
      flags: [.bool("force", help: "Whatever its size")]
    ) { arguments, context in
      let daemon = Daemon(try context.town())
      let isRotated = try daemon.rotateLogs(isForced: arguments.bool("force"))
      if context.isJSON { return context.object { $0.member("rotated", isRotated) } }
      context.print(
        isRotated ? "✓ The log is now \(daemon.logPath).1" : "The log is not large; --force puts it aside")
    }
  }

  private static var enableSupervisor: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "enable-supervisor",
      summary: "Have the system start the daemon when you log in, and again when it dies",
      discussion: """
        Writes a unit for systemd (Linux) or an agent for launchd (macOS), of this user and this town alone, and turns \
        it on. `gt down` still ends the daemon; it runs again after `gt up` or the next login.
        """,
      examples: ["gt daemon enable-supervisor"]
    ) { _, context in
      let supervisor = try Supervisor(try context.town(), program: try context.ownProgram())
      try supervisor.enable()
      if context.isJSON {
        return context.object { writer in
          writer.member("kind", supervisor.kind.rawValue)
          writer.member("path", supervisor.path)
        }
      }
      context.print("✓ Wrote \(supervisor.path)")
      context.print("✓ \(supervisor.kind.rawValue) starts the daemon of \(try context.town().root)")
      context.print("  \(supervisor.disabling.joined(separator: " ")) turns it off again")
    }
  }

  private static var clearBackoff: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "clear-backoff", summary: "Let an agent that died too often be started again",
      examples: ["gt daemon clear-backoff app/polecats/nux"], positionals: [.required("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals[0])
      let isCleared = try context.database().clearBackoff(of: agent)
      if context.isJSON { return context.object { $0.member("cleared", isCleared) } }
      context.print(
        isCleared ? "✓ \(agent) is started again when it shall run" : "Nothing holds \(agent) back")
    }
  }
}

extension GtContext {
  /// The file of this program, which other processes are to run.
  func ownProgram() throws(BeadsError) -> String {
    if let program = program() { return program }
    throw BeadsError(.missingProgram, "the file of the program gt is not known", hint: "call gt by its path")
  }
}
