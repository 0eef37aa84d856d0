import BeadsKit
import CommandKit
import GasTownKit

/// `gt role`: roles, and which one this is.
enum RoleCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "role", summary: "Show the roles of agents, and yours", section: CommandTree.Section.diagnostics,
      examples: ["gt role", "gt role detect", "gt role list", "gt role home mayor"],
      subcommands: [show, detect, list, home, RoleDetailCommands.definition, RoleDetailCommands.variables],
      run: showOwn)
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show your role, by GT_ROLE or else by the directory", run: showOwn)
  }

  @Sendable private static func showOwn(_ arguments: Arguments, _ context: GtContext) throws {
    write(try context.me(), context)
    try warn(context)
  }

  private static var detect: CommandTree.GtCommand {
    CommandTree.GtCommand("detect", summary: "Show the role that the directory belongs to") { _, context in
      let town = try context.town()
      let place = context.environment.currentDirectory
      write(AgentAddress.owner(ofDirectory: place, town: town) ?? .overseer, context)
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand("list", aliases: ["ls"], summary: "List the roles") { _, context in
      if context.isJSON {
        return context.json { writer in
          writer.array(AgentRole.allCases) { writer, role in
            writer.object { writer in
              writer.member("role", role.rawValue)
              writer.member("scope", role.hasRig ? "rig" : "town")
              writer.member("has_session", role.hasSession)
              writer.member("summary", role.summary)
            }
          }
        }
      }
      var table = Table(["Role", "Of", "What it is for"].map { Table.Column($0) })
      for role in AgentRole.allCases {
        table.add("\(role.rawValue, .bold)", "\(role.hasRig ? "rig" : "town")", "\(role.summary)")
      }
      context.output.print(table)
    }
  }

  private static var home: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "home", summary: "Show the directory where an agent works",
      examples: ["gt role home app/crew/max", "gt role home refinery --rig app"],
      flags: [
        .string("rig", placeholder: "RIG", help: "Of the role of this rig"),
        .string("polecat", placeholder: "NAME", help: "Of this polecat of the rig"),
      ], positionals: [.optional("agent")]
    ) { arguments, context in
      let town = try context.town()
      let agent = try named(arguments).map { try town.address($0) } ?? context.me()
      let home = try town.home(of: agent)
      if context.isJSON {
        return context.object { writer in
          writer.member("address", agent.text)
          writer.member("home", home)
        }
      }
      context.print("\(home)")
    }
  }

  /// The agent that words and flags name; nil for the caller.
  private static func named(_ arguments: Arguments) -> String? {
    let word = arguments.positionals.first
    guard let rig = arguments.string("rig") else { return word }
    if let name = arguments.string("polecat") { return "\(rig)/polecats/\(name)" }
    return word.map { "\(rig)/\($0)" }
  }

  private static func write(_ agent: AgentAddress, _ context: GtContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("role", agent.role.rawValue)
        writer.member("address", agent.text)
        writer.member("rig", agent.rig?.rawValue ?? "")
        writer.member("name", agent.name?.rawValue ?? "")
      }
    }
    context.print("\(agent.role.rawValue, .bold)  \(agent.text)")
  }

  /// Says when GT_ROLE and the directory name different agents.
  private static func warn(_ context: GtContext) throws(BeadsError) {
    let me = try context.me()
    let place = context.environment.currentDirectory
    guard let owner = AgentAddress.owner(ofDirectory: place, town: try context.town()), owner != me else {
      return
    }
    context.warn("GT_ROLE says \(me.text), but this directory is that of \(owner.text)")
  }
}
