import BeadsKit
import CommandKit
import GasTownKit

/// `gt crew`: workspaces that people keep.
enum CrewCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "crew", summary: "Manage workspaces that people keep", section: CommandTree.Section.workspace,
      discussion: """
        A crew member is a full clone of a project for a person, or for an agent that a person keeps. Unlike a \
        polecat it stays until it is removed.
        """,
      examples: ["gt crew add max --rig shop", "gt crew at max", "gt crew list"],
      subcommands: [
        add, list, status, CrewSessionCommands.start, CrewSessionCommands.at, CrewSessionCommands.stop,
        CrewSessionCommands.restart, CrewChangeCommands.refresh, CrewChangeCommands.pristine,
        CrewChangeCommands.rename, remove,
      ])
  }

  static let rigFlag = Flag.string(
    "rig", placeholder: "RIG", help: "Of which project (default: where one is)")

  private static var add: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "add", summary: "Add crew members, each with a clone",
      examples: ["gt crew add max --rig shop --branch"],
      flags: [rigFlag, .bool("branch", help: "Work on a branch crew/NAME")], positionals: [.oneOrMore("name")]
    ) { arguments, context in
      let crew = try context.crew(try context.rig(arguments.string("rig")))
      let names = try arguments.positionals.map { try AgentName($0) }
      let made = try names.map { try crew.add($0, ownBranch: arguments.bool("branch")) }
      if context.isJSON {
        return context.json { writer in
          writer.array(made) { writer, member in
            writer.object { writer in
              writer.member("name", member.name.rawValue)
              writer.member("rig", member.record.address.rig?.rawValue ?? "")
              writer.member("branch", member.record.branch?.rawValue ?? "")
              writer.member("path", member.path)
            }
          }
        }
      }
      for member in made {
        context.print("✓ Added \(member.record.address.text, .bold)")
        context.print("  Clone: \(member.path)")
      }
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List crew members",
      examples: ["gt crew list", "gt crew list shop --json"],
      flags: [rigFlag, .bool("all", help: "Of all projects (default outside of one)")],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let named = arguments.positionals.first ?? arguments.string("rig")
      let rigs = try named.map { [try context.town().rig($0)] } ?? context.town().rigs()
      let entries = try rigs.flatMap { try context.entries(of: $0) }
      if context.isJSON { return context.json { writer in writer.array(entries) { $0.crew($1) } } }
      if entries.isEmpty { return context.print("No crew yet; `gt crew add NAME --rig RIG` adds a member") }
      var table = Table(["Name", "Rig", "Branch", "Files", "Session", "Path"].map { Table.Column($0) })
      for entry in entries {
        table.add(
          "\(entry.member.name.rawValue, .bold)", "\(entry.rig)", "\(entry.branch)", "\(entry.files)",
          "\(entry.isRunning ? "running" : "")", "\(entry.member.path)")
      }
      context.output.print(table)
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", aliases: ["show"], summary: "Show a crew member", examples: ["gt crew status max"],
      flags: [rigFlag],
      positionals: [.required("name")]
    ) { arguments, context in
      let rig = try context.crewRig(arguments.positionals[0], arguments.string("rig"))
      let member = try context.crew(rig).find(arguments.positionals[0])
      guard let entry = try context.entries(of: rig).first(where: { $0.member.name == member.name }) else {
        return
      }
      if context.isJSON { return context.json { writer in writer.crew(entry) } }
      context.print("\(member.record.address.text, .bold)")
      context.print("  Clone:   \(member.path)")
      context.print("  Branch:  \(entry.branch)")
      context.print("  Files:   \(entry.files)")
      if let state = entry.state, state.unpushed > 0 {
        context.print("  Commits that were not pushed: \(state.unpushed)")
      }
      if let state = entry.state, state.stashes > 0 { context.print("  Stashes: \(state.stashes)") }
      context.print("  Session: \(entry.isRunning ? "running" : "none")")
      if let bead = member.record.bead { context.print("  On its hook: \(bead)") }
    }
  }

  private static var remove: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "remove", aliases: ["rm"], summary: "Remove crew members and their clones",
      discussion: """
        Refuses while a clone holds something that no remote repository has. With --force that is saved under \
        refs/gt/salvage in the rig's repository first.
        """,
      examples: ["gt crew remove max"],
      flags: [
        rigFlag,
        .bool("force", short: "f", help: "Also with unsaved work, which is kept in the rig's repository"),
        .bool("purge", hidden: true, help: "Ignored"),
      ], positionals: [.oneOrMore("name")]
    ) { arguments, context in
      var removed: [(address: String, saved: [String])] = []
      for name in arguments.positionals {
        let rig = try context.crewRig(name, arguments.string("rig"))
        let saved = try context.crew(rig).remove(name, isForced: arguments.bool("force")) {
          address throws(BeadsError) in
          try context.launcher().stop(address, reason: "the crew member was removed")
        }
        removed.append(("\(rig.name)/crew/\(name)", saved.places))
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(removed) { writer, entry in
            writer.object { writer in
              writer.member("removed", entry.address)
              writer.member("saved", entry.saved)
            }
          }
        }
      }
      for entry in removed {
        context.print("✓ Removed \(entry.address, .bold)")
        for place in entry.saved { context.print("  What was not pushed is in \(place)") }
      }
    }
  }
}
