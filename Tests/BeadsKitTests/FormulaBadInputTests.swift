import BeadsKit
import Testing

@testable import BeadsFormulas

/// One mistake each, and what is said about it.
@Suite struct FormulaBadInputTests {
  private static let step = "[[steps]]\nid = \"a\"\ntitle = \"A\"\n"

  @Test(arguments: [
    ("formula = \"../x\"", "1:11: formula name \"../x\" begins with a dot"),
    ("formula = \"a/b\"", "1:11: formula name \"a/b\" may hold only letters, digits, `-`, `_` and `.`"),
    ("formula = 3", "1:11: formula: `formula` must be text, not a whole number"),
    ("type = \"expansion\"", "1:1: formula: expansion without `template`"),
    ("type = \"aspect\"", "1:1: formula: aspect without `advice`"),
    ("type = \"convoy\"", "1:1: formula: convoy without `legs`"),
    ("phase = \"solid\"", "2:9: formula: unknown phase \"solid\"; known are: liquid, vapor"),
    ("extends = [\"a b\"]", "2:12: `extends` \"a b\" may hold only letters, digits, `-`, `_` and `.`"),
    ("steps = 1", "2:9: formula: `steps` must be a list of tables, not a whole number"),
    (
      "[vars]\n\"a b\" = \"1\"",
      "3:1: variable \"a b\": a name holds letters, digits and `_`, and no digit first"
    ),
    ("[vars]\nthis = \"1\"", "3:1: variable \"this\": the word means something else in texts"),
    ("[vars]\na = [1]", "3:5: variable \"a\" must be a table or its default"),
    (
      "[vars.a]\ndefault = \"x\"\npattern = \"^y$\"",
      "2:7: variable \"a\": the default \"x\" does not match ^y$"
    ),
    ("[[legs]]\nid = \"a\"\ntitle = \"A\"", "2:3: formula: `legs` belongs to formulas of type convoy"),
    (step + "[steps.gate]\nid = \"x\"", "5:8: step \"a\", gate: `type` missing"),
    (
      step + "[steps.gate]\ntype = \"humann\"",
      "6:8: step \"a\", gate: unknown type \"humann\"; did you mean human? known are: timer, human, gh:run, gh:pr, mail, bead"
    ),
    (
      step + "[steps.gate]\ntype = \"timer\"\ntimeout = \"soon\"",
      "7:11: step \"a\", gate: `timeout` \"soon\" is no duration such as 30m or 1h30m"
    ),
    (step + "[steps.gate]\ntype = \"gh:pr\"", "5:8: step \"a\", gate: gh:pr without `await_id`"),
    (step + "[steps.loop]\ncount = 2", "5:8: step \"a\", loop: loop without `body`"),
    (
      step + "[steps.loop]\ncount = 0\nbody = []", "6:9: step \"a\", loop: `count` must be from 1 to 20000"
    ),
    (
      step + "[steps.loop]\nbody = []",
      "5:8: step \"a\", loop: a loop has exactly one of `count`, `range` and `until`"
    ),
    (
      step + "[steps.loop]\nuntil = \"a.status == 'x'\"\nbody = []",
      "5:8: step \"a\", loop: `until` without `max`"
    ),
    (
      step + "[steps.loop]\nuntil = \"soon\"\nmax = 1\nbody = []",
      "6:9: step \"a\", loop: bad `until` \"soon\""
    ),
    (
      step + "[steps.loop]\nrange = \"1..x\"\nbody = []",
      "6:9: step \"a\", loop: bad `range` \"1..x\": unexpected `x`"
    ),
    (
      step + "[steps.on_complete]\nfor_each = \"output.x\"",
      "5:8: step \"a\", on_complete: `for_each` and `bond` belong together"
    ),
    (
      step + "[steps.on_complete]\nfor_each = \"x\"\nbond = \"y\"",
      "6:12: step \"a\", on_complete: `for_each` is a path that begins with `output.`"
    ),
    (
      step + "[steps.on_complete]\nfor_each = \"output.x\"\nbond = \"y\"\nparallel = true\nsequential = true",
      "5:8: step \"a\", on_complete: both `parallel` and `sequential`"
    ),
    (
      step + "condition = \"sometimes\"",
      "5:13: step \"a\": bad `condition` \"sometimes\": write {{v}}, !{{v}}, {{v}} == x or {{v}} != x"
    ),
    (step + "labels = \"x\"", "5:10: step \"a\": `labels` must be a list of texts, not text"),
    (
      step + "expand = \"e\"\n[[steps.children]]\nid = \"b\"\ntitle = \"B\"",
      "2:3: step \"a\": `children` and `expand` exclude each other"
    ),
    (step + "[steps.expand_vars]\nx = \"1\"", "5:8: step \"a\": `expand_vars` without `expand`"),
    (
      step + "[[compose.bond_points]]\nid = \"p\"",
      "5:11: bond point \"p\": exactly one of `after_step` and `before_step` belongs to it"
    ),
    (step + "[[compose.hooks]]\nattach = \"p\"", "5:11: hook: `trigger` and `attach` belong to it"),
    (step + "[[compose.branch]]\nfrom = \"a\"", "5:11: branch: branch without `steps`"),
    (step + "[[compose.expand]]\ntarget = \"a\"", "5:11: compose.expand: `with` missing"),
    (
      step + "[[advice]]\ntarget = \"a\"",
      "5:3: advice for \"a\": one of `before`, `after` and `around` belongs to it"
    ),
    (
      "steps = [{id = \"a\", title = \"A\", priority = 1.5}]",
      "2:45: step \"a\": `priority` must be a whole number, not a number"
    ),
  ])
  func mistake(_ text: String, _ expected: String) {
    let hasName = text.hasPrefix("formula") || text.hasPrefix("type")
    let whole =
      hasName ? (text.hasPrefix("type") ? text + "\nformula = \"f\"" : text) : "formula = \"f\"\n" + text
    let problems = FormulaReader.problems(Array(whole.utf8), format: .toml, source: "f")
    #expect(problems.map(\.description) == ["f:" + expected])
  }

