import BeadsKit
import CommandKit

/// `bd formula`: the files that describe work.
enum FormulaCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "formula", aliases: ["formulas"], summary: "List, show and check formulas: files that describe work",
      section: CommandTree.Section.graph,
      discussion: """
        A formula is a file NAME.formula.toml or NAME.formula.json. The first of these directories that has it is \
        taken: .beads/formulas of the project, then of the checkout, of the home directory and of $GT_ROOT; the \
        formulas that bd brings with it come last. A file of your own hides one of these.
        """,
      examples: ["bd formula list", "bd formula show mol-release", "bd formula validate --all"],
      subcommands: [list, show, FormulaCheckCommands.validate, FormulaCheckCommands.convert])
  }

  // MARK: list

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", aliases: ["ls"], summary: "List the formulas that can be used here",
      examples: ["bd formula list", "bd formula list --type workflow"],
      flags: [
        .choice(
          "type", placeholder: "TYPE", values: Formula.Kind.allCases.map(\.rawValue), help: "Only these")
      ]
    ) { arguments, context in
      let library = try context.formulaLibrary()
      var formulas: [Formula] = []
      for entry in try library.entries() {
        do throws(BeadsError) { formulas.append(try library.resolved(entry)) } catch {
          context.warn("\(entry.source) cannot be used: `bd formula validate \(entry.name)` says why")
        }
      }
      if let type = arguments.string("type") { formulas.removeAll { $0.kind.rawValue != type } }
      if context.isJSON {
        context.json { writer in writer.array(formulas) { $0.formulaSummary($1) } }
      } else {
        print(formulas, library, context)
      }
    }
  }

  private static func print(_ formulas: [Formula], _ library: FormulaLibrary, _ context: BdContext) {
    if formulas.isEmpty { return context.print("No formulas") }
    for kind in Formula.Kind.allCases {
      let group = formulas.filter { $0.kind == kind }
      if group.isEmpty { continue }
      context.print("\(headings[kind] ?? "", .bold)")
      var table = Table([Table.Column(), Table.Column(), Table.Column(isFlexible: true)])
      for formula in group {
        let place = formula.source?.hasPrefix("builtin:") == true ? "built in" : "own"
        table.add(
          "  \(formula.name)", Style.dim("\(place)"), "\(FormulaTree.firstSentence(formula.summary ?? ""))")
      }
      context.output.print(table)
    }
  }

  private static let headings: [Formula.Kind: String] = [
    .workflow: "Workflows", .expansion: "Expansions, which replace a step",
    .aspect: "Aspects, which add steps around others", .convoy: "Convoys, with parallel legs",
  ]

  // MARK: show

  private static var show: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "show", summary: "Show a formula with what it inherits",
      discussion: "`bd cook` shows the steps that come of it.",
      examples: ["bd formula show mol-release", "bd formula show ./draft.formula.toml --json"],
      positionals: [.required("formula", help: "A name, or the path of a file")]
    ) { arguments, context in
      let formula = try context.formulaLibrary().resolved(named: arguments.positionals[0])
      if context.isJSON { return context.print(formula) }
      FormulaTree.print(formula, context)
    }
  }
}

extension JSONWriter {
  /// A formula in a list: how much is in it instead of what.
  fileprivate mutating func formulaSummary(_ formula: Formula) {
    object { writer in
      writer.member("name", formula.name)
      writer.member("type", formula.kind.rawValue)
      writer.member("description", formula.summary ?? "")
      writer.member("source", formula.source ?? "")
      writer.member("steps", formula.stepCount)
      writer.member("vars", formula.variables.count)
    }
  }
}
