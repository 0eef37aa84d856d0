import BeadsKit
import CommandKit

/// `bd mol wisp`: makes molecules for the moment, lists them and sweeps them away.
enum WispCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "wisp", summary: "Make a wisp: a molecule that stays in this clone",
      discussion: """
        Wisps never reach issues.jsonl and are no ready work unless asked for. When one has served, \
        `bd mol squash` leaves a digest of it and `bd mol burn` leaves nothing.
        """,
      examples: [
        "bd mol wisp mol-deacon-patrol", "bd mol wisp mol-deacon-patrol --root-only --json",
        "bd mol wisp list",
        "bd mol wisp gc --age 24h",
      ],
      flags: MoleculeSource.flags + [rootOnly], positionals: [.optional("formula")],
      subcommands: [create, list, WispSweepCommand.command], run: run)
  }

  private static var create: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "create", aliases: ["spawn"], summary: "Make a wisp",
      examples: ["bd mol wisp create mol-witness-patrol --var rig=main"],
      flags: MoleculeSource.flags + [rootOnly],
      positionals: [.required("formula", help: "A formula's name or a proto's ID")], run: run)
  }

  private static var rootOnly: Flag { .bool("root-only", help: "Make the root alone, without the steps") }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    guard let word = arguments.positionals.first else {
      throw BeadsError(
        .invalid, "no formula was named",
        hint: "for example: bd mol wisp mol-deacon-patrol, or bd mol wisp list")
    }
    let variables = try MoleculeSource.variables(arguments)
    let plan = try MoleculeSource.plan(word, variables, context)
    MoleculeSource.warnOfUnused(variables, [plan], context)
    var options = Instantiation()
    options.phase = .vapor
    options.variables = variables
    options.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    options.isRootOnly = arguments.bool("root-only")
    let made = options
    func spawn(_ transaction: inout Transaction) throws(BeadsError) -> Molecule {
      let molecule = try transaction.instantiate(plan, made)
      transaction.summary = "\(plan.name): \(molecule.rootID)"
      return molecule
    }
    if arguments.bool("dry-run") {
      _ = try context.rehearse("mol wisp", spawn)
      var shown = try plan.substituting(variables)
      if made.isRootOnly { shown.keepRootOnly() }
      return try MoleculeText.rehearsed([shown], phase: .vapor, context)
    }
    let molecule = try context.change("mol wisp", spawn)
    LastTouched.write(molecule.rootID, context)
    if context.isJSON {
      return context.object { writer in
        MoleculeText.write(molecule, &writer)
        writer.member("phase", Formula.Phase.vapor.rawValue)
      }
    }
    context.print("\("✓", .green) Created wisp: \(MoleculeText.count(molecule.ids.count))")
    // Programs of an earlier time look for this line.
    context.print("\("✓", .green) Spawned wisp: \(molecule.rootID)")
    context.print("  Root issue: \(molecule.rootID, .bold)")
    context.print("  Phase: vapor (stays in this clone)")
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", summary: "List the wisps",
      discussion: "The latest change comes first. A wisp is old when it was not touched for a day.",
      examples: ["bd mol wisp list", "bd mol wisp list --all --json"],
      flags: [
        .bool("all", short: "a", help: "Closed ones too"),
        .string("type", placeholder: "TYPE", help: "Only wisps of this issue type or wisp type"),
      ]
    ) { arguments, context in
      let store = try context.store()
      let wisps = try store.wisps(includingFinished: arguments.bool("all"), type: arguments.string("type"))
      let old = wisps.filter(\.isOld).count
      if context.isJSON { return write(wisps, old, context) }
      if wisps.isEmpty { return context.print("No wisps") }
      for wisp in wisps {
        let note: TerminalText = wisp.isOld ? " \("(old)", .yellow)" : ""
        context.print(IssueText.line(wisp.issue, store.rules.vocabulary) + note)
      }
      if old > 0 {
        context.print("\(MoleculeText.count(old, "wisp")) untouched for a day: `bd mol wisp gc` deletes them")
      }
    }
  }

  private static func write(_ wisps: [Wisp], _ old: Int, _ context: BdContext) {
    context.object { writer in
      writer.key("wisps")
      writer.array(wisps) { writer, wisp in
        writer.object { writer in
          let issue = wisp.issue
          writer.member("id", issue.id.rawValue)
          writer.member("title", issue.title)
          writer.member("status", issue.status.rawValue)
          writer.member("priority", issue.priority)
          writer.member("type", issue.type.rawValue)
          if !issue.labels.isEmpty { writer.member("labels", issue.labels) }
          writer.member("created_at", issue.createdAt)
          writer.member("updated_at", issue.updatedAt)
          if wisp.isOld { writer.member("old", true) }
        }
      }
      writer.member("count", wisps.count)
      if old > 0 { writer.member("old_count", old) }
    }
  }
}
