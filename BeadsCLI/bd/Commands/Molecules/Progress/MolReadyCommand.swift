import BeadsKit
import CommandKit

/// `bd mol ready` and `bd ready --gated`: molecules that can go on because a gate has closed.
enum MolReadyCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "ready", summary: "Show molecules that can go on because a gate has closed",
      discussion: "Molecules that somebody has on the hook are left out. `bd ready --gated` shows the same.",
      examples: ["bd mol ready", "bd mol ready --json"]
    ) { _, context in try show(context) }
  }

  static func show(_ context: BdContext) throws {
    let found = try context.store().resumableMolecules()
    if context.isJSON {
      return context.object { writer in
        writer.key("molecules")
        writer.array(found) { writer, one in
          writer.object { writer in
            writer.member("molecule_id", one.molecule.id.rawValue)
            writer.member("molecule_title", one.molecule.title)
            writer.key("closed_gate")
            writer.issue(one.gate)
            writer.key("ready_step")
            writer.issue(one.step)
          }
        }
        writer.member("count", found.count)
      }
    }
    if found.isEmpty { context.print("No molecule can go on because of a gate") }
    for one in found {
      context.print("\(one.molecule.id, .bold) — \(one.molecule.title)")
      context.print("    \("closed", .gray) \(one.gate.id): \(one.gate.title)")
      context.print("    \("ready", .gray)  \(one.step.id): \(one.step.title)")
    }
  }
}
