import BeadsFormats
import BeadsModel
import BeadsSystem

extension FormulaCook {
  // MARK: Loops

  mutating func unrollLoops() throws(BeadsError) {
    let rounds = try rounds(in: formula.steps)
    try stopAtProblems()
    try substitute(rounds)
  }

  /// The rounds of all loops of a tree, the loops in them unrolled.
  mutating func rounds(in steps: [FormulaStep]) throws(BeadsError) -> [String: StepReplacement] {
    var found: [String: StepReplacement] = [:]
    for step in steps {
      if let loop = step.loop {
        found[step.id] = try rounds(of: step, loop)
      } else {
        try found.merge(rounds(in: step.children)) { first, _ in first }
      }
    }
    return found
  }

  private mutating func rounds(of step: FormulaStep, _ loop: FormulaLoop) throws(BeadsError)
    -> StepReplacement
  {
    let numbers = numbers(of: step, loop)
    let ends = StepEnds(loop.body)
    var all: [FormulaStep] = []
    var first: [String] = []
    var last: [String] = []
    for (round, number) in numbers.enumerated() {
      let values = loop.variable.map { [$0: String(number)] } ?? [:]
      let prefix = "\(step.id).iter\(round + 1)."
      let copy = StepCopy(prefix: prefix, values: values)
      var copies = try copy.copies(of: loop.body, &budget)
      let name = { (id: String) in prefix + Placeholders.fillSingle(id, values) }
      let entries = Set(ends.first.map(name))
      if round == 0 { first = Array(entries) }
      for index in copies.indices where entries.contains(copies[index].id) {
        try budget.charge(edges: last.count)
        copies[index].needs = last + copies[index].needs
      }
      last = ends.last.map(name)
      all += copies
    }
    if let until = loop.until, !all.isEmpty { all[0].labels.append(Self.label(until, loop.maximum)) }
    let outer = StepReplacement(steps: all, entries: Set(first), exits: last)
    return try finished(outer, inheriting: step)
  }

  /// The replacement with the loops in it unrolled, and what the replaced step says of all its parts.
  mutating func finished(
    _ replacement: StepReplacement, inheriting step: FormulaStep
  ) throws(BeadsError) -> StepReplacement {
    var result = replacement
    inherit(step, &result)
    let inner = try rounds(in: result.steps)
    if inner.isEmpty { return result }
    var substitution = StepSubstitution(inner, in: result.steps)
    let steps = try substitution.apply(to: result.steps, &budget)
    // A loop without rounds hands its place on to what it needed, which may lie outside.
    let entries = result.entries.flatMap { inner[$0].map { Array($0.entries) } ?? [$0] }
    let exits = result.exits.flatMap { inner[$0]?.exits ?? [$0] }
    return inner.values.allSatisfy { !$0.steps.isEmpty }
      ? StepReplacement(steps: steps, entries: Set(entries), exits: exits) : StepReplacement(steps)
  }

  /// What a step that is replaced says of itself holds for those that replace it.
  private mutating func inherit(_ step: FormulaStep, _ replacement: inout StepReplacement) {
    for index in replacement.steps.indices {
      var part = replacement.steps[index]
      part.labels = StepSubstitution.unique(step.labels + part.labels)
      part.priority = part.priority ?? step.priority
      part.assignee = part.assignee ?? step.assignee
      part.condition = [step.condition, part.condition].compactMap(\.self).joined(separator: " && ")
      if part.condition == "" { part.condition = nil }
      if replacement.entries.contains(part.id) {
        if step.gate != nil, part.gate != nil {
          complain(
            "step \(quoted(step.id)) and \(quoted(part.id)) in its place both have a gate", at: step.origin)
        }
        part.gate = part.gate ?? step.gate
        part.waitsFor = part.waitsFor ?? step.waitsFor
      }
      replacement.steps[index] = part
    }
  }

  private mutating func numbers(of step: FormulaStep, _ loop: FormulaLoop) -> [Int] {
    if loop.until != nil { return [1] }
    if let count = loop.count { return Array(1...max(1, count)) }
    guard let range = loop.range else { return [] }
    do throws(LoopRange.Failure) {
      let range = try LoopRange(range) { name in
        values[name] ?? formula.variables.first { $0.name == name }?.defaultValue
      }
      if range.last < range.first { return [] }
      let (count, overflow) = range.last.subtractingReportingOverflow(range.first)
      if !overflow, count < CookLimits.rounds { return Array(range.first...range.last) }
      complain("step \(quoted(step.id)): more than \(CookLimits.rounds) rounds", at: step.origin)
    } catch {
      complain(
        "step \(quoted(step.id)), loop: bad `range` \(quoted(range)): \(error.reason)", at: step.origin)
    }
    return []
  }

  private static func label(_ until: String, _ maximum: Int?) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("until", until)
      if let maximum { writer.member("max", maximum) }
    }
    return "loop:" + writer.text
  }

  // MARK: Branches and gates

  /// Adds the needs of branches and the labels of conditions.
  ///
  /// Those that name steps as they were written come before the loops are unrolled, so that a loop counts as one
  /// step; `isLast` takes the others, and complains about steps that there are not.
  mutating func branchAndGate(isLast: Bool) throws(BeadsError) {
    if formula.compose.branches.isEmpty, formula.compose.gates.isEmpty { return }
    let ids = StepCopy.ids(of: formula.steps)
    var needs: [String: [String]] = [:]
    let (branches, gates) = (formula.compose.branches, formula.compose.gates)
    formula.compose.branches = []
    for branch in branches {
      if let missing = branch.missing(from: ids).first {
        if isLast { complain("branch: \(quoted(missing)) is no step", at: branch.origin) }
        formula.compose.branches.append(branch)
        continue
      }
      for step in branch.steps { needs[step, default: []].append(branch.from) }
      if let join = branch.join { needs[join, default: []] += branch.steps }
    }
    var labels: [String: [String]] = [:]
    formula.compose.gates = []
    for gate in gates {
      if !ids.contains(gate.before) {
        if isLast { complain("compose.gate: \(quoted(gate.before)) is no step", at: gate.origin) }
        formula.compose.gates.append(gate)
        continue
      }
      var writer = JSONWriter()
      writer.object { $0.member("condition", gate.condition) }
      labels[gate.before, default: []].append("gate:" + writer.text)
    }
    try stopAtProblems()
    try budget.charge(edges: needs.values.reduce(0) { $0 + $1.count })
    change(&formula.steps) { step in
      if let more = needs[step.id] { step.needs = StepSubstitution.unique(step.needs + more) }
      if let more = labels[step.id] { step.labels += more }
    }
  }

  private func change(_ steps: inout [FormulaStep], _ body: (inout FormulaStep) -> Void) {
    for index in steps.indices {
      body(&steps[index])
      change(&steps[index].children, body)
    }
  }
}

extension FormulaBranch {
  /// The steps it names that there are not.
  fileprivate func missing(from ids: Set<String>) -> [String] {
    ([from] + steps + (join.map { [$0] } ?? [])).filter { !ids.contains($0) }
  }
}
