import BeadsKit
import CommandKit

/// `bd repair-deps`: edges to issues that do not exist; beads-mcp calls it.
enum RepairDepsCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "repair-deps", summary: "Find dependencies on issues that do not exist",
      section: CommandTree.Section.maintenance,
      discussion: """
        Shows the edges whose target is not there or was deleted. With --fix they are removed in one operation, \
        which `bd undo` takes back; `bd doctor` finds other damage too.
        """,
      examples: ["bd repair-deps --json", "bd repair-deps --fix"],
      flags: [.bool("fix", help: "Remove them")]
    ) { arguments, context in
      let edges: [Dependency]
      if arguments.bool("fix") {
        edges = try context.change("repair-deps") { transaction throws(BeadsError) in
          let edges = try transaction.store.orphanedEdges()
          for edge in edges {
            _ = try transaction.removeDependency(edge.issueID, dependsOn: edge.dependsOnID, type: edge.type)
          }
          return edges
        }
      } else {
        edges = try context.store().orphanedEdges()
      }
      show(edges, isFixed: arguments.bool("fix"), context)
    }
  }

  private static func show(_ edges: [Dependency], isFixed: Bool, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("orphans_found", edges.count)
        writer.key("orphans")
        writer.array(edges) { writer, edge in
          writer.object {
            $0.member("issue_id", edge.issueID.rawValue)
            $0.member("depends_on_id", edge.dependsOnID.rawValue)
            $0.member("type", edge.type.rawValue)
          }
        }
        writer.member("fixed", isFixed ? edges.count : 0)
      }
    }
    if edges.isEmpty { return context.print("✓ Every dependency leads to an issue") }
    for edge in edges {
      let done: TerminalText = isFixed ? "✓ Removed: " : ""
      context.print(
        "\(done)\(edge.issueID) depends on \(edge.dependsOnID), which does not exist (\(edge.type))")
    }
  }
}
