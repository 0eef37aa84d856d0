import BeadsModel

extension FormulaReader {
  func readComposition(_ table: FormulaTable, into formula: inout Formula) {
    if let compose = table.table("compose", "compose") {
      formula.compose.bondPoints = compose.tables("bond_points", "bond point").map(bondPoint)
      formula.compose.hooks = compose.tables("hooks", "hook").map(hook)
      formula.compose.expansions = compose.tables("expand", "compose.expand").map { expansion($0, "target") }
      formula.compose.maps = compose.tables("map", "compose.map").map { expansion($0, "select") }
      formula.compose.branches = compose.tables("branch", "branch").map(branch)
      formula.compose.gates = compose.tables("gate", "compose.gate").map(conditionGate)
      formula.compose.aspects = compose.texts("aspects").map { aspect in
        checkName(aspect.text, "aspect", aspect.offset)
        return aspect.text
      }
      compose.finish()
    }
    formula.advice = table.tables("advice", "advice").map(advice)
    formula.pointcuts = table.tables("pointcuts", "pointcut").map(pointcut)
  }

  private func required(_ table: FormulaTable, _ key: String) -> String {
    let text = table.string(key) ?? ""
    if text.isEmpty, table.node(key).map({ $0.scalarText == "" }) ?? true {
      table.complain("`\(key)` missing", at: key)
    }
    return text
  }

  private func bondPoint(_ table: FormulaTable) -> FormulaBondPoint {
    var point = FormulaBondPoint(id: required(table, "id"))
    if !point.id.isEmpty {
      table.name = "bond point \(quoted(point.id))"
      checkName(point.id, "bond point", table.offset(of: "id"))
    }
    point.origin = table.origin
    point.summary = table.string("description")
    point.afterStep = table.string("after_step")
    point.beforeStep = table.string("before_step")
    point.isParallel = table.boolean("parallel") ?? false
    if (point.afterStep == nil) == (point.beforeStep == nil) {
      table.complain("exactly one of `after_step` and `before_step` belongs to it")
    }
    table.finish()
    return point
  }

  private func hook(_ table: FormulaTable) -> FormulaHook {
    let trigger = table.string("trigger") ?? ""
    let attach = table.string("attach") ?? ""
    if trigger.isEmpty || attach.isEmpty { table.complain("`trigger` and `attach` belong to it") }
    if !attach.isEmpty { checkName(attach, "formula name", table.offset(of: "attach")) }
    var hook = FormulaHook(trigger: trigger, attach: attach)
    hook.at = table.string("at")
    hook.variables = table.arguments("vars")
    table.finish()
    return hook
  }

  private func expansion(_ table: FormulaTable, _ key: String) -> FormulaExpansion {
    var expansion = FormulaExpansion(target: required(table, key), formula: required(table, "with"))
    expansion.origin = table.origin
    if !expansion.formula.isEmpty { checkName(expansion.formula, "formula name", table.offset(of: "with")) }
    expansion.variables = table.arguments("vars")
    table.finish()
    return expansion
  }

  private func branch(_ table: FormulaTable) -> FormulaBranch {
    var branch = FormulaBranch(from: required(table, "from"), steps: table.strings("steps"))
    branch.join = table.string("join")
    branch.origin = table.origin
    if branch.steps.isEmpty { table.complain("branch without `steps`") }
    table.finish()
    return branch
  }

  private func conditionGate(_ table: FormulaTable) -> FormulaConditionGate {
    var gate = FormulaConditionGate(
      before: required(table, "before"), condition: required(table, "condition"))
    gate.origin = table.origin
    if !gate.condition.isEmpty, RuntimeCondition(gate.condition) == nil {
      table.complain("bad `condition` \(quoted(gate.condition))", at: "condition")
    }
    table.finish()
    return gate
  }

  // MARK: Advice

  private func advice(_ table: FormulaTable) -> FormulaAdvice {
    var advice = FormulaAdvice(target: required(table, "target"))
    if !advice.target.isEmpty { table.name = "advice for \(quoted(advice.target))" }
    advice.origin = table.origin
    let around = table.table("around", table.name)
    let outer = around?.tables("before", table.name, allowsOne: true) ?? []
    advice.before = (outer + table.tables("before", table.name, allowsOne: true)).map(adviceStep)
    let after = around?.tables("after", table.name, allowsOne: true) ?? []
    advice.after = (table.tables("after", table.name, allowsOne: true) + after).map(adviceStep)
    around?.finish()
    if advice.before.isEmpty, advice.after.isEmpty {
      table.complain("one of `before`, `after` and `around` belongs to it")
    }
    table.finish()
    return advice
  }

  private func adviceStep(_ table: FormulaTable) -> FormulaAdviceStep {
    var step = FormulaAdviceStep(id: required(table, "id"))
    step.origin = table.origin
    if !step.id.isEmpty, let reason = FormulaName.problem(step.id, allowsPlaceholders: true) {
      table.complain("the id \(quoted(step.id)) \(reason)", at: "id")
    }
    step.title = table.string("title")
    step.summary = table.string("description")
    step.type = table.string("type")
    step.arguments = table.json("args")
    step.output = table.json("output")
    table.finish()
    return step
  }

  private func pointcut(_ table: FormulaTable) -> FormulaPointcut {
    var pointcut = FormulaPointcut()
    pointcut.glob = table.string("glob")
    pointcut.type = table.string("type")
    pointcut.label = table.string("label")
    if pointcut == FormulaPointcut() { table.complain("one of `glob`, `type` and `label` belongs to it") }
    table.finish()
    return pointcut
  }
}
