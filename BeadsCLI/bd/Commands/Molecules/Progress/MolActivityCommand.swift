import BeadsKit
import CommandKit

/// `bd mol last-activity`: when something happened last.
enum MolActivityCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "last-activity", summary: "Show when something happened in a molecule last",
      examples: ["bd mol last-activity bd-mol-a3f8", "bd mol last-activity bd-mol-a3f8 --json"],
      positionals: [.issue()]
    ) { arguments, context in
      let graph = try context.molecule(arguments.positionals[0])
      let activity = graph.lastActivity
      if !context.isJSON { return context.print("\(activity.time.utc.description)") }
      context.object { writer in
        writer.member("molecule_id", graph.root.id.rawValue)
        writer.member("last_activity", activity.time)
        writer.member("source", activity.source.rawValue)
        if let step = activity.stepID { writer.member("source_step_id", step.rawValue) }
      }
    }
  }
}
