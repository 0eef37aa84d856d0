import BeadsKit
import BeadsTesting

/// Random workflows whose steps can all be finished: nested, with needs in every direction but circles.
struct MoleculeSamples {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A step that was laid out before, with what it is a part of.
  private struct Laid {
    let id: String
    let ancestors: Set<String>
  }

  /// A workflow of about so many steps.
  mutating func formula(steps count: Int) -> Formula {
    var formula = Formula(name: "mol-random")
    var laid: [Laid] = []
    while laid.count < count { formula.steps.append(step(&laid, below: [], depth: 0)) }
    formula.steps.shuffle(using: &random)
    return formula
  }

  /// Only what was laid out before is needed, so that nothing waits in a circle; the order of the file is another.
  private mutating func step(_ laid: inout [Laid], below ancestors: Set<String>, depth: Int) -> FormulaStep {
    let id = "s\(laid.count)"
    let earlier = laid.filter { !ancestors.contains($0.id) }
    var step = FormulaStep(id: id, title: "Step \(laid.count)")
    for _ in 0..<random.below(3) {
      if let need = random.pick(earlier)?.id, !step.needs.contains(need) { step.needs.append(need) }
    }
    let parents = earlier.filter { one in laid.contains { $0.ancestors.contains(one.id) } }
    if random.chance(20), let parent = random.pick(parents)?.id { step.waitsFor = "children-of(\(parent))" }
    if random.chance(15) { step.priority = random.below(5) }
    laid.append(Laid(id: id, ancestors: ancestors))
    if depth < 2, random.chance(25) {
      for _ in 0..<random.within(1...4) {
        step.children.append(self.step(&laid, below: ancestors.union([id]), depth: depth + 1))
      }
      step.children.shuffle(using: &random)
    }
    return step
  }
}

extension Store {
  /// Makes a molecule of a formula and returns its root.
  func pour(_ formula: Formula, _ phase: Formula.Phase = .liquid) throws(BeadsError) -> IssueID {
    let plan = try MoleculePlan(formula)
    return try write("pour") { transaction throws(BeadsError) in
      var options = Instantiation()
      options.phase = phase
      return try transaction.instantiate(plan, options).rootID
    }
  }
}
