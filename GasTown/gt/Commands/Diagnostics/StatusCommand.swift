import BeadsKit
import CommandKit
import GasTownKit

/// `gt status`: the town at a glance, problems first.
enum StatusCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", aliases: ["stat"], summary: "Show the town at a glance, problems first",
      section: CommandTree.Section.diagnostics,
      discussion: """
        ● a session runs, ○ none runs, ✗ it ended although there is work, ? that cannot be seen.
        """,
      examples: ["gt status", "gt status --json", "gt status --fast", "gt status --watch"],
      flags: [
        .bool("watch", short: "w", help: "Show it again and again"),
        .int("interval", short: "n", in: 1...3600, default: 2, help: "Seconds from one look to the next"),
        .bool("fast", help: "Only what the town has on record: no titles, no mail"),
        .bool("verbose", short: "v", help: "Also idle polecats"),
      ]
    ) { arguments, context in
      guard arguments.bool("watch") else { return try show(context) }
      if context.isJSON {
        throw BeadsError(.invalid, "--watch never ends, and --json prints one document; use one of them")
      }
      let seconds = try arguments.int("interval") ?? 2
      while !context.output.standardOutput.isClosed {
        if context.output.isTerminal { context.output.write("\u{1B}[H\u{1B}[2J") }
        try show(context)
        context.output.flush()
        context.close()
        pause(nanoseconds: Int64(seconds) * 1_000_000_000)
      }
    }
  }

  private static func show(_ context: GtContext) throws(BeadsError) {
    let overview = try context.overview(isFast: context.arguments.bool("fast"))
    let town = try context.town()
    let quiet = (try? TownSettings.load(town))?.duration("worker_status.stuck") ?? .seconds(1800)
    let now = context.environment.clock()
    let problems = overview.problems(now: now, quiet: quiet)
    if context.isJSON { return writeJSON(overview, problems, context) }
    write(overview, problems, context, isVerbose: context.arguments.bool("verbose"), now)
  }

  // MARK: Text

  private static func write(
    _ overview: TownOverview, _ problems: [TownProblem], _ context: GtContext, isVerbose: Bool, _ now: Int64
  ) {
    context.print("\(overview.name, .bold)  \(overview.root)")
    if !problems.isEmpty { context.print("") }
    for problem in problems {
      let advice = problem.advice.map { "  → \($0)" } ?? ""
      context.print("\("!", .red) \(problem.subject, .bold) \(problem.finding)\(advice, .dim)")
    }
    context.print("")
    context.output.print(AgentTable(overview.agents, now: now).lines)
    for rig in overview.rigs {
      context.print("")
      let state = rig.state == .operational ? "" : "  \(rig.state.rawValue)"
      context.print(
        "\(rig.rig.name.rawValue, .bold)  \("\(rig.rig.prefix)-… on \(rig.rig.defaultBranch)", .dim)\(state, .yellow)"
      )
      if let waiting = rig.waitingMerges, waiting > 0 {
        let stop = rig.queueStop.map { ", \($0.kind.rawValue)" } ?? ""
        context.print("  \(waiting) waiting to be merged\(stop, .yellow)")
      }
      let shown = rig.agents.filter { isVerbose || $0.hasWork || $0.isRunning || $0.unreadCount > 0 }
      context.output.print(AgentTable(shown, now: now).lines)
      let hidden = rig.agents.count - shown.count
      if hidden > 0 { context.print("  \("\(hidden) without work", .dim)") }
      if rig.agents.isEmpty { context.print("  \("nobody yet", .dim)") }
    }
    if overview.rigs.isEmpty { context.print("\nNo project yet: `gt rig add NAME URL` adds one") }
    context.print("")
    let all = overview.rigs.flatMap(\.agents)
    let parts = [
      count(overview.rigs.count, "rig"), count(all.count, "agent"), "\(all.count { $0.hasWork }) with work",
      "\((all + overview.agents).count { $0.isRunning }) running", count(problems.count, "problem"),
      overview.maximumWorking.map { "\(overview.workingCount) of at most \($0) polecats at work" },
    ].compactMap(\.self)
    context.print("\(parts.joined(separator: " · "))")
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  // MARK: JSON

  private static func writeJSON(_ overview: TownOverview, _ problems: [TownProblem], _ context: GtContext) {
    context.object { writer in
      writer.member("name", overview.name)
      writer.member("location", overview.root)
      writer.key("overseer")
      writer.object { writer in
        for key in ["name", "email", "username", "source"] {
          writer.key(key)
          writer.string(overview.overseer[key]?.stringValue ?? "")
        }
        writer.member("unread_mail", overview.overseerUnread)
      }
      writer.key("dnd")
      writer.object { $0.member("enabled", false) }
      writer.key("daemon")
      writer.object { $0.member("running", overview.daemon != nil) }
      writer.key("tmux")
      writer.object { $0.member("running", overview.hasTmuxSessions) }
      writer.member("acp", false)
      writer.key("agents")
      writer.array(overview.agents) { $0.agent($1) }
      writer.key("rigs")
      writer.array(overview.rigs) { $0.rig($1) }
      writer.key("problems")
      writer.array(problems) { writer, problem in
        writer.object { writer in
          writer.member("subject", problem.subject)
          writer.member("finding", problem.finding)
          writer.member("advice", problem.advice ?? "")
        }
      }
      writer.key("summary")
      writer.object { writer in
        let agents = overview.rigs.flatMap(\.agents)
        writer.member("rig_count", overview.rigs.count)
        writer.member("polecat_count", agents.count { $0.address.role == .polecat })
        writer.member("crew_count", agents.count { $0.address.role == .crew })
        writer.member("witness_count", overview.rigs.count)
        writer.member("refinery_count", overview.rigs.count)
        writer.member("active_hooks", agents.count { $0.hasWork })
        writer.member("problem_count", problems.count)
        writer.member("working_polecats", overview.workingCount)
        if let maximum = overview.maximumWorking { writer.member("max_working_polecats", maximum) }
      }
    }
  }
}

extension JSONWriter {
  /// How it is with the merge queue of a rig.
  mutating func mergeState(_ rig: RigOverview) {
    object { writer in
      guard let count = rig.waitingMerges else { return }
      writer.member("waiting", count)
      writer.member("to_approve", rig.mergesToApprove)
      if let stop = rig.queueStop { writer.queueStop(stop) }
    }
  }

  fileprivate mutating func rig(_ rig: RigOverview) {
    object { writer in
      writer.member("name", rig.rig.name.rawValue)
      writer.member("status", rig.state.rawValue)
      writer.member("polecats", rig.polecats.map(\.name))
      writer.member("crews", rig.crew.map(\.name))
      writer.member("has_witness", true)
      writer.member("has_refinery", true)
      writer.key("hooks")
      writer.array(rig.agents.filter(\.hasWork)) { writer, agent in
        writer.object { writer in
          writer.member("agent", agent.address.text)
          writer.member("role", agent.address.role.rawValue)
          writer.member("bead", agent.record.bead?.rawValue ?? "")
          writer.member("title", agent.workTitle ?? "")
        }
      }
      writer.key("agents")
      writer.array(rig.agents) { $0.agent($1) }
      writer.key("mq")
      writer.mergeState(rig)
    }
  }
}
