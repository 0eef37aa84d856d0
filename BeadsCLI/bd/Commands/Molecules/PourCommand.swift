import BeadsKit
import CommandKit

/// `bd mol pour`: makes a molecule that is kept and shared.
enum PourCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "pour", summary: "Make a molecule: issues that are kept and shared",
      discussion: """
        Each step becomes an issue below a root; what it needs blocks it. Everything is made in one transaction, and \
        nothing if a variable is missing or has a value it may not have. `bd undo` takes it back.
        """,
      examples: [
        "bd mol pour mol-release --var version=1.2.0",
        "bd mol pour mol-feature --var feature=login --assignee alice",
        "bd mol pour mol-release --dry-run --var version=1.2.0",
      ],
      flags: MoleculeSource.flags + [
        .string(
          "assignee", placeholder: "NAME", help: "Who gets the root; steps go to whom the formula says"),
        .list("attach", placeholder: "PROTO", help: "Bond this proto or formula to it; can be repeated"),
        .choice(
          "attach-type", values: BondType.allCases.map(\.rawValue), default: BondType.sequential.rawValue,
          help: "How what is attached is bonded"),
      ],
      positionals: [.required("formula", help: "A formula's name or a proto's ID")], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let variables = try MoleculeSource.variables(arguments)
    let plan = try MoleculeSource.plan(arguments.positionals[0], variables, context)
    let attached = try arguments.values("attach").map { word throws(BeadsError) in
      try MoleculeSource.plan(word, variables, context)
    }
    if plan.phase == .vapor {
      context.warn(
        "\(plan.name) is meant to be a wisp, which stays in this clone: `bd mol wisp \(plan.name)`")
    }
    MoleculeSource.warnOfUnused(variables, [plan] + attached, context)
    var options = Instantiation()
    options.variables = variables
    options.assignee = arguments.string("assignee") ?? ""
    options.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    let bond = BondType(rawValue: arguments.string("attach-type") ?? "") ?? .sequential
    let made = options
    func pour(_ transaction: inout Transaction) throws(BeadsError) -> (Molecule, [Molecule]) {
      let molecule = try transaction.instantiate(plan, made)
      var parts: [Molecule] = []
      for part in attached {
        parts.append(try transaction.bond(part, to: molecule.rootID, bond, reference: nil, made))
      }
      transaction.summary = "\(plan.name): \(molecule.rootID)"
      return (molecule, parts)
    }
    if arguments.bool("dry-run") { return try rehearse(plan, attached, variables, pour, context) }
    let (molecule, parts) = try context.change("mol pour", pour)
    LastTouched.write(molecule.rootID, context)
    if context.isJSON {
      return context.object { writer in
        MoleculeText.write(molecule, &writer)
        writer.member("attached", parts.count)
        writer.member("phase", Formula.Phase.liquid.rawValue)
      }
    }
    context.print("\("✓", .green) Poured mol: created \(MoleculeText.count(molecule.ids.count))")
    context.print("  Root issue: \(molecule.rootID, .bold)")
    for (part, plan) in zip(parts, attached) {
      context.print("  Attached \(plan.name): \(MoleculeText.count(part.ids.count)) below \(part.rootID)")
    }
    context.print("  Phase: liquid (kept and shared)")
  }

  private static func rehearse<R>(
    _ plan: MoleculePlan, _ attached: [MoleculePlan], _ variables: [String: String],
    _ pour: (inout Transaction) throws(BeadsError) -> R, _ context: BdContext
  ) throws {
    _ = try context.rehearse("mol pour", pour)
    let plans = try ([plan] + attached).map { plan throws(BeadsError) in try plan.substituting(variables) }
    try MoleculeText.rehearsed(plans, phase: .liquid, context)
  }
}
