import BeadsKit
import CommandKit

/// What the commands that make molecules print.
enum MoleculeText {
  /// `3 issues`.
  static func count(_ number: Int, _ noun: String = "issue") -> TerminalText {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Shows what plans would make.
  static func rehearsed(_ plans: [MoleculePlan], phase: Formula.Phase, _ context: BdContext) throws {
    let count = plans.reduce(0) { $0 + $1.count }
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.member("would_create", count)
        writer.key("issues")
        writer.array(plans.flatMap(\.nodes)) { writer, node in
          writer.object { writer in
            writer.member("key", node.key)
            writer.member("title", node.issue.title)
            writer.member("type", node.issue.type.rawValue)
            writer.member("priority", node.issue.priority)
          }
        }
        writer.member("phase", phase.rawValue)
      }
    }
    context.print("Would create \(self.count(count)) (\(phase.rawValue)):")
    for plan in plans {
      var depths: [Int] = []
      for node in plan.nodes {
        depths.append(node.parent.map { depths[$0] + 1 } ?? 0)
        let indent = String(repeating: "  ", count: min(depths.last ?? 0, 20))
        context.print("  \(indent)\(node.issue.title) [P\(node.issue.priority), \(node.issue.type)]")
      }
    }
    context.print("Nothing is changed")
  }

  /// Writes the members that tell which issues were made.
  static func write(_ molecule: Molecule, _ writer: inout JSONWriter) {
    writer.member("new_epic_id", molecule.rootID.rawValue)
    writer.key("id_mapping")
    write(molecule.ids, &writer)
    writer.member("created", molecule.ids.count)
  }

  /// Writes names and the IDs they became as an object.
  static func write(_ ids: [(key: String, id: IssueID)], _ writer: inout JSONWriter) {
    writer.object { writer in
      for (key, id) in ids {
        writer.key(key)
        writer.string(id.rawValue)
      }
    }
  }
}
