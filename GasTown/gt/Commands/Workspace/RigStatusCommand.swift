import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig status`: one rig and who works in it.
enum RigStatusCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", aliases: ["show"], summary: "Show a project and who works on it",
      examples: ["gt rig status", "gt rig status shop --json"], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let overview = try context.overview(isFast: false)
      guard let found = overview.rigs.first(where: { $0.rig.name == rig.name }) else { return }
      let witness = try context.watcher(.witness(rig.name), overview)
      let refinery = try context.watcher(.refinery(rig.name), overview)
      if context.isJSON {
        return context.object { writer in
          writer.member("name", rig.name.rawValue)
          writer.member("beads_prefix", rig.prefix.rawValue)
          writer.member("status", found.state.rawValue)
          writer.member("path", rig.root)
          writer.member("git_url", rig.gitURL)
          writer.member("default_branch", rig.defaultBranch.rawValue)
          writer.member("witness", witness)
          writer.member("refinery", refinery)
          writer.key("polecats")
          writer.array(found.polecats) { $0.agent($1) }
          writer.key("crew")
          writer.array(found.crew) { $0.agent($1) }
          writer.key("mq")
          writer.mergeState(found)
        }
      }
      context.print("\(rig.name.rawValue, .bold)  \(found.state.rawValue)")
      context.print("  Repository: \(rig.gitURL)")
      context.print("  Branch:     \(rig.defaultBranch)")
      context.print("  Issues:     \(rig.prefix)-… in \((try? rig.trackerDirectory()) ?? rig.path(".beads"))")
      context.print(
        "  Watchers:   \(witness == refinery ? witness : "witness \(witness), refinery \(refinery)")")
      context.print("  Polecats:   \(found.workingCount) at work\(limit(rig, overview))")
      if let count = found.waitingMerges { context.print("  To merge:   \(count)") }
      if let stop = found.queueStop { context.print("  Merging:    \(stop.kind.rawValue): \(stop.reason)") }
      if found.agents.isEmpty { return context.print("  Nobody works here yet") }
      context.print("")
      context.output.print(AgentTable(found.agents, now: context.environment.clock()).lines)
    }
  }

  /// How many polecats may be at work, and which setting says so.
  private static func limit(_ rig: Rig, _ overview: TownOverview) -> String {
    let own = (try? RigSettings.load(rig))?.int("max_polecats") ?? -1
    if own >= 0 { return ", at most \(own) here (max_polecats of the rig)" }
    return overview.maximumWorking.map { ", at most \($0) in the town" } ?? ""
  }
}
