import BeadsModel

extension FormulaReader {
  func variables(_ table: FormulaTable, _ key: String) -> [FormulaVariable] {
    guard let all = table.table(key, "`\(key)`") else { return [] }
    return all.all.map { entry in
      let variable = variable(entry)
      check(variable, at: entry.keyOffset)
      return variable
    }
  }

  private func variable(_ entry: FormulaNode.Entry) -> FormulaVariable {
    var variable = FormulaVariable(name: entry.key)
    variable.origin = problems.origin(entry.keyOffset)
    guard case .table(let entries) = entry.node.value else {
      variable.defaultValue = entry.node.scalarText
      if variable.defaultValue == nil {
        problems.add("variable \(quoted(entry.key)) must be a table or its default", at: entry.node.offset)
      }
      return variable
    }
    let table = FormulaTable(
      entries, offset: entry.keyOffset, name: "variable \(quoted(entry.key))", problems: problems)
    variable.summary = table.string("description")
    variable.defaultValue = table.scalar("default")
    variable.isRequired = table.boolean("required") ?? false
    variable.allowed = table.strings("enum")
    variable.pattern = table.string("pattern")
    variable.type = table.string("type")
    variable.requiredUnless = table.strings("required_unless")
    table.finish()
    return variable
  }

  private func check(_ variable: FormulaVariable, at offset: Int) {
    let name = "variable \(quoted(variable.name))"
    if !FormulaText.isVariableName(variable.name) {
      problems.add("\(name): a name holds letters, digits and `_`, and no digit first", at: offset)
    } else if FormulaText.controlWords.contains(variable.name) {
      problems.add("\(name): the word means something else in texts", at: offset)
    }
    if variable.isRequired, variable.defaultValue != nil {
      problems.add("\(name): `required` together with `default`", at: offset)
    }
    if let pattern = variable.pattern, let reason = FormulaPattern.problem(pattern) {
      problems.add("\(name): invalid `pattern`: \(reason)", at: offset)
    } else if let value = variable.defaultValue, let reason = variable.problem(with: value) {
      problems.add("\(name): the default \(reason)", at: offset)
    }
  }
}
