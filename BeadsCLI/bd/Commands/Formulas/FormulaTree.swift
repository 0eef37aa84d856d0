import BeadsKit
import CommandKit

/// A formula for people: what it is for, what it asks for, and its steps as a tree.
enum FormulaTree {
  static func print(_ formula: Formula, _ context: BdContext) {
    context.print("\(formula.title ?? formula.name, .bold)  \(Style.dim("\(facts(formula))"))")
    if let summary = formula.summary, !summary.isEmpty {
      for line in lines(summary) { context.print(line.isEmpty ? "" : "  \(line)") }
    }
    if let source = formula.source { context.print("  \(Style.dim("\(source)"))") }
    print(formula.variables, context)
    let sections: [(String, [FormulaStep])] = [
      ("Steps", formula.steps), ("Template", formula.template), ("Legs", formula.convoy.legs),
    ]
    for (heading, steps) in sections where !steps.isEmpty {
      context.print("")
      context.print("\(heading, .bold)")
      print(steps, indent: "  ", context)
    }
    if let synthesis = formula.convoy.synthesis {
      context.print("  synthesis  \(synthesis.title ?? "Synthesis")")
    }
    printAdvice(formula, context)
    printComposition(formula.compose, context)
  }

  /// The first sentence or line of a description.
  static func firstSentence(_ text: String) -> String {
    let joined = lines(text).prefix { !$0.isEmpty }.joined(separator: " ")
    if let end = joined.firstRange(of: ". ") { return String(joined[..<end.lowerBound]) }
    return joined.hasSuffix(".") ? String(joined.dropLast()) : joined
  }

  private static func lines(_ text: String) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func facts(_ formula: Formula) -> String {
    var facts = [formula.kind.rawValue, "version \(formula.version)"]
    if let phase = formula.phase { facts.append(phase.rawValue) }
    if formula.poursSteps { facts.append("poured") }
    if !formula.extends.isEmpty { facts.append("extends \(formula.extends.joined(separator: ", "))") }
    return facts.joined(separator: ", ")
  }

  private static func print(_ variables: [FormulaVariable], _ context: BdContext) {
    if variables.isEmpty { return }
    context.print("")
    context.print("\("Variables", .bold)")
    var table = Table([Table.Column(), Table.Column(), Table.Column(isFlexible: true)])
    for variable in variables {
      let rule = variable.defaultValue.map { "= \($0)" } ?? (variable.isRequired ? "required" : "")
      let allowed = variable.allowed.isEmpty ? variable.pattern : variable.allowed.joined(separator: " | ")
      let remark = [variable.summary, allowed.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
      table.add("  \(variable.name)", "\(rule)", Style.dim("\(remark)"))
    }
    context.output.print(table)
  }

  private static func print(_ steps: [FormulaStep], indent: String, _ context: BdContext) {
    for (index, step) in steps.enumerated() {
      let isLast = index == steps.count - 1
      let needs = step.needs.isEmpty ? "" : "  ← \(step.needs.joined(separator: ", "))"
      let remarks = remarks(step)
      context.print(
        "\(indent)\(isLast ? "└── " : "├── ")\(step.id, .bold)  \(step.title)\(Style.dim("\(needs)\(remarks)"))"
      )
      let below = step.loop?.body ?? step.children
      print(below, indent: indent + (isLast ? "    " : "│   "), context)
    }
  }

  private static func remarks(_ step: FormulaStep) -> String {
    var remarks: [String] = []
    if let gate = step.gate {
      remarks.append(
        "gate " + [gate.type, gate.awaitID, gate.timeout].compactMap(\.self).joined(separator: " "))
    }
    if let loop = step.loop {
      let rounds = loop.count.map { "\($0) times" } ?? loop.range.map { "for \($0)" }
      remarks.append("loop " + (rounds ?? "until \(loop.until ?? "")"))
    }
    if let expansion = step.expansion { remarks.append("expand \(expansion)") }
    if let condition = step.condition { remarks.append("if \(condition)") }
    if let waitsFor = step.waitsFor { remarks.append("waits for \(waitsFor)") }
    if let done = step.onComplete { remarks.append("then \(done.bond) for each of \(done.forEach)") }
    return remarks.isEmpty ? "" : "  [\(remarks.joined(separator: "; "))]"
  }

  private static func printAdvice(_ formula: Formula, _ context: BdContext) {
    if formula.advice.isEmpty { return }
    context.print("")
    context.print("\("Advice", .bold)")
    for advice in formula.advice {
      let before = advice.before.map(\.id).joined(separator: ", ")
      let after = advice.after.map(\.id).joined(separator: ", ")
      let parts = [before.isEmpty ? nil : "before: \(before)", after.isEmpty ? nil : "after: \(after)"]
      context.print("  \(advice.target, .bold)  \(parts.compactMap(\.self).joined(separator: "; "))")
    }
  }

  private static func printComposition(_ compose: FormulaComposition, _ context: BdContext) {
    var lines = compose.expansions.map { "\($0.target) is replaced by \($0.formula)" }
    lines += compose.maps.map { "every \($0.target) is replaced by \($0.formula)" }
    lines += compose.branches.map { branch in
      "\(branch.steps.joined(separator: ", ")) after \(branch.from)\(branch.join.map { ", before \($0)" } ?? "")"
    }
    lines += compose.gates.map { "\($0.before) is held back until \($0.condition)" }
    lines += compose.aspects.map { "aspect \($0)" }
    lines += compose.hooks.map { "\($0.attach) is attached to \($0.trigger)" }
    lines += compose.bondPoints.map { point in
      let place = point.afterStep.map { "after \($0)" } ?? "before \(point.beforeStep ?? "")"
      return "bond point \(point.id) \(place)"
    }
    if lines.isEmpty { return }
    context.print("")
    context.print("\("Composition", .bold)")
    for line in lines { context.print("  \(line)") }
  }
}
