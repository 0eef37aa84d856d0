import BeadsKit
import CommandKit
import GasTownKit

/// `gt up`, `gt start` and `gt down`: the town as a whole.
enum TownServices {
  static var up: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "up", summary: "Start the town", section: CommandTree.Section.services,
      discussion: """
        Starts the daemon, which brings about the rest: it starts every agent that has work, and the mayor if it ran \
        before. Calling it again changes nothing. Exits with 1 when something did not start.
        """,
      examples: ["gt up", "gt up --restore", "gt up --json"],
      flags: [
        .bool("quiet", short: "q", help: "Say nothing unless something fails"),
        .bool(
          "restore", help: "Also crew members that the settings name (crew.startup), and everybody with work"),
      ]
    ) { arguments, context in
      var starting = TownStarting(
        try context.launcher(), try context.ledgers(), program: try context.ownProgram())
      starting.restores = arguments.bool("restore")
      try context.report(try starting.run(), "started", isQuiet: arguments.bool("quiet"))
    }
  }

  static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Start the town with the mayor, or a crew member",
      section: CommandTree.Section.services,
      examples: ["gt start", "gt start --all", "gt start crew max", "gt start shop/crew/max"],
      flags: [
        .bool("all", short: "a", help: "Also crew members that the settings name, and everybody with work"),
        .string(
          "agent", placeholder: "NAME", help: "The runtime that the mayor or the crew member has from now on"),
        .choice(
          "cost-tier", values: CostTier.allCases.map(\.rawValue),
          help: "How expensive the models may be that are started now"),
        CrewCommand.rigFlag,
      ],
      positionals: [.optional("path", help: "A crew member's address or directory")],
      subcommands: [startCrew]
    ) { arguments, context in
      let launcher = try context.launcher(costTier: arguments.string("cost-tier"))
      if let crew = try crewMember(context) {
        let session = try launcher.bringUp(crew, runtime: arguments.string("agent"))
        return try context.started(crew, session)
      }
      var starting = TownStarting(launcher, try context.ledgers(), program: try context.ownProgram())
      starting.startsMayor = true
      starting.mayorRuntime = arguments.string("agent")
      starting.restores = arguments.bool("all")
      try context.report(try starting.run(), "started")
    }
  }

  private static var startCrew: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "crew", summary: "Start the session of a crew member",
      examples: ["gt start crew max", "gt start crew max --rig shop --agent codex"],
      flags: [
        CrewCommand.rigFlag,
        .string("agent", placeholder: "NAME", help: "The runtime that it has from now on"),
        .string("account", placeholder: "NAME", hidden: true, help: "Ignored: there are no accounts"),
      ],
      positionals: [.required("name")]
    ) { arguments, context in
      let rig = try context.crewRig(arguments.positionals[0], arguments.string("rig"))
      let crew = try context.crew(rig).find(arguments.positionals[0]).record.address
      try RigState.requireOperational(rig, in: try context.database())
      try context.started(crew, try context.launcher().bringUp(crew, runtime: arguments.string("agent")))
    }
  }

  /// The crew member that the arguments name; nil for the town.
  private static func crewMember(_ context: GtContext) throws(BeadsError) -> AgentAddress? {
    let town = try context.town()
    guard let first = context.arguments.positionals.first else { return nil }
    let directory = Path.absolute(first, in: context.environment.currentDirectory)
    if (try? FileSystem.realPath(directory)) == town.root { return nil }
    let owner = AgentAddress.owner(ofDirectory: directory, town: town)
    let found = if let owner { owner } else { try town.address(first) }
    guard found.role == .crew else {
      throw BeadsError(
        .invalid, "\(found) is no crew member", hint: "`gt mayor start` and `gt session start` start others")
    }
    return found
  }

  static var down: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "down", summary: "Stop the town", section: CommandTree.Section.services,
      discussion: """
        Ends the daemon, then every session that gt started, and looks that nothing of it is left. Assignments, \
        worktrees and everything in them stay: `gt up` goes on where it was. Nobody else's processes are touched. \
        Exits with 1 when something did not end.
        """,
      examples: ["gt down", "gt down --dry-run", "gt down --json"],
      flags: [
        .bool("dry-run", short: "n", help: "Only tell what would be stopped"),
        .bool("quiet", short: "q", help: "Say nothing unless something fails"),
        .bool("force", short: "f", help: "Do not wait for agents to end by themselves"),
        .bool("polecats", short: "p", hidden: true, help: "Sessions of polecats end in any case"),
        .bool("all", short: "a", hidden: true, help: "Leftovers are looked for in any case"),
        .bool("nuke", help: "Also end the town's tmux server, with sessions that gt did not start"),
      ]
    ) { arguments, context in
      let launcher = try context.launcher()
      var stopping = TownStopping(launcher)
      if arguments.bool("force") { stopping.grace = .zero }
      if arguments.bool("dry-run") { return try context.report(try stopping.plan(), "stopped") }
      if arguments.bool("nuke") { try requireAcknowledgement(launcher, context) }
      let reports = try stopping.run()
      if arguments.bool("nuke") { try Tmux(try context.town()).killServer() }
      try context.report(reports, "stopped", isQuiet: arguments.bool("quiet"))
    }
  }

  /// What a person started on the town's server goes only when that was said on purpose.
  private static func requireAcknowledgement(
    _ launcher: AgentLauncher, _ context: GtContext
  ) throws(BeadsError) {
    guard launcher.sessions.backend == "tmux" else {
      throw BeadsError(.invalid, "agents do not run in tmux here, so there is no server to end")
    }
    let known = Set(try context.database().openSessions().map(\.name))
    let others = try launcher.sessions.inventory().map(\.name).filter { !known.contains($0) }
    if others.isEmpty || context.environment["GT_NUKE_ACKNOWLEDGED"] == "1" { return }
    throw BeadsError(
      .refused, "the town's tmux server has sessions that gt did not start", details: others,
      hint: "GT_NUKE_ACKNOWLEDGED=1 says that they may go")
  }
}

