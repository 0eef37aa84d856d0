import BeadsKit
import CommandKit
import GasTownKit

/// `gt mayor`: the agent that a person talks to.
enum MayorCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mayor", aliases: ["may"], summary: "Start, visit and end the mayor",
      section: CommandTree.Section.agents,
      discussion:
        "The mayor plans, files issues and slings work; it is the one agent a person needs to talk to.",
      subcommands: [start, stop, restart, attach, status])
  }

  private static let runtime = Flag.string(
    "agent", placeholder: "NAME", help: "The runtime it has from now on")

  private static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Start the mayor", examples: ["gt mayor start", "gt mayor start --agent codex"],
      flags: [runtime]
    ) { arguments, context in
      try context.started(.mayor, try context.launcher().bringUp(.mayor, runtime: arguments.string("agent")))
    }
  }

  private static var stop: CommandTree.GtCommand {
    CommandTree.GtCommand("stop", summary: "End the mayor's session") { _, context in
      try context.bringDown(.mayor)
    }
  }

  private static var restart: CommandTree.GtCommand {
    CommandTree.GtCommand("restart", summary: "End the mayor's session and start a new one", flags: [runtime])
    {
      arguments, context in
      let launcher = try context.launcher()
      _ = try launcher.stop(.mayor, reason: "restarted")
      try context.started(.mayor, try launcher.bringUp(.mayor, runtime: arguments.string("agent")))
    }
  }

  private static var attach: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "attach", aliases: ["at"], summary: "Talk to the mayor; it is started if need be",
      examples: ["gt mayor attach"],
      flags: [runtime]
    ) { arguments, context in
      let launcher = try context.launcher()
      switch launcher.liveness(of: [.mayor])[.mayor] ?? .none {
      case .alive: break
      case .unknown(let reason) where launcher.sessions.backend != "none":
        throw BeadsError(.io, "it cannot be told whether the mayor runs: \(reason)")
      case .dead, .none, .unknown:
        let session = try launcher.bringUp(.mayor, runtime: arguments.string("agent"))
        if session.commandLine != nil { return try context.started(.mayor, session) }
      }
      try context.attach(.mayor)
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show whether the mayor runs", examples: ["gt mayor status --running"],
      flags: [.bool("running", help: "Print nothing; exit with 0 if it runs, else 1")]
    ) { arguments, context in
      guard arguments.bool("running") else { return try context.showSession(of: .mayor) }
      if try context.launcher().liveness(of: [.mayor])[.mayor]?.isAlive != true { throw ExitStatus(1) }
    }
  }
}
