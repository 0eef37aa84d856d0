import BeadsKit
import CommandKit

/// `bd link`: a short `dep add`.
enum LinkCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "link", summary: "Make an issue depend on another (short for dep add)",
      section: CommandTree.Section.graph,
      examples: ["bd link bd-9zq bd-a3f8", "bd link bd-9zq bd-a3f8 --type related"],
      flags: [DepAddCommand.typeFlag, DepAddCommand.cycleFlag],
      positionals: [
        .required("issue", help: "The issue that waits"), .required("depends-on", help: "What it waits for"),
      ]
    ) { arguments, context in
      let edge = DepAddCommand.Wanted(
        issue: try context.resolve(arguments.positionals[0]),
        target: try EdgeInput.target(arguments.positionals[1], context),
        type: EdgeInput.type(arguments.string("type") ?? "blocks"))
      let results = try DepAddCommand.add([edge], checksCycles: !arguments.bool("no-cycle-check"), context)
      EdgeResult.print(results, asList: false, context)
    }
  }
}
