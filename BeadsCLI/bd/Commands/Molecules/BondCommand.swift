import BeadsKit
import CommandKit

/// `bd mol bond`: puts protos, formulas and issues together.
enum BondCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "bond", summary: "Put two formulas, protos or molecules together",
      discussion: """
        Two issues: the second waits for the first. A formula or proto and an issue: a molecule is made of the first \
        and bonded to the issue. Two protos: they become parts of a new one.

        With --type parallel nothing waits, and what is bonded becomes a part; with --type conditional it runs only if \
        the other one fails.
        """,
      examples: [
        "bd mol bond mol-review bd-a3f8", "bd mol bond bd-mol-a3f8 bd-mol-9zq --type parallel",
        "bd mol bond mol-polecat-arm bd-wisp-a3f8 --ref \"arm-{{name}}\" --var name=ace",
      ],
      flags: [
        .choice(
          "type", values: BondType.allCases.map(\.rawValue), default: BondType.sequential.rawValue,
          help: "How they are bonded"),
        .string("as", placeholder: "TITLE", help: "The title of the proto that two protos become"),
        .string("ref", placeholder: "NAME", help: "Name what is made ISSUE.NAME, instead of by a hash"),
        .bool("ephemeral", aliases: ["wisp"], help: "Make a wisp, whatever it is bonded to"),
        .bool("pour", help: "Make issues that are kept, whatever they are bonded to"),
      ] + MoleculeSource.flags,
      positionals: [.required("first"), .required("second")], run: run)
  }

  private struct Result {
    var id: IssueID
    var isProto = false
    var spawned: Molecule?
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    if arguments.bool("ephemeral"), arguments.bool("pour") {
      throw BeadsError(.invalid, "--ephemeral and --pour cannot be combined")
    }
    let variables = try MoleculeSource.variables(arguments)
    let words = arguments.positionals
    let first = try MoleculeSource.operand(words[0], context)
    let second = try MoleculeSource.operand(words[1], context)
    try check(arguments, first, second)
    let type = BondType(rawValue: arguments.string("type") ?? "") ?? .sequential
    MoleculeSource.warnOfUnused(variables, [first.plan, second.plan].compactMap(\.self), context)
    var options = Instantiation()
    options.variables = variables
    options.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    let given = options
    func bond(_ transaction: inout Transaction) throws(BeadsError) -> Result {
      let result: Result
      switch (first, second) {
      case (.issue(let a), .issue(let b)):
        try transaction.bond(a.id, b.id, type)
        result = Result(id: a.id)
      case (.issue(let target), let source), (let source, .issue(let target)):
        let plan = try plan(source, variables, context)
        var options = given
        let isWisp = arguments.bool("ephemeral") || (target.isEphemeral && !arguments.bool("pour"))
        options.phase = isWisp ? .vapor : .liquid
        let made = try transaction.bond(
          plan, to: target.id, type, reference: arguments.string("ref"), options)
        result = Result(id: target.id, spawned: made)
      default:
        let (a, b) = (try proto(first, &transaction), try proto(second, &transaction))
        let compound = try transaction.compound(a, b, type, title: arguments.string("as"))
        result = Result(id: compound.id, isProto: true)
      }
      transaction.summary = "\(words[0]) + \(words[1]): \(result.id)"
      return result
    }
    if arguments.bool("dry-run") {
      guard let result = try context.rehearse("mol bond", bond) else { return }
      return show(result, type, isRehearsal: true, words, context)
    }
    let result = try context.change("mol bond", bond)
    LastTouched.write(result.id, context)
    show(result, type, isRehearsal: false, words, context)
  }

  /// The proto in the store, which a formula becomes unless it has become one before.
  private static func proto(
    _ operand: MoleculeSource.Operand, _ transaction: inout Transaction
  ) throws(BeadsError) -> IssueID {
    switch operand {
    case .issue(let issue): return issue.id
    case .proto(let id, _): return id
    case .formula(_, let plan): return try transaction.storeProto(plan).rootID
    }
  }

  /// What is made of an operand that is no issue; a formula is cooked with the values, which decide its conditions.
  private static func plan(
    _ operand: MoleculeSource.Operand, _ variables: [String: String], _ context: BdContext
  ) throws(BeadsError) -> MoleculePlan {
    if case .formula(let name, _) = operand {
      return try context.formulaLibrary().plan(named: name, values: variables)
    }
    guard let plan = operand.plan else { throw BeadsError(.invalid, "there is nothing to make") }
    return plan
  }

  /// Refuses flags that mean nothing for what is bonded.
  private static func check(
    _ arguments: Arguments, _ first: MoleculeSource.Operand, _ second: MoleculeSource.Operand
  ) throws(BeadsError) {
    let makesIssues = (first.plan == nil) != (second.plan == nil)
    for name in ["ref", "ephemeral", "pour"] where arguments.isSet(name) && !makesIssues {
      throw BeadsError(
        .invalid, "--\(name) is for a formula or proto that is bonded to an issue",
        hint: "here are \(first.plan == nil ? "two issues" : "two protos")")
    }
    if arguments.isSet("as"), first.plan == nil || second.plan == nil {
      throw BeadsError(.invalid, "--as names the proto that two protos become")
    }
  }

  private static func show(
    _ result: Result, _ type: BondType, isRehearsal: Bool, _ words: [String], _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        if isRehearsal { writer.member("dry_run", true) }
        let isNew = isRehearsal && result.isProto
        if !isNew { writer.member("result_id", result.id.rawValue) }
        writer.member("result_type", result.isProto ? "compound_proto" : "compound_molecule")
        writer.member("bond_type", type.rawValue)
        guard let spawned = result.spawned else { return }
        writer.member("spawned", spawned.ids.count)
        if isRehearsal { return }
        writer.member("root_id", spawned.rootID.rawValue)
        writer.key("id_mapping")
        MoleculeText.write(spawned.ids, &writer)
      }
    }
    let names: TerminalText = "\(words[0]) + \(words[1]) (\(type.rawValue))"
    if isRehearsal {
      context.print("Would bond \(names)")
      if let spawned = result.spawned {
        context.print("  Would create \(MoleculeText.count(spawned.ids.count))")
      }
      return context.print("Nothing is changed")
    }
    context.print("\("✓", .green) Bonded \(names)")
    if let spawned = result.spawned {
      context.print("  Created \(MoleculeText.count(spawned.ids.count)) below \(spawned.rootID, .bold)")
    }
    context.print("  Result: \(result.id, .bold)")
  }
}
