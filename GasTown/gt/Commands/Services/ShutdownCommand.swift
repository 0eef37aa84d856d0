import BeadsKit
import CommandKit
import GasTownKit

/// `gt shutdown`: the town stops, and the worktrees of polecats that hold nothing of their own go.
enum ShutdownCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "shutdown", summary: "Stop the town and clear away the worktrees of its polecats",
      section: CommandTree.Section.services,
      discussion: """
        As `gt down`, but crew members go on unless --all is given, and polecats whose worktrees hold nothing that is \
        nowhere else are removed; their issues are open again. Whatever has unsaved work keeps its worktree and its \
        issue. What --nuclear removes is saved first, under refs/gt/salvage in the rig's repository.
        """,
      examples: [
        "gt shutdown --yes", "gt shutdown --graceful --wait 60 -y", "gt shutdown --polecats-only -y",
      ],
      flags: [
        .bool("graceful", short: "g", help: "Ask the agents to save their work first, and wait for them"),
        .int("wait", short: "w", in: 0...3600, default: 30, help: "How many seconds to wait with --graceful"),
        .bool("all", short: "a", help: "Crew members too"),
        .bool("yes", short: "y", help: "Do not ask"),
        .bool("force", short: "f", help: "Do not ask, and do not wait for agents to end by themselves"),
        .bool("polecats-only", help: "Only the polecats; the rest of the town goes on"),
        .bool("nuclear", help: "Worktrees with unsaved work too, after saving it"),
        .bool("cleanup-orphans", hidden: true, help: "Leftovers are looked for in any case"),
        .int(
          "cleanup-orphans-grace-secs", in: 0...3600, default: 60, hidden: true,
          help: "Leftovers whose session has ended have had their time"),
        .bool("dry-run", short: "n", help: "Only tell what would be done"),
      ]
    ) { arguments, context in
      let onlyPolecats = arguments.bool("polecats-only")
      let withCrew = arguments.bool("all")
      var stopping = TownStopping(try context.launcher())
      stopping.reason = "gt shutdown"
      stopping.stopsDaemon = !onlyPolecats
      stopping.includes = { agent in
        switch agent.role {
        case .polecat: true
        case .crew: withCrew && !onlyPolecats
        default: !onlyPolecats
        }
      }
      if arguments.bool("force") { stopping.grace = .zero }
      let force: RemovalForce = arguments.bool("nuclear") ? .nuclear : .none
      if arguments.bool("dry-run") {
        return try context.report(try stopping.plan() + plan(force, context), "stopped")
      }
      if !arguments.bool("yes"), !arguments.bool("force") {
        try context.confirm(
          "Stop \(onlyPolecats ? "the polecats" : "the town") and clear away idle worktrees?")
      }
      if arguments.bool("graceful") {
        try waitForAgents(stopping, seconds: try arguments.int("wait") ?? 30, context)
      }
      let reports = try stopping.run { () throws(BeadsError) in try clear(force, onlyPolecats, context) }
      try context.report(reports, "stopped")
    }
  }

  /// Tells everybody that the end is near, and waits until they have ended.
  private static func waitForAgents(
    _ stopping: TownStopping, seconds: Int, _ context: GtContext
  ) throws(BeadsError) {
    let nudges = try context.nudges()
    for session in try context.database().openSessions() where stopping.includes(session.address) {
      do throws(BeadsError) {
        try nudges.send(
          to: session.address, from: try context.me(),
          text: "The town stops in \(seconds) s. Commit your work now; `gt handoff` or `gt done` if you can.",
          urgent: true, mode: .immediate)
      } catch { context.warn("\(session.address) was not told: \(error.message)") }
    }
    let deadline = monotonicNanoseconds() + Int64(seconds) * 1_000_000_000
    while monotonicNanoseconds() < deadline {
      let open = try context.database().openSessions().filter { stopping.includes($0.address) }
      if open.allSatisfy({ $0.process?.isAlive != true }) { return }
      pause(nanoseconds: 100_000_000)
    }
  }

  private static func polecats(_ context: GtContext) throws(BeadsError) -> [(Polecats, AgentRecord)] {
    var found: [(Polecats, AgentRecord)] = []
    for rig in try context.town().rigs() where FileSystem.isDirectory(rig.root) {
      let polecats = try context.polecats(rig)
      found += try polecats.all().filter { $0.state != .nuked }.map { (polecats, $0) }
    }
    return found
  }

  private static func plan(_ force: RemovalForce, _ context: GtContext) throws(BeadsError) -> [ServiceReport]
  {
    try polecats(context).map { polecats, record throws(BeadsError) in
      let against = try polecats.obstacles(to: record).filter { !$0.isOverruled(by: force) }
      let detail =
        against.isEmpty ? "worktree would be removed" : "worktree would stay: \(against[0].text)"
      return ServiceReport(worktreeOf: record.address, detail)
    }
  }

  private static func clear(
    _ force: RemovalForce, _ onlyPolecats: Bool, _ context: GtContext
  ) throws(BeadsError) -> [ServiceReport] {
    try polecats(context).map { polecats, record throws(BeadsError) in
      // The daemon goes on, and must not start again what was stopped.
      if onlyPolecats { try context.database().update(record.address) { $0.isWanted = false } }
      do throws(BeadsError) {
        let saved = try polecats.nuke(record.address, force: force, reason: "gt shutdown")
        let places = saved.places.isEmpty ? "" : "; saved: \(saved.places.joined(separator: ", "))"
        return ServiceReport(worktreeOf: record.address, "worktree removed\(places)", hasChanged: true)
      } catch {
        guard error.code == .refused else {
          return ServiceReport(worktreeOf: record.address, error.message, isOK: false)
        }
        let why = error.details.first.map { ": \($0)" } ?? ""
        return ServiceReport(worktreeOf: record.address, "worktree stays\(why)")
      }
    }
  }
}

extension GtContext {
  /// Asks a person whether to go on.
  /// - Throws: `refused` when the answer is no, or nobody can be asked.
  func confirm(_ question: String) throws(BeadsError) {
    if try ask(question, otherwise: "--yes does it without asking") { return }
    throw BeadsError(.refused, "nothing was done")
  }

  /// Asks a person a question, and returns whether the answer is yes.
  /// - Parameter hint: What to do where nobody can be asked.
  func ask(_ question: String, otherwise hint: String) throws(BeadsError) -> Bool {
    guard output.isTerminal, !isJSON else {
      throw BeadsError(.refused, "nobody can be asked here", hint: hint)
    }
    output.note("\(question) [y/N]")
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}
