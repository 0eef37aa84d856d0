import BeadsKit
import CommandKit
import GasTownKit

/// What `gt witness`, `gt refinery` and `gt deacon` have in common: watchers that are loops of the daemon, no agents.
struct WatcherCommands {
  /// The word of the group.
  let word: String
  /// What the watcher does, in a clause.
  let duty: String
  /// The watchers that the arguments name.
  let chosen: @Sendable (GtContext) throws(BeadsError) -> [PatrolPause.Patrol]
  let positionals: [Positional]
  /// The argument of examples, with a blank before it.
  let example: String

  var all: [CommandTree.GtCommand] { [start, stop, restart, attach, status] }

  private static let modelFlags: [Flag] = [
    .string("agent", placeholder: "NAME", hidden: true, help: "No agent plays this part: it is code"),
    .list("env", placeholder: "NAME=VALUE", hidden: true, help: "No agent plays this part: it is code"),
    .bool("foreground", hidden: true, help: "`gt daemon run` runs in the foreground"),
  ]

  private var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Let the \(word) work, and start the daemon if it does not run",
      discussion: "The \(word) is a loop of the daemon: no model runs, and it costs no tokens.",
      examples: ["gt \(word) start\(example)"], flags: Self.modelFlags, positionals: positionals
    ) { _, context in try start(context) }
  }

  private func start(_ context: GtContext) throws(BeadsError) {
    let (process, isNew) = try Daemon(try context.town()).start(program: try context.ownProgram())
    for patrol in try chosen(context) {
      try PatrolPause.end(patrol, by: try context.me(), in: try context.town())
      if let pause = PatrolPause.of(patrol, in: try context.town()) {
        throw BeadsError(
          .refused, "the \(word) rests: \(pause.reason)",
          hint: "`gt config show` and mayor/daemon.json tell more")
      }
      if !context.isJSON { context.print("✓ \(patrol.agent.text, .bold) works; no model runs") }
    }
    if !context.isJSON {
      return context.print("  the daemon \(isNew ? "was started" : "runs"), process \(process.pid)")
    }
    try show(context)
  }

  private var stop: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stop", summary: "Have the \(word) rest until it is started again",
      discussion: "It \(duty); while it rests nobody does. Agents and the rest of the daemon go on.",
      examples: ["gt \(word) stop\(example)"], positionals: positionals
    ) { _, context in
      for patrol in try chosen(context) {
        let caller = try context.me()
        let isNew = try PatrolPause.begin(
          patrol, reason: "gt \(word) stop", by: caller, in: try context.town())
        if !context.isJSON {
          context.print(isNew ? "✓ \(patrol.agent.text, .bold) rests" : "\(patrol.agent) rested already")
        }
      }
      if context.isJSON { try show(context) }
    }
  }

  private var restart: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "restart", summary: "Let the \(word) work again; it keeps no state that could be lost",
      examples: ["gt \(word) restart\(example)"], flags: Self.modelFlags, positionals: positionals
    ) { _, context in try start(context) }
  }

  private var attach: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "attach", aliases: ["at"], summary: "Tell where to see what the \(word) does",
      examples: ["gt daemon logs -n 20", "gt why"], flags: Self.modelFlags, positionals: positionals
    ) { _, context in
      for patrol in try chosen(context) {
        throw BeadsError(
          .unsupported, "\(patrol.agent) has no session: it is a loop of the daemon, and no model runs",
          hint: "`gt daemon logs` shows what it does, `gt why` why")
      }
    }
  }

  private var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show whether the \(word) works, and what it did last",
      examples: ["gt \(word) status\(example)", "gt \(word) status\(example) --json"],
      positionals: positionals
    ) { _, context in try show(context) }
  }

  private func show(_ context: GtContext) throws(BeadsError) {
    let reports = try chosen(context).map { patrol throws(BeadsError) in try WatcherReport(patrol, context) }
    if context.isJSON {
      // One watcher is an object, as an agent's status is.
      if reports.count == 1 { return context.object { reports[0].write(to: &$0) } }
      return context.json { writer in
        writer.array(reports) { writer, report in writer.object { report.write(to: &$0) } }
      }
    }
    for report in reports { report.print(context) }
  }
}

