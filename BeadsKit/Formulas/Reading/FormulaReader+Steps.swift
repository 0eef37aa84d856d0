import BeadsModel
import BeadsSystem

extension FormulaReader {
  mutating func steps(_ table: FormulaTable, _ key: String, depth: Int) -> [FormulaStep] {
    let tables = table.tables(key, "step")
    if depth > Self.depthLimit {
      if !tables.isEmpty { table.complain("steps are nested deeper than \(Self.depthLimit)", at: key) }
      return []
    }
    return tables.map { step($0, depth) }
  }

  mutating func step(_ table: FormulaTable, _ depth: Int) -> FormulaStep {
    var step = FormulaStep(id: table.string("id") ?? "", title: "")
    if !step.id.isEmpty { table.name = "step \(quoted(step.id))" }
    step.origin = problems.origin(table.offset(of: "id"))
    readTexts(table, into: &step)
    checkID(step, table)
    if let gate = table.table("gate", table.name) { step.gate = self.gate(gate) }
    if let done = table.table("on_complete", table.name) { step.onComplete = fanOut(done) }
    step.expansion = table.string("expand")
    if step.expansion != nil { scope.hasReplacedSteps = true }
    step.expansionVariables = table.arguments("expand_vars")
    readReferences(table, into: &step)
    step.children = steps(table, "children", depth: depth + 1)
    if let loop = table.table("loop", table.name) { step.loop = self.loop(loop, depth) }
    checkShape(step, table)
    table.finish()
    return step
  }

  func readTexts(_ table: FormulaTable, into step: inout FormulaStep) {
    step.title = table.string("title") ?? ""
    step.summary = table.string("description")
    step.design = table.string("design")
    step.notes = table.string("notes")
    step.acceptance = table.string("acceptance")
    step.type = table.string("type")
    if let priority = table.integer("priority") {
      if !(0...4 ~= priority) { table.complain("`priority` must be from 0 to 4", at: "priority") }
      step.priority = priority
    }
    step.labels = table.strings("labels")
    step.assignee = table.string("assignee")
    step.metadata = table.json("metadata")
    step.condition = table.string("condition")
    if let condition = step.condition, StepCondition(condition) == nil {
      table.complain(
        "bad `condition` \(quoted(condition)): write {{v}}, !{{v}}, {{v}} == x or {{v}} != x", at: "condition"
      )
    }
    step.agent = table.string("agent")
    step.focus = table.string("focus")
    step.isReviewOnly = table.boolean("review_only") ?? false
    step.isParallel = table.boolean("parallel") ?? false
    step.isInteractive = table.boolean("interactive") ?? false
  }

  private mutating func checkID(_ step: FormulaStep, _ table: FormulaTable) {
    if step.id.isEmpty {
      table.complain("`id` missing", at: "id")
      return
    }
    let allowsPlaceholders = isTemplate || scope.isInLoop
    if let reason = FormulaName.problem(step.id, allowsPlaceholders: allowsPlaceholders) {
      table.complain("the id \(reason)", at: "id")
    }
    if !scope.insert(step.id) { table.complain("duplicate id", at: "id") }
  }

  /// `needs` and `depends_on` in the order of the file, each step once; and `waits_for`.
  private mutating func readReferences(_ table: FormulaTable, into step: inout FormulaStep) {
    let needs = table.texts("needs")
    let others = table.texts("depends_on")
    let isFirst = (needs.first?.offset ?? 0) < (others.first?.offset ?? .max)
    var seen: Set<String> = []
    for need in isFirst ? needs + others : others + needs where seen.insert(need.text).inserted {
      if need.text == step.id {
        problems.add("\(table.name): needs itself", at: need.offset)
      } else {
        step.needs.append(need.text)
        scope.refer(to: need.text, from: step.id, "needs", need.offset)
      }
    }
    guard let waitsFor = table.string("waits_for") else { return }
    step.waitsFor = waitsFor
    switch WaitsFor(waitsFor) {
    case .childrenOf(let target):
      scope.refer(to: target, from: step.id, "waits for the children of", table.offset(of: "waits_for"))
    case .allChildren, .anyChildren: break
    case nil:
      table.complain(
        "bad `waits_for` \(quoted(waitsFor)): write all-children, any-children or children-of(STEP)",
        at: "waits_for")
    }
  }

