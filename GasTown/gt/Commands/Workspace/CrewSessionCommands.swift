import BeadsKit
import CommandKit
import GasTownKit

/// `gt crew start`, `at`, `stop`, `restart`: sessions of crew members.
enum CrewSessionCommands {
  private static let agentFlag = Flag.string(
    "agent", placeholder: "NAME", help: "The runtime (default: what the settings say)")

  private static let dryRun = Flag.bool("dry-run", short: "n", help: "Only say what would be done")
  private static let accountFlag = Flag.string(
    "account", placeholder: "NAME", hidden: true, help: "Ignored: there are no accounts")

  private static let resumeFlag = Flag.string(
    "resume", placeholder: "ID", hidden: true, help: "Ignored: `gt prime` tells where the work stands"
  ).implying("last")

  static var restart: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "restart", summary: "Give crew members new sessions in their clones as they are",
      discussion: "`gt crew refresh` also tells the new session what the old one has reached.",
      examples: ["gt crew restart max", "gt crew restart --all --agent codex"],
      flags: [
        CrewCommand.rigFlag, agentFlag, .bool("all", help: "Of the whole crew of a project"), dryRun,
        .bool("force", short: "f", hidden: true, help: "Accepted; nothing is ever lost"), accountFlag,
        resumeFlag,
      ],
      positionals: [.zeroOrMore("name")]
    ) { arguments, context in
      let launcher = try context.launcher()
      let runtime = arguments.string("agent")
      let chosen = try chosen(arguments, context)
      // Nobody is ended who could not be started again.
      for (rig, member) in chosen { try requireStartable(member, rig, runtime, context) }
      var results: [(AgentAddress, String)] = []
      for (rig, member) in chosen {
        let address = member.record.address
        if arguments.bool("dry-run") {
          results.append((address, "would be restarted"))
          continue
        }
        let ran = try launcher.stop(address, reason: "gt crew restart")
        _ = try start(member, rig, runtime, launcher, context)
        results.append((address, ran ? "restarted" : "started"))
      }
      context.show(results)
    }
  }

  static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Start the sessions of crew members",
      examples: ["gt crew start max", "gt crew start --all"],
      flags: [
        CrewCommand.rigFlag, agentFlag, .bool("all", help: "Of the whole crew of a project"), dryRun,
        accountFlag,
        resumeFlag,
      ],
      positionals: [.zeroOrMore("name")]
    ) { arguments, context in
      let launcher = try context.launcher()
      var results: [(AgentAddress, String)] = []
      for (rig, member) in try chosen(arguments, context) {
        if arguments.bool("dry-run") {
          results.append((member.record.address, "would be started"))
          continue
        }
        results.append(
          (member.record.address, try start(member, rig, arguments.string("agent"), launcher, context)))
      }
      context.show(results)
    }
  }

  static var at: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "at", aliases: ["attach"],
      summary: "Look at the session of a crew member; it is started when there is none",
      examples: ["gt crew at max"],
      flags: [
        CrewCommand.rigFlag, agentFlag, .bool("no-tmux", help: "Print the directory instead"),
        .bool("detached", short: "d", help: "Start the session and do not look at it"),
        .bool("reset", help: "Begin with a new session"),
        .bool("debug", help: "Say which session, directory and runtime are meant"), accountFlag,
      ],
      positionals: [.required("name")]
    ) { arguments, context in
      let rig = try context.crewRig(arguments.positionals[0], arguments.string("rig"))
      let member = try context.crew(rig).find(arguments.positionals[0])
      if arguments.bool("no-tmux") {
        if context.isJSON { return context.object { $0.member("path", member.path) } }
        return context.print("\(member.path)")
      }
      let (launcher, address) = (try context.launcher(), member.record.address)
      if arguments.bool("debug") { try explain(member, rig, arguments.string("agent"), launcher, context) }
      if arguments.bool("reset") {
        try requireStartable(member, rig, arguments.string("agent"), context)
        try launcher.stop(address, reason: "reset")
      }
      let outcome = try start(member, rig, arguments.string("agent"), launcher, context)
      if arguments.bool("detached") { return context.show([(address, outcome)]) }
      try context.attach(address)
    }
  }

  static var stop: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stop", summary: "End the sessions of crew members; their clones stay", examples: ["gt crew stop max"],
      flags: [
        CrewCommand.rigFlag, .bool("all", help: "Of the whole crew of a project"), dryRun,
        .bool("force", short: "f", hidden: true, help: "Accepted; nothing is ever lost"),
      ],
      positionals: [.zeroOrMore("name")]
    ) { arguments, context in
      let launcher = try context.launcher()
      var results: [(AgentAddress, String)] = []
      for (_, member) in try chosen(arguments, context) {
        let address = member.record.address
        if arguments.bool("dry-run") {
          results.append((address, "would be stopped"))
          continue
        }
        if try context.database().agent(address) != nil {
          try context.database().update(address) { $0.isWanted = false }
        }
        let stopped = try launcher.stop(address, reason: "gt crew stop")
        results.append((address, stopped ? "stopped" : "not running"))
      }
      context.show(results)
    }
  }

  /// The members that the arguments name.
  private static func chosen(
    _ arguments: Arguments, _ context: GtContext
  ) throws(BeadsError) -> [(Rig, Crew.Member)] {
    if arguments.positionals.isEmpty {
      guard arguments.bool("all") else {
        throw BeadsError(.invalid, "which crew member is meant?", hint: "name one, or give --all")
      }
      let rig = try context.rig(arguments.string("rig"))
      return try context.crew(rig).members().map { (rig, $0) }
    }
    var found: [(Rig, Crew.Member)] = []
    for name in arguments.positionals {
      let rig = try context.crewRig(name, arguments.string("rig"))
      found.append((rig, try context.crew(rig).find(name)))
    }
    return found
  }

  /// Throws when a session could not be started: the rig rests, or the runtime does not exist.
  private static func requireStartable(
    _ member: Crew.Member, _ rig: Rig, _ runtime: String?, _ context: GtContext
  ) throws(BeadsError) {
    try RigState.requireOperational(rig, in: try context.database())
    _ = try RuntimeRegistry.load(try context.town(), rig).resolve(
      role: .crew, name: member.name, explicit: runtime ?? member.record.runtime)
  }

  /// Says on stderr what a session is made of.
  private static func explain(
    _ member: Crew.Member, _ rig: Rig, _ runtime: String?, _ launcher: AgentLauncher, _ context: GtContext
  ) throws(BeadsError) {
    let found = try RuntimeRegistry.load(try context.town(), rig).resolution(
      role: .crew, name: member.name, explicit: runtime ?? member.record.runtime)
    let address = member.record.address
    let life = launcher.liveness(of: [address])[address] ?? .none
    context.output.note(
      "session \(rig.sessionName(address)) in \(launcher.sessions.backend): \(SessionCommand.state(life))")
    context.output.note("directory \(member.path)")
    context.output.note("runtime \(found.runtime.name) (\(found.source)): \(found.runtime.command)")
  }

  /// Starts a session unless one runs; what is wanted is written down first.
  private static func start(
    _ member: Crew.Member, _ rig: Rig, _ runtime: String?, _ launcher: AgentLauncher, _ context: GtContext
  ) throws(BeadsError) -> String {
    let address = member.record.address
    if launcher.liveness(of: [address])[address]?.isAlive == true { return "already running" }
    try requireStartable(member, rig, runtime, context)
    var record = try context.database().agent(address) ?? member.record
    record.worktree = member.path
    record.isWanted = true
    if let runtime { record.runtime = runtime }
    try context.database().save(record)
    try launcher.start(address)
    return "started"
  }
}

extension GtContext {
  /// Shows what became of agents, one line each.
  func show(_ results: [(address: AgentAddress, outcome: String)]) {
    if isJSON {
      return json { writer in
        writer.array(results) { writer, result in
          writer.object { writer in
            writer.member("address", result.address.text)
            writer.member("outcome", result.outcome)
          }
        }
      }
    }
    for result in results { print("✓ \(result.address.text, .bold) \(result.outcome)") }
    if results.isEmpty { print("There is nobody") }
  }
}
