import BeadsModel
import BeadsSystem

extension FormulaReader {
  static func overrides(
    _ bytes: [UInt8], source: String
  ) throws(BeadsError) -> [FormulaOverlay.Override] {
    let problems = FormulaProblems(FormulaText(bytes, source: source))
    guard bytes.count <= sizeLimit else {
      throw BeadsError(.invalid, "\(source) is larger than \(sizeLimit >> 20) MB")
    }
    var result: [FormulaOverlay.Override] = []
    if let entries = entries(bytes, .toml, problems) {
      let root = FormulaTable(entries, offset: 0, name: "overlay", problems: problems)
      let reader = FormulaReader(problems: problems)
      result = root.tables("step-overrides", "step override").map(reader.override)
      root.finish()
    }
    let found = problems.sorted
    if !found.isEmpty { throw .formula(found, "overlay validation failed:") }
    return result
  }

  private func override(_ table: FormulaTable) -> FormulaOverlay.Override {
    let step = table.string("step_id") ?? ""
    if step.isEmpty { table.complain("`step_id` missing", at: "step_id") }
    let mode = word(table, "mode", of: FormulaOverlay.Mode.self)
    if mode == nil, !table.has("mode") { table.complain("`mode` missing") }
    let summary = table.string("description")
    if summary == nil, mode == .replace || mode == .append { table.complain("`description` missing") }
    table.finish()
    return FormulaOverlay.Override(stepID: step, mode: mode ?? .skip, summary: summary)
  }
}
