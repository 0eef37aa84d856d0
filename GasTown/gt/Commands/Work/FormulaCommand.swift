import BeadsKit
import CommandKit
import GasTownKit

/// `gt formula`: the descriptions of how work is done.
enum FormulaCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "formula", aliases: ["formulas"],
      summary: "List, show, make and change the formulas that work can follow",
      section: CommandTree.Section.work,
      subcommands: [list, show, run, FormulaCreateCommand.command, FormulaOverlayCommand.group])
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
        do throws(BeadsError) { rows.append((entry, try formulas.resolved(entry))) } catch {
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
        let about = firstSentence(row.formula.summary ?? "")
        table.add("\(row.entry.name)", "\(row.formula.kind.rawValue)", "\(row.formula.stepCount)", "\(about)")
      }
      context.output.print(table)
    }
  }

  private static func firstSentence(_ text: String) -> String {
    var words: [Substring] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      words.append(word)
      if word.hasSuffix(".") { break }
    }
    return words.joined(separator: " ")
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

extension FormulaCommand {
  fileprivate static var run: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "run", summary: "Run a formula in a rig",
      discussion: """
        A formula of type convoy becomes an issue for each leg, each worked on by its own polecat, and one for the \
        synthesis, which waits for them. Any other formula becomes one assignment.
        """,
      examples: ["gt formula run code-review --rig app --set target=main"],
      flags: [
        rigFlag, .list("set", placeholder: "NAME=VALUE", help: "Set a variable; may be repeated"),
        .string("agent", placeholder: "NAME", help: "The runtime to use"),
        .list("files", placeholder: "PATH", help: "The files it is about: the variable files"),
        .string("pr", placeholder: "NUMBER", help: "The pull request it is about: the variable pr"),
        .bool("no-convoy", help: "Make no convoy for it"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ], positionals: [.required("name")]
    ) { arguments, context in
      var request = SlingRequest([])
      request.variables = arguments.values("set")
      let files = arguments.list("files")
      if !files.isEmpty { request.variables.append("files=" + files.joined(separator: " ")) }
      if let number = arguments.string("pr") { request.variables.append("pr=" + number) }
      request.runtime = arguments.string("agent")
      request.makesNoConvoy = arguments.bool("no-convoy")
      request.isDryRun = arguments.bool("dry-run")
      let rig = try context.rig(arguments.string("rig"))
      let run = try context.sling().runFormula(arguments.positionals[0], in: rig, request)
      if context.isJSON {
        context.object { writer in
          writer.member(optional: "root", run.root?.rawValue)
          writer.member(optional: "convoy", run.convoy?.rawValue)
          writer.member("waiting", run.waiting.map(\.rawValue))
          writer.key("results")
          writer.array(run.outcomes) { writer, outcome in
            writer.object { SlingCommand.members(outcome, &$0) }
          }
        }
      } else {
        if let root = run.root { context.print("✓ \(arguments.positionals[0]) became \(root)") }
        for outcome in run.outcomes { SlingCommand.print(outcome, context) }
        for id in run.waiting { context.print("\("·", .dim) \(id) waits for the others") }
      }
      if run.outcomes.contains(where: { $0.action == .failed }) { throw ExitStatus(1) }
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
