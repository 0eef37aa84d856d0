extension Formula {
  /// The legs of a convoy as parallel steps, and the synthesis that needs them.
  var convoySteps: [FormulaStep] {
    var steps = convoy.legs.map { leg in
      var step = leg
      let values = legValues(leg)
      step.summary = joined([
        prompt("base"), prompt(leg.id), leg.focus.map { "Focus: \($0)" }, leg.summary, findings,
      ]).map { Self.filled($0, values) }
      step.title = Self.filled(leg.title, values)
      step.isParallel = true
      step.isReviewOnly = leg.isReviewOnly || isReviewOnly
      step.agent = leg.agent ?? agent
      return step
    }
    guard let synthesis = convoy.synthesis else { return steps }
    var last = FormulaStep(id: "synthesis", title: Self.filled(synthesis.title ?? "Synthesis", [:]))
    last.needs = synthesis.needs.isEmpty ? steps.map(\.id) : synthesis.needs
    let target = convoy.output.flatMap { path($0.directory, $0.synthesis) }
    last.summary = joined([
      prompt("synthesis"), synthesis.summary, target.map { "Write the result to \($0)." },
    ]).map { Self.filled($0, outputValues) }
    last.agent = agent
    last.origin = synthesis.origin
    steps.append(last)
    return steps
  }

  private func prompt(_ name: String) -> String? { convoy.prompts.first { $0.name == name }?.value }

  private var findings: String? {
    convoy.output.flatMap { path($0.directory, $0.legPattern) }.map { "Write the findings to \($0)." }
  }

  private func path(_ directory: String?, _ file: String?) -> String? {
    guard let file else { return nil }
    return directory.map { $0.hasSuffix("/") ? $0 + file : "\($0)/\(file)" } ?? file
  }

  private func joined(_ parts: [String?]) -> String? {
    let texts = parts.compactMap(\.self).filter { !$0.isEmpty }
    return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
  }

  private func legValues(_ leg: FormulaStep) -> [String: String] {
    var values = outputValues
    values[".leg.id"] = leg.id
    values[".leg.title"] = leg.title
    values[".leg.focus"] = leg.focus ?? ""
    values[".leg.description"] = leg.summary ?? ""
    return values
  }

  private var outputValues: [String: String] {
    var values: [String: String] = [:]
    values[".output.directory"] = convoy.output?.directory
    values[".output.synthesis"] = convoy.output?.synthesis
    return values
  }

  /// The text with `{{.leg.id}}` and the like filled in; `{{.input}}` becomes the placeholder `{{input}}`.
  private static func filled(_ text: String, _ values: [String: String]) -> String {
    Placeholders.replace(text) { name in
      guard name.isDouble, name.text.hasPrefix(".") else { return nil }
      if let value = values[String(name.text)] { return value }
      let input = String(name.text.dropFirst())
      return FormulaText.isVariableName(input) ? "{{\(input)}}" : nil
    }
  }
}
