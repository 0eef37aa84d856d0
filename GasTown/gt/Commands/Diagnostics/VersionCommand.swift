import BeadsKit
import CommandKit

/// `gt version`.
enum VersionCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "version", summary: "Print the version", section: CommandTree.Section.diagnostics,
      examples: ["gt version"],
      flags: [
        .bool("short", help: "The number alone"),
        .bool("verbose", short: "v", hidden: true, help: "As without it"),
      ]
    ) { arguments, context in
      if context.isJSON { return context.object { $0.member("version", beadsVersion) } }
      context.print(arguments.bool("short") ? "\(beadsVersion)" : "gt version \(beadsVersion)")
    }
  }
}
