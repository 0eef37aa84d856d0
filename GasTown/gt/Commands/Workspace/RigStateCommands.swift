import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig park`, `unpark`, `dock`, `undock`: whether agents may be started.
enum RigStateCommands {
  static var park: CommandTree.GtCommand {
    command(
      "park", "Start nothing in a project for the time being",
      "Sessions that run are left alone. The town on another machine does not know of it; `gt rig dock` is for that."
    ) { rig, context throws(BeadsError) in try RigState.park(rig.name, true, in: try context.database()) }
  }

  static var unpark: CommandTree.GtCommand {
    command("unpark", "Let work in a parked project go on", "") { rig, context throws(BeadsError) in
      try RigState.park(rig.name, false, in: try context.database())
    }
  }

  static var dock: CommandTree.GtCommand {
    command(
      "dock", "Start nothing in a project until it is undocked",
      "Kept in mayor/rigs.json, which git may share."
    ) { rig, context throws(BeadsError) in
      try RigState.dock(rig, true, in: try context.town(), command: context.command)
    }
  }

  static var undock: CommandTree.GtCommand {
    command("undock", "Let work in a docked project go on", "") { rig, context throws(BeadsError) in
      try RigState.dock(rig, false, in: try context.town(), command: context.command)
    }
  }

  private static func command(
    _ name: String, _ summary: String, _ discussion: String,
    _ change: @escaping @Sendable (Rig, GtContext) throws(BeadsError) -> Bool
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      name, summary: summary, discussion: discussion, examples: ["gt rig \(name) shop"],
      positionals: [.oneOrMore("rig")]
    ) { arguments, context in
      let town = try context.town()
      let rigs = try arguments.positionals.map { try town.rig($0) }
      var results: [(rig: Rig, state: RigState, changed: Bool)] = []
      for rig in rigs {
        let changed = try change(rig, context)
        let state = try RigState.of(try town.rig(rig.name.rawValue), in: try context.database())
        results.append((rig, state, changed))
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(results) { writer, result in
            writer.object { writer in
              writer.member("name", result.rig.name.rawValue)
              writer.member("status", result.state.rawValue)
              writer.member("changed", result.changed)
            }
          }
        }
      }
      for result in results {
        let still = result.changed ? "is" : "was already"
        context.print(
          "\(result.changed ? "✓" : "○") \(result.rig.name.rawValue, .bold) \(still) \(result.state.rawValue)"
        )
      }
    }
  }
}
