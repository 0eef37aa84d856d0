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
        --dry-run shows it as a tree. With --persist it becomes a proto in the store, which can be poured.
        """,
      examples: [
        "bd cook mol-release --dry-run", "bd cook mol-release --var version=1.2.0",
        "bd cook ./draft.formula.toml --search-path ../formulas", "bd cook mol-release --persist",
      ],
      flags: [
        .list("var", placeholder: "NAME=VALUE", help: "Give a variable its value; can be repeated"),
        .choice(
          "mode", values: ["compile", "runtime"], help: "Keep placeholders, or fill them (default compile)"),
        .bool("dry-run", help: "Show the steps as a tree"),
        .bool("persist", help: "Store it as a proto"),
        .bool("force", short: "f", help: "With --persist: make the proto anew if there is one"),
        .string("prefix", placeholder: "TEXT", help: "With --persist: what the proto's ID starts with"),
        .list("search-path", placeholder: "DIR,...", help: "Look for formulas here first"),
      ],
      positionals: [.required("formula", help: "A name, or the path of a file")], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let formula = try cooked(arguments, context)
    if arguments.bool("persist") { return try persist(formula, arguments, context) }
    if arguments.bool("dry-run"), !context.isJSON { return FormulaTree.print(formula, context) }
    context.print(formula)
  }

  private static func persist(_ formula: Formula, _ arguments: Arguments, _ context: BdContext) throws {
    let isFilled = try arguments.string("mode") == "runtime" || !MoleculeSource.variables(arguments).isEmpty
    let plan = try MoleculePlan(formula, isFilled: isFilled)
    func store(_ transaction: inout Transaction) throws(BeadsError) -> Molecule {
      let proto = try transaction.storeProto(
        plan, prefix: arguments.string("prefix") ?? "", replaces: arguments.bool("force"))
      transaction.summary = "\(formula.name): \(proto.rootID)"
      return proto
    }
    let isRehearsal = arguments.bool("dry-run")
    guard let proto = isRehearsal ? try context.rehearse("cook", store) : try context.change("cook", store)
    else { return }
    if context.isJSON {
      return context.object { writer in
        if isRehearsal { writer.member("dry_run", true) }
        writer.member("proto_id", proto.rootID.rawValue)
        writer.member("formula", formula.name)
        writer.member("created", proto.ids.count)
        writer.member("variables", plan.mentionedVariables)
        let points = formula.compose.bondPoints.map(\.id)
        if !points.isEmpty { writer.member("bond_points", points) }
      }
    }
    context.print(
      "\(isRehearsal ? "Would store" : "✓ Stored") proto \(proto.rootID, .bold): \(MoleculeText.count(proto.ids.count))"
    )
    let variables = plan.mentionedVariables
    if !variables.isEmpty { context.print("  Variables: \(variables.joined(separator: ", "))") }
    if isRehearsal { return context.print("Nothing is changed") }
    context.print("  Make issues of it with: bd mol pour \(proto.rootID)")
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
