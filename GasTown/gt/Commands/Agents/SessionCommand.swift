import BeadsKit
import CommandKit
import GasTownKit

/// `gt session` and `gt peek`: the sessions that agents run in.
enum SessionCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "session", aliases: ["sess", "sessions"], summary: "Look at the sessions of agents, start and end them",
      section: CommandTree.Section.agents,
      subcommands: [list, start, stop, restart, status, capture, at, inject, check])
  }

  private static let agent = Positional.required("agent", help: "mayor, app/nux, app/crew/max")

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", summary: "List the sessions", examples: ["gt session list --rig app --json"],
      flags: [.string("rig", placeholder: "RIG", help: "Only sessions of this rig")]
    ) { arguments, context in
      let rig = try arguments.string("rig").map { name throws(BeadsError) in try context.town().rig(name).name
      }
      let open = try context.database().openSessions().filter { rig == nil || $0.address.rig == rig }
      let alive = try context.launcher().liveness(of: open.map(\.address))
      if context.isJSON {
        return context.json { writer in
          writer.array(open) { writer, record in
            writer.object { $0.session(record, alive[record.address] ?? .none) }
          }
        }
      }
      if open.isEmpty { return context.print("No sessions") }
      var table = Table([.init("SESSION"), .init("AGENT"), .init("STATE"), .init("RUNTIME"), .init("WORK")])
      for record in open {
        table.add(
          "\(record.name, .bold)", "\(record.address)", state(alive[record.address] ?? .none),
          "\(record.runtime)",
          "\(record.bead ?? "-")")
      }
      context.output.print(table)
    }
  }

  private static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Start the session of an agent",
      discussion: "For new work use `gt sling`; this starts the session of an assignment that lost it.",
      examples: ["gt session start app/nux"],
      flags: [
        .string("issue", placeholder: "ID", help: "Only if this is what the agent is to work on"),
        .string("agent", placeholder: "NAME", help: "The runtime it has from now on"),
      ], positionals: [agent]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals[0])
      if let issue = arguments.string("issue"), try context.database().agent(agent)?.bead?.rawValue != issue {
        throw BeadsError(
          .conflict, "\(agent) is not assigned to \(issue)", hint: "`gt sling \(issue) \(agent)` assigns it")
      }
      try context.started(
        agent, try context.launcher().bringUp(agent, runtime: arguments.string("agent")))
    }
  }

  private static var stop: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stop", summary: "End the session of an agent; its worktree and its assignment stay",
      examples: ["gt session stop app/nux"],
      flags: [.bool("force", short: "f", hidden: true, help: "Accepted; nothing is ever lost")],
      positionals: [agent]
    ) { arguments, context in try context.bringDown(try context.agent(arguments.positionals[0])) }
  }

  private static var restart: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "restart", summary: "End the session of an agent and start a new one",
      examples: ["gt session restart app/nux"],
      flags: [.bool("force", short: "f", hidden: true, help: "Accepted; nothing is ever lost")],
      positionals: [agent]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals[0])
      let launcher = try context.launcher()
      _ = try launcher.stop(agent, reason: "restarted")
      try context.started(agent, try launcher.bringUp(agent))
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand("status", summary: "Show whether an agent runs", positionals: [agent]) {
      arguments, context in
      try context.showSession(of: try context.agent(arguments.positionals[0]))
    }
  }

  private static let lines = Flag.int(
    "lines", short: "n", in: 1...100_000, default: 100, help: "How many lines")

  private static var capture: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "capture", summary: "Print what a session shows", examples: ["gt session capture app/nux -n 20"],
      flags: [lines], positionals: [agent, .optional("count")], run: show)
  }

  static var peek: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "peek", summary: "Print what an agent's session shows", section: CommandTree.Section.agents,
      examples: ["gt peek app/nux", "gt peek mayor 20"], flags: [lines],
      positionals: [agent, .optional("count")],
      run: show)
  }

  @Sendable private static func show(_ arguments: Arguments, _ context: GtContext) throws {
    let agent = try context.agent(arguments.positionals[0])
    var count = try arguments.int("lines") ?? 100
    if arguments.positionals.count > 1 {
      guard let number = Int(arguments.positionals[1]), number > 0 else {
        throw BeadsError(.invalid, "\(quoted(arguments.positionals[1])) is no number of lines")
      }
      count = number
    }
    let text = try context.launcher().peek(agent, lines: count)
    if context.isJSON {
      return context.object { writer in
        writer.member("agent", agent.text)
        writer.member("output", text)
      }
    }
    context.print("\(multiline: text)")
  }

  private static var at: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "at", aliases: ["attach"], summary: "Go to a session", examples: ["gt session at app/nux"],
      positionals: [agent]
    ) { arguments, context in try context.attach(try context.agent(arguments.positionals[0])) }
  }

  private static var inject: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "inject", summary: "Type a text into a session as it is", discussion: "`gt nudge` says who it is from.",
      examples: ["gt session inject app/nux -m \"/compact\""],
      flags: [
        .string("message", short: "m", placeholder: "TEXT", help: "The text"),
        .string("file", short: "f", placeholder: "FILE", help: "Take the text from a file"),
      ], positionals: [agent]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals[0])
      let text: String
      if let file = arguments.string("file") {
        text = try FileSystem.readText(Path.absolute(file, in: context.environment.currentDirectory))
      } else {
        text = arguments.string("message") ?? ""
      }
      if text.isEmpty { throw UsageError(.missingArguments(["--message or --file"])) }
      let isTaken = try context.launcher().inject(text, into: agent)
      if context.isJSON { return context.object { $0.member("taken", isTaken) } }
      context.print(isTaken ? "✓ \(agent) took it" : "Typed for \(agent)")
      if !isTaken { context.warn("it was not seen to be taken; `gt peek \(agent)` shows the session") }
    }
  }

  private static var check: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "check", summary: "Compare the sessions that run with those on record",
      discussion: "Exits with 1 when something does not fit.",
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try arguments.positionals.first.map { name throws(BeadsError) in
        try context.town().rig(name).name
      }
      let audit = try SessionAudit(try context.launcher())
      let findings = audit.findings.filter { rig == nil || $0.address?.rig == rig }
      if context.isJSON {
        context.object { writer in
          writer.member("total_sessions", audit.sessionCount)
          writer.key("issues")
          writer.array(findings) { $0.finding($1) }
        }
      } else {
        context.show(findings, of: audit)
      }
      if !findings.isEmpty { throw ExitStatus(1) }
    }
  }

  static func state(_ liveness: Liveness) -> TerminalText {
    switch liveness {
    case .alive: TerminalText("running", .green)
    case .dead(let exit): TerminalText("ended" + (exit.map { " (\($0))" } ?? ""), .red)
    case .none: "-"
    case .unknown: TerminalText("unknown", .yellow)
    }
  }
}

