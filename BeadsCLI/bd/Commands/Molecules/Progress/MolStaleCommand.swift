import BeadsKit
import CommandKit

/// `bd mol stale`: molecules that are finished but open.
enum MolStaleCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "stale", summary: "Show molecules and epics that are open although all their steps are done",
      examples: ["bd mol stale", "bd mol stale --blocking --json"],
      flags: [
        .bool("blocking", help: "Only those that something waits for"),
        .bool("unassigned", help: "Only those nobody is assigned to"),
        .bool("all", help: "Those without any steps too"),
      ]
    ) { arguments, context in
      var found = try context.store().staleMolecules(includesChildless: arguments.bool("all"))
      if arguments.bool("blocking") { found.removeAll { $0.blocked.isEmpty } }
      if arguments.bool("unassigned") { found.removeAll { !$0.assignee.isEmpty } }
      if context.isJSON { return write(found, context) }
      if found.isEmpty { context.print("No molecule is finished and still open") }
      for one in found {
        let who: TerminalText = one.assignee.isEmpty ? "" : " \("@" + one.assignee, .cyan)"
        context.print("\(one.id, .bold)\(who) — \(one.title) \("(\(done(one)))", .gray)")
        if one.blocked.isEmpty { continue }
        context.print("    \("keeps waiting", .gray) \(one.blocked.map(\.rawValue).joined(separator: ", "))")
      }
    }
  }

  private static func done(_ one: StaleMolecule) -> String {
    switch one.childCount {
    case 0: "no steps"
    case 1: "its step is done"
    default: "all \(one.childCount) steps are done"
    }
  }

  private static func write(_ found: [StaleMolecule], _ context: BdContext) {
    context.object { writer in
      writer.key("stale_molecules")
      writer.array(found) { writer, one in
        writer.object { writer in
          writer.member("id", one.id.rawValue)
          writer.member("title", one.title)
          writer.member("total_children", one.childCount)
          writer.member("closed_children", one.childCount)
          if !one.assignee.isEmpty { writer.member("assignee", one.assignee) }
          writer.member("blocking_issues", one.blocked.map(\.rawValue))
          writer.member("blocking_count", one.blocked.count)
        }
      }
      writer.member("total_count", found.count)
      writer.member("blocking_count", found.count { !$0.blocked.isEmpty })
    }
  }
}
