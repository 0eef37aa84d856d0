import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig remove`: takes a rig out of the registry.
enum RigRemoveCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "remove", aliases: ["rm"], summary: "Take a project out of the town; its files stay",
      discussion: """
        Refuses while somebody is at work there. `gt rig add NAME --adopt` takes the folder in again.
        """,
      examples: ["gt rig remove shop"],
      flags: [.bool("force", short: "f", help: "End the sessions that run there")],
      positionals: [.required("rig")]
    ) { arguments, context in
      let name = arguments.positionals[0]
      let remover = RigRemover(try context.town(), try context.database(), command: context.command)
      let launcher = try context.launcher()
      let stop = { (agent: AgentAddress) throws(BeadsError) in
        _ = try launcher.stop(agent, reason: "the rig was removed")
      }
      let folder = try remover.remove(name, stop: arguments.bool("force") ? stop : nil)
      if context.isJSON {
        return context.object { writer in
          writer.member("removed", name)
          writer.member("path", folder)
        }
      }
      context.print("✓ Removed the rig \(name, .bold) from the registry")
      context.print("  Its files are still in \(folder)")
    }
  }
}
