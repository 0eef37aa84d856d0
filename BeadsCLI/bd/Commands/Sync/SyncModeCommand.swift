import BeadsKit
import CommandKit

/// `bd sync mode`: a setting of the classic tool that scripts read and write.
enum SyncModeCommand {
  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "mode", summary: "Show or set how issues travel",
      discussion: "All modes share issues through git here; the setting is kept for tools that read it.",
      examples: ["bd sync mode current", "bd sync mode list"],
      subcommands: [
        CommandTree.BdCommand("list", summary: "List the modes", run: list),
        CommandTree.BdCommand("current", summary: "Show the mode") { _, context in
          let mode = try current(context)
          if context.isJSON { return context.object { $0.member("mode", mode) } }
          context.print("\(mode)")
        },
        CommandTree.BdCommand(
          "set", summary: "Set the mode", positionals: [.required("mode", values: modes.map(\.name))]
        ) { arguments, context in try set(arguments.positionals[0], context) },
      ])
  }

  private static let modes: [(name: String, about: String)] = [
    ("git-portable", "issues.jsonl is committed and merged with git"),
    ("realtime", "as git-portable; every change is exported at once"),
    ("dolt-native", "as git-portable: there is no Dolt here"),
    ("belt-and-suspenders", "as git-portable: there is no Dolt here"),
  ]

  private static func current(_ context: BdContext) throws(BeadsError) -> String {
    try context.configuration().string("sync.mode") ?? modes[0].name
  }

  @Sendable private static func list(_ arguments: Arguments, _ context: BdContext) throws {
    let current = try current(context)
    if context.isJSON {
      return context.json { writer in
        writer.array(modes) { writer, mode in
          writer.object {
            $0.member("mode", mode.name)
            $0.member("description", mode.about)
            $0.member("current", mode.name == current)
          }
        }
      }
    }
    var table = Table([Table.Column(), Table.Column(), Table.Column(isFlexible: true)])
    for mode in modes { table.add(mode.name == current ? "*" : " ", "\(mode.name, .bold)", "\(mode.about)") }
    context.output.print(table)
  }

  static func set(_ mode: String, _ context: BdContext) throws {
    try context.configuration().set("sync.mode", to: mode)
    let now = try current(context)
    if context.isJSON { return context.object { $0.member("mode", now) } }
    context.print("✓ sync.mode = \(now)")
  }
}
