import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig start`, `stop`, `restart`: work in a project goes on, or comes to rest.
enum RigSessionCommands {
  static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", aliases: ["boot"],
      summary: "Let work in a project go on: unpark it and start the sessions of those with work",
      examples: ["gt rig start shop"], positionals: [.oneOrMore("rig")]
    ) { arguments, context in
      let town = try context.town()
      var results: [(AgentAddress, String)] = []
      for rig in try arguments.positionals.map({ try town.rig($0) }) { try start(rig, &results, context) }
      if context.isJSON || !results.isEmpty { context.show(results) }
    }
  }

  /// Unparks a rig and starts those who have work.
  private static func start(
    _ rig: Rig, _ results: inout [(AgentAddress, String)], _ context: GtContext
  ) throws(BeadsError) {
    let (database, launcher) = (try context.database(), try context.launcher())
    try RigState.park(rig.name, false, in: database)
    try RigState.requireOperational(rig, in: database)
    let agents = try database.agents(rig: rig.name).filter { $0.bead != nil && $0.address.role.hasSession }
    let alive = launcher.liveness(of: agents.map(\.address))
    for agent in agents {
      switch alive[agent.address] {
      case .some(.none), .dead?:
        try database.update(agent.address) { $0.isWanted = true }
        try launcher.start(agent.address)
        results.append((agent.address, "started"))
      case .alive?: results.append((agent.address, "already running"))
      case .unknown(let reason)?: results.append((agent.address, "left alone: \(reason)"))
      case nil: break
      }
    }
    if !context.isJSON { context.print("✓ \(rig.name.rawValue, .bold) is operational") }
  }

  static var stop: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stop", aliases: ["shutdown"],
      summary: "Bring work in a project to rest: park it and end the sessions of its polecats",
      discussion: """
        Crew members are left alone. Worktrees and assignments stay, so that `gt rig start` goes on with them. \
        Refuses while a polecat has files that are not committed.
        """,
      examples: ["gt rig stop shop"],
      flags: forceFlags, positionals: [.oneOrMore("rig")]
    ) { arguments, context in
      let rigs = try chosen(arguments, context)
      var results: [(AgentAddress, String)] = []
      for rig in rigs { try stop(rig, &results, context) }
      if context.isJSON || !results.isEmpty { context.show(results) }
    }
  }

  static var restart: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "restart", aliases: ["reboot"],
      summary: "Give the polecats of a project new sessions for the work they have",
      discussion: """
        As `gt rig stop` and `gt rig start`: worktrees and assignments stay. Refuses while a polecat has files that are \
        not committed.
        """,
      examples: ["gt rig restart shop"], flags: forceFlags, positionals: [.oneOrMore("rig")]
    ) { arguments, context in
      let rigs = try chosen(arguments, context)
      // One that may not be started again is not stopped either.
      if let docked = rigs.first(where: \.isDocked) {
        try RigState.requireOperational(docked, in: try context.database())
      }
      var results: [(AgentAddress, String)] = []
      for rig in rigs {
        try stop(rig, &results, context)
        try start(rig, &results, context)
      }
      if context.isJSON || !results.isEmpty { context.show(results) }
    }
  }

  private static var forceFlags: [Flag] {
    [
      .bool("force", short: "f", help: "Also when polecats have files that are not committed"),
      .bool("nuclear", hidden: true, help: "The same as --force"),
    ]
  }

  /// The rigs that the arguments name, unless the work in one of them is against ending its sessions.
  private static func chosen(_ arguments: Arguments, _ context: GtContext) throws(BeadsError) -> [Rig] {
    let town = try context.town()
    let rigs = try arguments.positionals.map { name throws(BeadsError) in try town.rig(name) }
    if !arguments.bool("force"), !arguments.bool("nuclear") {
      for rig in rigs { try requireSaved(rig, context) }
    }
    return rigs
  }

  /// Parks a rig and ends the sessions of its polecats.
  private static func stop(
    _ rig: Rig, _ results: inout [(AgentAddress, String)], _ context: GtContext
  ) throws(BeadsError) {
    let (database, launcher) = (try context.database(), try context.launcher())
    try RigState.park(rig.name, true, in: database)
    for agent in try database.agents(rig: rig.name) where agent.address.role == .polecat {
      try database.update(agent.address) { $0.isWanted = false }
      if try launcher.stop(agent.address, reason: context.command) {
        results.append((agent.address, "stopped"))
      }
    }
    if !context.isJSON { context.print("✓ \(rig.name.rawValue, .bold) is parked") }
  }

  private static func requireSaved(_ rig: Rig, _ context: GtContext) throws(BeadsError) {
    let worktrees = RigWorktrees(rig, in: try context.town())
    var unsaved: [String] = []
    for agent in try context.database().agents(rig: rig.name, role: .polecat) {
      guard let name = agent.address.name, FileSystem.exists(rig.polecatWorktree(name)) else { continue }
      let state = try worktrees.state(of: name)
      if !state.isClean {
        unsaved.append("\(agent.address): \(state.uncommitted.prefix(3).joined(separator: ", "))")
      }
    }
    if unsaved.isEmpty { return }
    throw BeadsError(
      .refused, "polecats of \(rig.name) have files that are not committed", details: unsaved,
      hint: "let them commit, or give --force: the files stay where they are")
  }
}
