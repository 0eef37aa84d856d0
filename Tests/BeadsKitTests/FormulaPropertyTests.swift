import BeadsKit
import BeadsTesting
import Testing

@testable import BeadsFormulas

/// Laws of cooking, on random formulas.
@Suite struct FormulaPropertyTests {
  /// Steps in an order that their needs allow: plain, conditional, loops, expansions.
  static func formula(_ random: inout SeededRandom) -> Formula {
    var formula = Formula(name: "f")
    formula.variables = (0..<3).map { FormulaVariable(name: "v\($0)", defaultValue: "") }
    for index in 0..<random.within(1...12) {
      var step = FormulaStep(id: "s\(index)", title: "S {{v0}}")
      for other in 0..<index where random.chance(25) { step.needs.append("s\(other)") }
      if random.chance(30) { step.condition = "\(random.chance(50) ? "" : "!"){{v\(random.below(3))}}" }
      switch random.below(5) {
      case 0:
        step.loop = FormulaLoop(count: random.within(1...3), body: body("x", &random))
      case 1: step.expansion = "e"
      default: break
      }
      formula.steps.append(step)
    }
    if random.chance(30) {
      var advice = FormulaAdvice(target: "s\(random.below(12))")
      advice.before = [FormulaAdviceStep(id: "{step.id}-before")]
      advice.after = [FormulaAdviceStep(id: "{step.id}-after")]
      formula.advice = [advice]
    }
    return formula
  }

  static func body(_ name: String, _ random: inout SeededRandom) -> [FormulaStep] {
    (0..<random.within(1...4)).map { index in
      var step = FormulaStep(id: "\(name)\(index)", title: "B")
      for other in 0..<index where random.chance(40) { step.needs.append("\(name)\(other)") }
      return step
    }
  }

  static func expansion(_ random: inout SeededRandom) -> Formula {
    var formula = Formula(name: "e", kind: .expansion)
    formula.template = body("{target}.t", &random)
    return formula
  }

  /// Who has to wait for whom, naively: everything that can be reached.
  static func closure(_ steps: [FormulaStep]) -> [String: Set<String>] {
    var reach: [String: Set<String>] = [:]
    for step in steps { reach[step.id] = Set(step.needs) }
    for _ in steps {
      for (id, needs) in reach { reach[id] = needs.reduce(needs) { $0.union(reach[$1] ?? []) } }
    }
    return reach
  }

  /// Everything that stands for a step waits for everything that stands for what it needs, and for nothing else.
  @Test(arguments: 0..<300) func orderIsKept(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let formula = Self.formula(&random)
    let expansion = Self.expansion(&random)
    let values = ["v0": random.chance(50) ? "1" : "", "v1": random.chance(50) ? "yes" : "no"]
    let cooked = try formula.cooked(values: values) { _ throws(BeadsError) in expansion }

    let kept = formula.steps.filter { step in
      step.condition.map { StepCondition($0)?.holds(values) == true } ?? true
    }
    let before = Self.closure(formula.steps)
    let after = Self.closure(cooked.steps)
    let ids = cooked.steps.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(cooked.steps.allSatisfy { $0.needs.allSatisfy(Set(ids).contains) })
    #expect(after.allSatisfy { !$0.value.contains($0.key) })

    let parts = Dictionary(grouping: ids) { id in String(id.prefix { $0 != "." && $0 != "-" }) }
    #expect(Set(parts.keys) == Set(kept.map(\.id)))
    for step in kept {
      let own = (parts[step.id] ?? []).filter { !$0.contains("-") }
      if let loop = step.loop { #expect(own.count == (loop.count ?? 0) * loop.body.count) }
      if step.expansion != nil { #expect(own.count == expansion.template.count) }
      for other in kept where other.id != step.id {
        let waits = before[step.id]?.contains(other.id) ?? false
        for part in own {
          for otherPart in (parts[other.id] ?? []).filter({ !$0.contains("-") }) {
            #expect(after[part]?.contains(otherPart) == waits, "\(part) and \(otherPart)")
          }
        }
      }
    }
  }

  /// What is written is read as the same formula, in both formats.
  @Test(arguments: 0..<100) func writtenFormulasAreReadAgain(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var formula = Self.formula(&random)
    formula.phase = random.pick(Formula.Phase.allCases)
    formula.poursSteps = random.chance(50)
    formula.summary = random.pick(["one", "two\nlines \"\"\" and \\", "tab\t, bell \u{07}, é", ""])
    for index in formula.steps.indices {
      formula.steps[index].labels = random.chance(30) ? ["a", "b \"c\""] : []
      formula.steps[index].priority = random.chance(30) ? random.below(5) : nil
      formula.steps[index].metadata = random.chance(30) ? "{\"z\":1,\"a b\":[true,{\"x\":\"y\"}]}" : nil
      formula.steps[index].gate = random.chance(30) ? FormulaGate(type: "timer", timeout: "1h") : nil
      if formula.steps[index].loop == nil, formula.steps[index].expansion == nil, random.chance(30) {
        formula.steps[index].children = Self.body("c\(index)_", &random)
        formula.steps[index].onComplete = FormulaFanOut(forEach: "output.x", bond: "f")
        formula.steps[index].onComplete?.isSequential = random.chance(50) ? random.chance(50) : nil
      }
    }
    formula.compose.hooks = [FormulaHook(trigger: "label:x", attach: "g")]
    formula.compose.maps = [FormulaExpansion(target: "s*", formula: "e")]
    let json = try FormulaReader.read(Array(formula.json.compactText.utf8), format: .json, source: "f")
    let toml = try FormulaReader.read(Array(try formula.toml().utf8), format: .toml, source: "f")
    formula.source = "f"
    #expect(json == formula)
    #expect(toml == formula)
  }

  /// Damaged files end in an error or in a formula that cooks or does not, and quickly.
  @Test(arguments: 0..<40) func damagedFilesDoNoHarm(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let builtin = BuiltinFormulas.all[random.below(BuiltinFormulas.all.count)]
    let formula = try FormulaReader.read(builtin.bytes, format: .toml, source: "f")
    let library = FormulaLibrary(environment: .process, directories: [])
    let start = ContinuousClock.now
    for format in [FormulaFormat.toml, .json] {
      let text = format == .toml ? builtin.bytes : Array(formula.json.compactText.utf8)
      for _ in 0..<10 {
        var bytes = text
        for _ in 0..<random.within(1...6) { Self.damage(&bytes, &random) }
        guard let read = try? FormulaReader.read(bytes, format: format, source: "f") else { continue }
        _ = try? read.cooked { name throws(BeadsError) in try library.formula(named: name) }
      }
    }
    #expect(start.duration(to: .now) < .seconds(30))
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    if bytes.isEmpty { return }
    let place = random.below(bytes.count)
    let end = min(bytes.count, place + random.within(1...40))
    switch random.below(5) {
    case 0: bytes[place] = UInt8(random.below(256))
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
    case 3:
      bytes.insert(contentsOf: random.pick([[0x5B, 0x5B], [0x22], [0x7B], [0x0A], [0x5D]]) ?? [], at: place)
    default: bytes.removeSubrange(place...)
    }
  }
}