/// How a watcher is.
struct WatcherReport {
  let patrol: PatrolPause.Patrol
  let pause: PatrolPause?
  let daemon: ProcessIdentity?
  let lastTick: Int64?
  let agents: [AgentRecord]
  let running: Int
  let decisions: [Decision]
  /// Of a refinery: what it has before it.
  private let queue: QueueReport?

  init(_ patrol: PatrolPause.Patrol, _ context: GtContext) throws(BeadsError) {
    self.patrol = patrol
    let (town, database) = (try context.town(), try context.database())
    pause = PatrolPause.of(patrol, in: town)
    daemon = try Daemon(town).process()
    let tick = try database.fact("daemon.tick").flatMap { Int64($0) }
    lastTick = tick.map { (context.environment.clock() - $0) / 1_000_000_000 }
    let rig = patrol.agent.rig
    queue = if case .refinery(let name) = patrol { try QueueReport(name, context) } else { nil }
    let found = try database.agents(rig: rig).filter { $0.address.role.hasSession && $0.state != .nuked }
    agents = rig == nil ? found : found.filter { $0.address.role == .polecat }
    let open = Set(try database.openSessions().filter { $0.process?.isAlive == true }.map(\.address))
    running = agents.count { open.contains($0.address) }
    let all = try database.decisions(limit: 200)
    decisions = Array(
      all.filter { decision in
        guard let rig else { return true }
        return AgentAddress(decision.subject)?.rig == rig || decision.subject == rig.rawValue
      }.prefix(5))
  }

  private var isRunning: Bool { daemon != nil && pause == nil }

  func print(_ context: GtContext) {
    let state = daemon == nil ? "stopped: the daemon does not run" : pause == nil ? "works" : "rests"
    context.print("\(patrol.agent.text, .bold)  \(state)")
    context.print("  a loop of the daemon: no model runs, no tokens are spent")
    if let pause {
      let by = [pause.by, pause.at].filter { !$0.isEmpty }.joined(separator: ", ")
      context.print(
        "  paused\(by.isEmpty ? "" : " (\(by))")\(pause.reason.isEmpty ? "" : ": \(pause.reason)")")
    }
    if daemon != nil, let lastTick { context.print("  looked \(lastTick) s ago") }
    if let queue {
      queue.print(context)
    } else {
      context.print(
        "  \(agents.count) agents, \(agents.count { $0.bead != nil }) with work, \(running) running")
    }
    for decision in decisions {
      context.print("  \(decision.subject): \(decision.finding) → \(decision.action)")
    }
    if daemon == nil { context.print("  `gt up` starts the daemon") }
  }

  func write(to writer: inout JSONWriter) {
    writer.member("agent", patrol.agent.text)
    writer.member("role", patrol.agent.role.rawValue)
    writer.member(optional: "rig", patrol.agent.rig?.rawValue)
    writer.member("running", isRunning)
    writer.member("mode", "deterministic")
    writer.member("paused", pause != nil)
    if let pause {
      writer.member("pause_reason", pause.reason)
      writer.member("paused_at", pause.at)
      writer.member("paused_by", pause.by)
    }
    if let daemon { writer.member("daemon_pid", Int(daemon.pid)) }
    if let lastTick { writer.member("last_tick_seconds", Int(lastTick)) }
    if let queue {
      queue.write(to: &writer)
    } else {
      writer.member("agents", agents.count)
      writer.member("agents_with_work", agents.count { $0.bead != nil })
      writer.member("agents_running", running)
    }
    writer.key("recent")
    writer.array(decisions) { writer, decision in
      writer.object {
        $0.member("at", Timestamp(unixNanoseconds: decision.at).description)
        $0.member("subject", decision.subject)
        $0.member("finding", decision.finding)
        $0.member("action", decision.action)
      }
    }
  }
}
