import BeadsKit
import CommandKit
import GasTownKit

/// `gt info`: where things are.
enum InfoCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "info", summary: "Show where the town keeps things", section: CommandTree.Section.diagnostics,
      examples: ["gt info", "gt info --json"],
      flags: [.bool("whats-new", hidden: true, help: "Ignored: the README of a version tells what is in it")]
    ) { _, context in
      let town = try context.town()
      let database = try context.database()
      let facts: [(name: String, value: String)] = [
        ("version", "\(beadsVersion)"), ("root", town.root), ("settings", town.path("settings/config.json")),
        ("registry", town.path("mayor/rigs.json")), ("routes", town.path(".beads/routes.jsonl")),
        ("tracker", town.path(".beads")), ("database", database.path), ("events", town.path(".events.jsonl")),
        ("caller", try context.me().text),
      ]
      let rigs = try town.rigs().map(\.name.rawValue)
      if context.isJSON {
        return context.object { writer in
          for fact in facts {
            writer.key(fact.name)
            writer.string(fact.value)
          }
          writer.member("rigs", rigs)
        }
      }
      for fact in facts {
        context.print("\(fact.name):\(String(repeating: " ", count: 10 - fact.name.count))\(fact.value)")
      }
      context.print("rigs:      \(rigs.isEmpty ? "none" : rigs.joined(separator: ", "))")
    }
  }
}
