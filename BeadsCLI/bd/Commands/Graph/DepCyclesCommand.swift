import BeadsKit
import CommandKit

/// `bd dep cycles`: circles of issues that wait for each other.
enum DepCyclesCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "cycles", summary: "Find circles of issues that wait for each other",
      discussion: """
        `bd dep add` refuses to make circles; they come from merged files and from additions without the check. \
        Nothing in a circle is ever ready: remove one of its edges.
        """,
      examples: ["bd dep cycles"]
    ) { _, context in
      let store = try context.store()
      let cycles = try store.dependencyCycles()
      let issues = try store.issues(Array(Set(cycles.joined())))
      let byID = Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0) })
      if context.isJSON {
        return context.json { writer in
          writer.array(cycles) { writer, cycle in
            writer.array(cycle.compactMap { byID[$0] }) { $0.issue($1) }
          }
        }
      }
      if cycles.isEmpty { return context.print("\("✓", .green) No dependency cycles") }
      context.print("\(count(cycles.count)):")
      for cycle in cycles {
        context.print("")
        context.print("  \(path(cycle), .bold)")
        for issue in cycle.compactMap({ byID[$0] }) {
          context.print("    \(IssueText.line(issue, store.rules.vocabulary))")
        }
      }
    }
  }

  static func count(_ count: Int) -> String {
    count == 1 ? "1 dependency cycle" : "\(count) dependency cycles"
  }

  static func path(_ cycle: [IssueID]) -> String {
    (cycle + cycle.prefix(1)).map(\.rawValue).joined(separator: " → ")
  }
}
