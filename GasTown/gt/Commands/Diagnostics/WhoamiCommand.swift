import BeadsKit
import CommandKit
import GasTownKit

/// `gt whoami`: who the caller is.
enum WhoamiCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "whoami", summary: "Show who you are here", section: CommandTree.Section.diagnostics,
      examples: ["gt whoami", "gt whoami --json"]
    ) { _, context in
      let town = try context.town()
      let me = try context.me()
      let source = context.environment["GT_ROLE"]?.isEmpty == false ? "GT_ROLE" : "directory"
      let bead = try context.database().agent(me)?.bead
      if context.isJSON {
        return context.object { writer in
          writer.member("address", me.text)
          writer.member("role", me.role.rawValue)
          writer.member("rig", me.rig?.rawValue ?? "")
          writer.member("name", me.name?.rawValue ?? "")
          writer.member("source", source)
          writer.member("hook_bead", bead?.rawValue ?? "")
          writer.member("town", town.root)
        }
      }
      context.print("\(me.text, .bold)")
      context.print(
        "  Known from \(source == "GT_ROLE" ? "GT_ROLE" : "the directory"), in the town \(town.root)")
      if let bead { context.print("  On your hook: \(bead)") }
    }
  }
}