extension GtContext {
  /// Prints what does not fit, or that all sessions do.
  func show(_ findings: [SessionAudit.Finding], of audit: SessionAudit) {
    for finding in findings { print("\(finding.kind, .yellow)  \(finding.message)") }
    if findings.isEmpty {
      print("✓ \(audit.sessionCount) session\(audit.sessionCount == 1 ? "" : "s"), all on record")
    }
  }
}

extension JSONWriter {
  /// Writes what does not fit.
  mutating func finding(_ finding: SessionAudit.Finding) {
    object { writer in
      writer.member("type", finding.kind)
      writer.member("session_id", finding.session)
      writer.member(optional: "agent", finding.address?.text)
      if let pid = finding.pid { writer.member("pid", Int(pid)) }
      writer.member("message", finding.message)
    }
  }

  /// Writes the members of a session.
  mutating func session(_ record: SessionRecord, _ liveness: Liveness) {
    member("session", record.name)
    member("agent", record.address.text)
    member(optional: "rig", record.address.rig?.rawValue)
    member("role", record.address.role.rawValue)
    member("running", liveness.isAlive)
    member("backend", record.backend)
    member("runtime", record.runtime)
    member(optional: "issue", record.bead)
    member("started_at", Timestamp(unixNanoseconds: record.startedAt).description)
    switch liveness {
    case .alive(let session):
      if let pid = session.pid { member("pid", Int(pid)) }
      member("attached", session.attachedCount > 0)
      if let time = session.lastActivity {
        member("last_activity", Timestamp(unixNanoseconds: time * 1_000_000_000).description)
      }
    case .dead(let exit): if let exit { member("exit_status", Int(exit)) }
    case .unknown(let reason): member("unknown", reason)
    case .none: break
    }
  }
}
