import BeadsKit
import CommandKit

/// `bd mol seed`: checks that formulas can be poured.
enum SeedCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "seed", summary: "Check that a formula can be poured",
      discussion: "Without --var the placeholders stay; with it all required variables must have a value.",
      examples: [
        "bd mol seed mol-release", "bd mol seed mol-release --var version=1.2.0", "bd mol seed --patrol",
      ],
      flags: [
        .list("var", placeholder: "NAME=VALUE", help: "Give a variable its value; can be repeated"),
        .bool("patrol", help: "Check the three patrol formulas"),
      ],
      positionals: [.optional("formula")], run: run)
  }

  private static let patrols = ["mol-deacon-patrol", "mol-witness-patrol", "mol-refinery-patrol"]

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let names = arguments.bool("patrol") ? patrols : arguments.positionals
    guard let first = names.first, !arguments.bool("patrol") || arguments.positionals.isEmpty else {
      throw BeadsError(.invalid, "name one formula, or give --patrol")
    }
    let values = try MoleculeSource.variables(arguments)
    let library = try context.formulaLibrary()
    for name in names { _ = try library.plan(named: name, values: values.isEmpty ? nil : values) }
    if context.isJSON {
      return context.object { writer in
        writer.member("status", "ok")
        if names.count == 1 { writer.member("formula", first) } else { writer.member("formulas", names) }
      }
    }
    for name in names { context.print("\("✓", .green) \(name) can be poured") }
  }
}
