import BeadsSystem

/// The steps that stand in the place of one: a loop's rounds, an expansion, or nothing for a step that is left out.
struct StepReplacement {
  var steps: [FormulaStep]
  /// The steps among them that take the needs of the one they replace.
  let entries: Set<String>
  /// The steps among them that those who needed the replaced one now need.
  let exits: [String]

  /// Nothing: who needed the step now needs what it needed.
  static let none = StepReplacement(steps: [], entries: [], exits: [])

  /// Steps whose first ones and last ones are found by what they need of each other.
  init(_ steps: [FormulaStep]) {
    let ends = StepEnds(steps)
    self.steps = steps
    entries = Set(ends.first)
    exits = ends.last
  }

  init(steps: [FormulaStep], entries: Set<String>, exits: [String]) {
    self.steps = steps
    self.entries = entries
    self.exits = exits
  }
}

/// The steps of a list that need none of the others, and those that none of the others needs.
struct StepEnds {
  var first: [String]
  var last: [String]

  /// Looks at the needs inside of the trees too.
  init(_ steps: [FormulaStep]) {
    var owner: [String: Int] = [:]
    for (index, step) in steps.enumerated() { step.forEach { owner[$0.id] = index } }
    var isNeeded = [Bool](repeating: false, count: steps.count)
    var isFirst = [Bool](repeating: true, count: steps.count)
    for (index, step) in steps.enumerated() {
      step.forEach { part in
        for need in part.needs {
          if let other = owner[need], other != index { isNeeded[other] = true }
        }
      }
      isFirst[index] = !step.needs.contains { owner[$0].map { $0 != index } ?? false }
    }
    first = steps.indices.filter { isFirst[$0] }.map { steps[$0].id }
    last = steps.indices.filter { !isNeeded[$0] }.map { steps[$0].id }
    // Groups that need parts of each other have no end of their own.
    if first.isEmpty { first = steps.map(\.id) }
    if last.isEmpty { last = steps.map(\.id) }
  }
}

extension FormulaStep {
  /// Visits the step and everything below it.
  func forEach(_ body: (FormulaStep) -> Void) {
    body(self)
    for child in children { child.forEach(body) }
  }
}

/// Puts replacements into a tree and leads the needs of all other steps to them.
struct StepSubstitution {
  private let replacements: [String: StepReplacement]
  /// What the replaced steps needed.
  private var needs: [String: [String]] = [:]
  /// What stands for a replaced step in the needs of others, once it is known.
  private var resolved: [String: [String]] = [:]

  init(_ replacements: [String: StepReplacement], in steps: [FormulaStep]) {
    self.replacements = replacements
    for step in steps {
      step.forEach { if replacements[$0.id] != nil { needs[$0.id] = $0.needs } }
    }
  }

  /// What stands for a step in the needs of others.
  ///
  /// A step replaced by nothing stands for what it needed, and so on; a circle of such steps stands for nothing.
  private mutating func exits(of id: String, _ budget: inout CookBudget) throws(BeadsError) -> [String] {
    guard let replacement = replacements[id] else { return [id] }
    if !replacement.steps.isEmpty { return replacement.exits }
    if let known = resolved[id] { return known }
    var stack = [id]
    var isOpen: Set<String> = [id]
    while let top = stack.last {
      let waiting = (needs[top] ?? []).first { need in
        resolved[need] == nil && !isOpen.contains(need) && replacements[need]?.steps.isEmpty == true
      }
      if let waiting {
        stack.append(waiting)
        isOpen.insert(waiting)
        continue
      }
      stack.removeLast()
      var list: [String] = []
      for need in needs[top] ?? [] {
        guard let other = replacements[need] else {
          list.append(need)
          continue
        }
        list += other.steps.isEmpty ? resolved[need] ?? [] : other.exits
      }
      resolved[top] = Self.unique(list)
      try budget.charge(edges: list.count)
    }
    return resolved[id] ?? []
  }

  private mutating func rewired(
    _ needs: [String], of id: String, _ budget: inout CookBudget
  ) throws(BeadsError) -> [String] {
    guard needs.contains(where: { replacements[$0] != nil }) else { return needs }
    var result: [String] = []
    for need in needs { result += need == id ? [need] : try exits(of: need, &budget) }
    try budget.charge(edges: result.count)
    return Self.unique(result)
  }

  static func unique(_ list: [String]) -> [String] {
    var seen: Set<String> = []
    return list.filter { seen.insert($0).inserted }
  }

  /// The tree with the replacements in it.
  mutating func apply(
    to steps: [FormulaStep], _ budget: inout CookBudget
  ) throws(BeadsError) -> [FormulaStep] {
    var result: [FormulaStep] = []
    result.reserveCapacity(steps.count)
    for step in steps {
      guard let replacement = replacements[step.id] else {
        var copy = step
        copy.needs = try rewired(step.needs, of: step.id, &budget)
        copy.children = try apply(to: step.children, &budget)
        result.append(copy)
        continue
      }
      let needs = try rewired(step.needs, of: step.id, &budget)
      for part in replacement.steps {
        var copy = try rewiredTree(part, of: step.id, &budget)
        if replacement.entries.contains(part.id) {
          copy.needs = Self.unique(needs + copy.needs)
          try budget.charge(edges: needs.count)
        }
        result.append(copy)
      }
    }
    return result
  }

  private mutating func rewiredTree(
    _ step: FormulaStep, of id: String, _ budget: inout CookBudget
  ) throws(BeadsError) -> FormulaStep {
    var copy = step
    copy.needs = try rewired(step.needs, of: id, &budget)
    for index in copy.children.indices {
      copy.children[index] = try rewiredTree(copy.children[index], of: id, &budget)
    }
    return copy
  }
}