extension GtContext {
  /// What starts and ends agents, with models of a price.
  func launcher(costTier: String?) throws(BeadsError) -> AgentLauncher {
    guard let costTier else { return try launcher() }
    var environment = environment
    environment.variables["GT_COST_TIER"] = costTier
    let town = Town(root: try town().root, environment: environment)
    return try AgentLauncher(town: town, database: try database(), program: program())
  }

  /// Shows what became of the services, and exits with 1 when one is not as it was to be.
  /// - Parameter verb: What was done with them: `started` or `stopped`.
  func report(_ reports: [ServiceReport], _ verb: String, isQuiet: Bool = false) throws {
    let failed = reports.filter { !$0.isOK }
    if isJSON {
      writeJSON(reports, verb)
    } else {
      for report in reports where !isQuiet || !report.isOK {
        let mark: TerminalText = report.isOK ? (report.hasChanged ? "✓" : "○") : "\("✗", .red)"
        print("\(mark) \(report.name, .bold)  \(report.detail)")
      }
      if !isQuiet {
        let changed = reports.count { $0.hasChanged }
        let failures = failed.isEmpty ? "" : ", \(failed.count) failed"
        print("\(reports.count) services: \(changed) \(verb)\(failures)")
      }
    }
    if !failed.isEmpty { throw ExitStatus(1) }
  }

  private func writeJSON(_ reports: [ServiceReport], _ verb: String) {
    object { writer in
      writer.member("success", reports.allSatisfy(\.isOK))
      writer.key("services")
      writer.array(reports) { writer, report in
        writer.object { writer in
          writer.member("name", report.name)
          writer.member("type", report.kind.rawValue)
          writer.member(optional: "rig", report.rig?.rawValue)
          writer.member("ok", report.isOK)
          writer.member("detail", report.detail)
        }
      }
      writer.key("summary")
      writer.object { writer in
        writer.member("total", reports.count)
        writer.key(verb)
        writer.int(Int64(reports.count { $0.hasChanged }))
        writer.member("failed", reports.count { !$0.isOK })
      }
    }
  }
}
