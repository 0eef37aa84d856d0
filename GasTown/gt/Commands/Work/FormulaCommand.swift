import BeadsKit
import CommandKit
import GasTownKit

/// `gt formula`: the descriptions of how work is done.
enum FormulaCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "formula", aliases: ["formulas"], summary: "List and show the formulas that work can follow",
      section: CommandTree.Section.work, subcommands: [list, show])
  }

  private static var rigFlag: Flag { .string("rig", placeholder: "RIG", help: "As the rig sees them") }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", summary: "List the formulas", examples: ["gt formula list"], flags: [rigFlag]
    ) {
      arguments, context in
      let formulas = try context.formulas()
      var rows: [(entry: FormulaLibrary.Entry, formula: Formula)] = []
      for entry in try formulas.entries() {
        do throws(BeadsError) { rows.append((entry, try formulas.formula(named: entry.name))) } catch {
          context.warn("\(entry.source): \(error.message)")
        }
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(rows) { writer, row in
            writer.object { writer in
              writer.member("name", row.entry.name)
              writer.member("type", row.formula.kind.rawValue)
              writer.member("description", row.formula.summary ?? "")
              writer.member("source", row.entry.source)
              writer.member("steps", row.formula.stepCount)
            }
          }
        }
      }
      var table = Table([
        .init("NAME"), .init("TYPE"), .init("STEPS", alignment: .right), .init("ABOUT", isFlexible: true),
      ])
      for row in rows {
        let about = row.formula.summary?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        table.add("\(row.entry.name)", "\(row.formula.kind.rawValue)", "\(row.formula.stepCount)", "\(about)")
      }
      context.output.print(table)
    }
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show a formula with its variables and steps",
      examples: ["gt formula show mol-polecat-work"],
      flags: [rigFlag], positionals: [.required("name")]
    ) { arguments, context in
      let formulas = try context.formulas()
      let name = arguments.positionals[0]
      let formula = try formulas.overlaid(name)
      let overlay = formulas.overlayPath(of: name)
      if context.isJSON {
        return context.object { writer in
          writer.member("name", formula.name)
          writer.member("type", formula.kind.rawValue)
          writer.member("description", formula.summary ?? "")
          writer.member(optional: "overlay", overlay)
          writer.key("vars")
          writer.array(formula.variables) { writer, variable in
            writer.object { writer in
              writer.member("name", variable.name)
              writer.member("description", variable.summary ?? "")
              writer.member("required", variable.isRequired)
              writer.member(optional: "default", variable.defaultValue)
            }
          }
          writer.key("steps")
          writer.array(formula.steps + formula.template + formula.convoy.legs) { writer, step in
            writer.object { writer in
              writer.member("id", step.id)
              writer.member("title", step.title)
              writer.member("description", step.summary ?? "")
              writer.member("needs", step.needs)
            }
          }
        }
      }
      context.print("\(formula.name, .bold)  (\(formula.kind.rawValue))")
      if let overlay { context.print("Changed by \(overlay)") }
      if let summary = formula.summary { context.print("\n\(multiline: summary)") }
      if !formula.variables.isEmpty { context.print("\n\("Variables", .bold)") }
      for variable in formula.variables {
        let note = variable.defaultValue.map { "default \($0.isEmpty ? "empty" : $0)" } ?? "required"
        context.print("  \(variable.name)  \(variable.summary ?? "") (\(note))")
      }
      context.print("\n\("Steps", .bold)")
      for step in formula.steps + formula.template + formula.convoy.legs {
        let needs = step.needs.isEmpty ? "" : " ← \(step.needs.joined(separator: ", "))"
        context.print("  \(step.title) (\(step.id))\(needs)")
      }
    }
  }
}

extension GtContext {
  /// The formulas that the rig one is in, or that was named, can use.
  fileprivate func formulas() throws(BeadsError) -> WorkFormulas {
    var name = try me().rig
    if let rig = arguments.string("rig") { name = try town().rig(rig).name }
    return try ledgers().formulas(of: name)
  }
}