  private func gate(_ table: FormulaTable) -> FormulaGate {
    table.name += ", gate"
    let type = table.string("type")
    var gate = FormulaGate(type: type ?? "", awaitID: table.scalar("await_id") ?? table.scalar("id"))
    _ = table.node("id")
    gate.timeout = table.string("timeout")
    let known = ["timer", "human", "gh:run", "gh:pr", "mail", "bead"]
    if let type, !known.contains(type) {
      let nearest = Spelling.nearest(to: type, among: known).map { "did you mean \($0)? " } ?? ""
      table.complain(
        "unknown type \(quoted(type)); \(nearest)known are: \(known.joined(separator: ", "))", at: "type")
    } else if gate.type.isEmpty {
      table.complain("`type` missing", at: "type")
    }
    if gate.type == "timer", gate.timeout == nil { table.complain("a timer without `timeout`") }
    if gate.type == "bead" || gate.type == "gh:pr", gate.awaitID == nil {
      table.complain("\(gate.type) without `await_id`")
    }
    if let timeout = gate.timeout, !timeout.contains("{{"), !isDuration(timeout) {
      table.complain("`timeout` \(quoted(timeout)) is no duration such as 30m or 1h30m", at: "timeout")
    }
    table.finish()
    return gate
  }

  private func isDuration(_ text: String) -> Bool {
    do throws(BeadsError) { return try GoDuration.nanoseconds(text) > 0 } catch { return false }
  }

  private func fanOut(_ table: FormulaTable) -> FormulaFanOut {
    table.name += ", on_complete"
    var fanOut = FormulaFanOut(forEach: table.string("for_each") ?? "", bond: table.string("bond") ?? "")
    if fanOut.forEach.isEmpty || fanOut.bond.isEmpty {
      table.complain("`for_each` and `bond` belong together")
    } else if !fanOut.forEach.hasPrefix("output.") || fanOut.forEach == "output." {
      table.complain("`for_each` is a path that begins with `output.`", at: "for_each")
    }
    if !fanOut.bond.isEmpty { checkName(fanOut.bond, "formula name", table.offset(of: "bond")) }
    fanOut.variables = table.arguments("vars")
    let isParallel = table.boolean("parallel")
    let isSequential = table.boolean("sequential")
    if isParallel == true, isSequential == true { table.complain("both `parallel` and `sequential`") }
    fanOut.isSequential = isSequential ?? isParallel.map { !$0 }
    table.finish()
    return fanOut
  }

  private mutating func loop(_ table: FormulaTable, _ depth: Int) -> FormulaLoop {
    table.name += ", loop"
    var loop = FormulaLoop(count: table.integer("count"), body: [])
    loop.range = table.string("range")
    loop.variable = table.string("var")
    loop.until = table.string("until")
    loop.maximum = table.integer("max")
    scope.enterLoop()
    loop.body = steps(table, "body", depth: depth + 1)
    scope.leaveLoop()
    check(loop, table)
    table.finish()
    return loop
  }

  private func check(_ loop: FormulaLoop, _ table: FormulaTable) {
    if loop.body.isEmpty, !table.has("body") { table.complain("loop without `body`") }
    let ways = [loop.count != nil, loop.range != nil, loop.until != nil].filter(\.self).count
    if ways != 1 { table.complain("a loop has exactly one of `count`, `range` and `until`") }
    if let count = loop.count, !(1...CookLimits.rounds ~= count) {
      table.complain("`count` must be from 1 to \(CookLimits.rounds)", at: "count")
    }
    if let until = loop.until {
      if RuntimeCondition(until) == nil { table.complain("bad `until` \(quoted(until))", at: "until") }
      if loop.maximum == nil { table.complain("`until` without `max`") }
      if let maximum = loop.maximum, maximum < 1 { table.complain("`max` must be at least 1", at: "max") }
    } else if loop.maximum != nil {
      table.complain("`max` without `until`", at: "max")
    }
    if let name = loop.variable, !FormulaText.isVariableName(name) {
      table.complain("`var` \(quoted(name)) is no name of a variable", at: "var")
    }
    if let range = loop.range, let reason = LoopRange.problem(range) {
      table.complain("bad `range` \(quoted(range)): \(reason)", at: "range")
    }
  }

  private func checkShape(_ step: FormulaStep, _ table: FormulaTable) {
    let others = [
      ("children", !step.children.isEmpty), ("loop", step.loop != nil), ("expand", step.expansion != nil),
    ].filter(\.1).map { "`\($0.0)`" }
    if others.count > 1 { table.complain("\(others.joined(separator: " and ")) exclude each other") }
    if step.onComplete != nil, step.loop != nil || step.expansion != nil {
      table.complain(
        "`on_complete` stands on a step of its own, beside no `loop` or `expand`", at: "on_complete")
    }
    if let expansion = step.expansion {
      checkName(expansion, "formula name", table.offset(of: "expand"))
    } else {
      if !step.expansionVariables.isEmpty {
        table.complain("`expand_vars` without `expand`", at: "expand_vars")
      }
      if step.title.isEmpty, step.loop == nil { table.complain("`title` missing", at: "title") }
    }
  }
}
