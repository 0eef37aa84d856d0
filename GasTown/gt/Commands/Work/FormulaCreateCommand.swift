import BeadsKit
import CommandKit
import GasTownKit

/// `gt formula create`: begins a formula from a template.
enum FormulaCreateCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "create", summary: "Begin a formula of your own",
      discussion: """
        Writes a file to go on with: .beads/formulas/NAME.formula.toml of the town, or of a rig. The file is checked \
        whenever it is used; `gt formula show NAME` checks it now.
        """,
      examples: ["gt formula create release", "gt formula create nightly --type patrol --rig app"],
      flags: [
        .choice(
          "type", placeholder: "TYPE", values: NewFormula.Template.allCases.map(\.rawValue), default: "task",
          help: "One step, steps after each other, or a round"),
        .string("rig", placeholder: "RIG", help: "For this rig only"),
      ], positionals: [.required("name")]
    ) { arguments, context in
      let rig = try arguments.string("rig").map { name throws(BeadsError) in try context.town().rig(name).name
      }
      let template = arguments.string("type").flatMap(NewFormula.Template.init) ?? .task
      let name = arguments.positionals[0]
      let path = try NewFormula(name, template, rig: rig).write(try context.ledgers())
      let formula = try context.ledgers().formulas(of: rig).formula(named: name)
      if context.isJSON {
        return context.object { writer in
          writer.member("name", name)
          writer.member("template", template.rawValue)
          writer.member("path", path)
          writer.member("steps", formula.steps.map(\.id))
        }
      }
      context.print("✓ \(name, .bold) begins in \(path)")
    }
  }
}
