extension FormulaReader {
  mutating func readConvoy(_ table: FormulaTable, into formula: inout Formula) {
    formula.variables += variables(table, "inputs")
    formula.convoy.prompts = table.arguments("prompts")
    formula.convoy.legs = table.tables("legs", "leg").map { leg($0) }
    formula.convoy.synthesis = table.table("synthesis", "synthesis").map { synthesis($0) }
    formula.convoy.output = table.table("output", "output").map(output)
  }

  private mutating func leg(_ table: FormulaTable) -> FormulaStep { step(table, 1) }

  private mutating func synthesis(_ table: FormulaTable) -> FormulaSynthesis {
    var synthesis = FormulaSynthesis()
    synthesis.origin = table.origin
    synthesis.title = table.string("title")
    synthesis.summary = table.string("description")
    for need in table.texts("depends_on") + table.texts("needs") {
      synthesis.needs.append(need.text)
      scope.refer(to: need.text, from: "synthesis", "needs", need.offset)
    }
    table.finish()
    return synthesis
  }

  private func output(_ table: FormulaTable) -> FormulaOutput {
    var output = FormulaOutput()
    output.directory = table.string("directory")
    output.legPattern = table.string("leg_pattern")
    output.synthesis = table.string("synthesis")
    table.finish()
    return output
  }
}
