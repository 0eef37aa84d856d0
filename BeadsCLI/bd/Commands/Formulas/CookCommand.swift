import BeadsKit
import CommandKit

/// `bd cook`: what comes of a formula.
enum CookCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "cook", summary: "Show the steps that come of a formula", section: CommandTree.Section.graph,
      discussion: """
        Everything a formula extends and composes is brought in, loops are unrolled and every need is checked. \
        Placeholders stay as they are (--mode compile) unless --var or --mode runtime asks for values; then all \
        required variables must have one, and steps whose condition does not hold are left out. The result is JSON; \
        --dry-run shows it as a tree.
        """,
      examples: [
        "bd cook mol-release --dry-run", "bd cook mol-release --var version=1.2.0",
        "bd cook ./draft.formula.toml --search-path ../formulas",
      ],
      flags: [
        .list("var", placeholder: "NAME=VALUE", help: "Give a variable its value; can be repeated"),
        .choice(
          "mode", values: ["compile", "runtime"], help: "Keep placeholders, or fill them (default compile)"),
        .bool("dry-run", help: "Show the steps as a tree"),
        .list("search-path", placeholder: "DIR,...", help: "Look for formulas here first"),
      ],
      positionals: [.required("formula", help: "A name, or the path of a file")], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let formula = try cooked(arguments, context)
    if arguments.bool("dry-run"), !context.isJSON { return FormulaTree.print(formula, context) }
    context.print(formula)
  }

  /// The formula that the command line asks for, cooked.
  private static func cooked(_ arguments: Arguments, _ context: BdContext) throws -> Formula {
    let values = try MoleculeSource.variables(arguments)
    let mode = arguments.string("mode")
    if mode == "compile", !values.isEmpty {
      throw UsageError(
        "--mode compile keeps the placeholders that --var fills", hint: "Leave one of them out.")
    }
    let fills = mode == "runtime" || !values.isEmpty
    return try context.formulaLibrary().cook(named: arguments.positionals[0], values: fills ? values : nil)
  }
}
