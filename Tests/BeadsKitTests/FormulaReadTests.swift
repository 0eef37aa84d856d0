import BeadsKit
import Testing

@testable import BeadsFormulas

@Suite struct FormulaReadTests {
  /// The example of contract 7.3.
  static let example = """
    formula = "mol-patch"
    version = 1
    phase = "vapor"
    [vars.ticket]
    required = true
    pattern = "^[a-z]+-[0-9a-z]+$"
    [vars.env]
    default = "staging"
    enum = ["staging", "prod"]
    [[steps]]
    id = "build"
    title = "Build {{ticket}}"
    [[steps]]
    id = "approve"
    title = "Approve for {{env}}"
    needs = ["build"]
    condition = "{{env}} == prod"
    [steps.gate]
    type = "human"
    [[steps]]
    id = "ship"
    title = "Ship"
    needs = ["build"]
    """

  static func read(_ text: String, _ format: FormulaFormat = .toml) throws(BeadsError) -> Formula {
    try FormulaReader.read(Array(text.utf8), format: format, source: "f")
  }

  @Test func exampleIsRead() throws {
    let formula = try Self.read(Self.example)
    #expect(formula.name == "mol-patch")
    #expect(formula.kind == .workflow)
    #expect(formula.phase == .vapor)
    #expect(formula.variables.map(\.name) == ["ticket", "env"])
    #expect(formula.variables[0].isRequired)
    #expect(formula.variables[1].allowed == ["staging", "prod"])
    #expect(formula.steps.map(\.id) == ["build", "approve", "ship"])
    #expect(formula.steps[1].gate == FormulaGate(type: "human"))
    #expect(formula.steps[2].needs == ["build"])
    #expect(formula.steps[2].origin.description == "f:21:6")
  }

  @Test func needsAndDependsOnAreUnited() throws {
    let text = """
      {"formula": "x", "steps": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"},
        {"id": "c", "title": "C", "depends_on": ["b"], "needs": ["a", "b"]}]}
      """
    #expect(try Self.read(text, .json).steps[2].needs == ["b", "a"])
  }

  /// Everything that is wrong is told at once, in the order of the file, each with its place.
  @Test func allProblemsAtOnce() throws {
    let text = """
      version = 0
      type = "workflov"
      titel = "x"
      [vars.a]
      required = true
      default = "1"
      [vars.b]
      enum = ["x", "y"]
      default = "z"
      [vars.c]
      pattern = "("
      [[steps]]
      id = "a"
      title = "A"
      needs = ["b", "a"]
      priority = 7
      [[steps]]
      id = "a"
      needs = ["nowere"]
      lables = ["x"]
      [[steps]]
      title = "C"
      waits_for = "somebody"
      [steps.gate]
      type = "timer"
      """
    let problems = FormulaReader.problems(Array(text.utf8), format: .toml, source: "bad.toml")
    #expect(
      problems.map(\.description) == [
        "bad.toml:1:1: formula: name missing: `formula = \"...\"`",
        "bad.toml:1:11: formula: `version` must be at least 1",
        "bad.toml:2:8: formula: unknown type \"workflov\"; known are: workflow, expansion, aspect, convoy",
        "bad.toml:3:1: formula: unknown key \"titel\"",
        "bad.toml:4:7: variable \"a\": `required` together with `default`",
        "bad.toml:7:7: variable \"b\": the default \"z\" is not one of x, y",
        "bad.toml:10:7: variable \"c\": invalid `pattern`: unmatched ( or \\(",
        "bad.toml:15:10: step \"a\": needs \"b\", which is no step (did you mean \"a\"?)",
        "bad.toml:15:15: step \"a\": needs itself",
        "bad.toml:16:12: step \"a\": `priority` must be from 0 to 4",
        "bad.toml:17:3: step \"a\": `title` missing",
        "bad.toml:18:6: step \"a\": duplicate id",
        "bad.toml:19:10: step \"a\": needs \"nowere\", which is no step",
        "bad.toml:20:1: step \"a\": unknown key \"lables\" (did you mean `labels`?)",
        "bad.toml:21:3: step: `id` missing",
        "bad.toml:23:13: step: bad `waits_for` \"somebody\": write all-children, any-children or children-of(STEP)",
        "bad.toml:24:8: step, gate: a timer without `timeout`",
      ])
  }

  @Test func errorCarriesTheProblems() {
    let error = #expect(throws: BeadsError.self) { try Self.read("version = 1") }
    #expect(error?.message == "formula validation failed:")
    #expect(error?.details == ["f:1:1: formula: name missing: `formula = \"...\"`"])
  }
}