  @Test(arguments: [
    ("{\"formula\": \"f\", \"formula\": \"g\"}", "f:1:18: formula: `formula` is written twice"),
    ("[]", "f:1:1: a formula is a table, not a list"), ("{", "f:1:2: no JSON: unfinished object"),
    ("{\"formula\": \"f\"} x", "f:1:18: no JSON: text after the value"),
    (
      "{\"formula\": \"f\",\n \"st\\u0065ps\": 3}",
      "f:2:16: formula: `steps` must be a list of tables, not a whole number"
    ),
    ("{\"formula\": null}", "f:1:13: formula: `formula` must be text, not null"),
  ])
  func badJSON(_ text: String, _ expected: String) {
    let problems = FormulaReader.problems(Array(text.utf8), format: .json, source: "f")
    #expect(problems.first?.description == expected)
  }

  @Test func tooManyProblemsAreCutOff() {
    let steps = String(repeating: "[[steps]]\nid = \"a\"\ntitle = \"A\"\n", count: 5000)
    let error = #expect(throws: BeadsError.self) { try FormulaReadTests.read("formula = \"f\"\n" + steps) }
    #expect(error?.details.count == 51)
  }

  @Test func deepNestingIsRefused() {
    var text = "{\"id\": \"s0\", \"title\": \"S\"}"
    for depth in 1...13 { text = "{\"id\": \"s\(depth)\", \"title\": \"S\", \"children\": [\(text)]}" }
    let problems = FormulaReader.problems(
      Array("{\"formula\": \"f\", \"steps\": [\(text)]}".utf8), format: .json, source: "f")
    #expect(problems.map(\.message) == ["step \"s2\": steps are nested deeper than 12"])
  }
}
