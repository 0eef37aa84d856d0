import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig list`: the rigs of the town.
enum RigListCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List the projects of the town", examples: ["gt rig list --json"]
    ) { _, context in
      let overview = try TownOverview(try context.town(), try context.database(), nil)
      if context.isJSON {
        let watchers = try overview.rigs.map { rig throws(BeadsError) in
          (
            witness: try context.watcher(.witness(rig.rig.name), overview),
            refinery: try context.watcher(.refinery(rig.rig.name), overview)
          )
        }
        return context.json { writer in
          writer.array(zip(overview.rigs, watchers)) { writer, row in
            let rig = row.0
            writer.object { writer in
              writer.member("name", rig.rig.name.rawValue)
              writer.member("beads_prefix", rig.rig.prefix.rawValue)
              writer.member("status", rig.state.rawValue)
              writer.member("witness", row.1.witness)
              writer.member("refinery", row.1.refinery)
              writer.member("polecats", rig.polecats.count)
              writer.member("crew", rig.crew.count)
              writer.member("git_url", rig.rig.gitURL)
              writer.member("default_branch", rig.rig.defaultBranch.rawValue)
            }
          }
        }
      }
      if overview.rigs.isEmpty { return context.print("There is no rig yet; `gt rig add NAME URL` adds one") }
      var table = Table(
        ["Rig", "Issues", "State", "Polecats", "Crew", "Branch", "Repository"].map { Table.Column($0) })
      for rig in overview.rigs {
        table.add(
          "\(rig.rig.name.rawValue, .bold)", "\(rig.rig.prefix)-", "\(rig.state.rawValue)",
          "\(rig.polecats.count)",
          "\(rig.crew.count)", "\(rig.rig.defaultBranch)", "\(rig.rig.gitURL)")
      }
      context.output.print(table)
    }
  }
}
