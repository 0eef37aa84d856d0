import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig`: the projects of the town.
enum RigCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "rig", aliases: ["rigs"], summary: "Manage the projects of the town",
      section: CommandTree.Section.workspace,
      discussion: """
        A rig is one project: a shared repository, a tracker whose issues begin with the rig's prefix, and the \
        checkouts of the agents that work on it.
        """,
      examples: ["gt rig add shop https://github.com/OWNER/shop", "gt rig list", "gt rig status shop"],
      subcommands: [
        RigAddCommand.command, RigListCommand.command, RigStatusCommand.command, RigSessionCommands.start,
        RigSessionCommands.stop, RigSessionCommands.restart, RigResetCommand.command, RigStateCommands.park,
        RigStateCommands.unpark, RigStateCommands.dock, RigStateCommands.undock, RigRemoveCommand.command,
        RigConfigCommand.group, RigSettingsCommand.group,
      ])
  }
}

extension GtContext {
  /// The rig that an argument names, else the caller's, else the one of the current directory, else the only one.
  func rig(_ name: String?) throws(BeadsError) -> Rig {
    let town = try town()
    if let name { return try town.rig(name) }
    if let own = try me().rig { return try town.rig(own.rawValue) }
    let all = try town.rigs()
    let here = (try? FileSystem.realPath(environment.currentDirectory)) ?? environment.currentDirectory
    if let rig = all.first(where: { Path.isInside(here, $0.root) }) { return rig }
    if all.count == 1 { return all[0] }
    throw BeadsError(
      .invalid, all.isEmpty ? "the town has no rig" : "which rig is meant?",
      hint: all.isEmpty
        ? "`gt rig add NAME URL` adds one" : "name one of \(all.map(\.name.rawValue).joined(separator: ", "))"
    )
  }

  /// Whether the watchers run, in a word.
  static func watcher(_ overview: TownOverview) -> String { overview.daemon == nil ? "stopped" : "running" }

  /// Whether one of them works, in a word.
  func watcher(_ patrol: PatrolPause.Patrol, _ overview: TownOverview) throws(BeadsError) -> String {
    PatrolPause.of(patrol, in: try town()) == nil ? Self.watcher(overview) : "paused"
  }
}
