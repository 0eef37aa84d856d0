import BeadsKit
import Testing

@testable import BeadsFormulas

@Suite struct FormulaConditionTests {
  @Test(arguments: [
    ("{{v}}", "x", true), ("{{v}}", "", false), ("{{v}}", "false", false), ("{{v}}", "No", false),
    ("{{v}}", "0", false), ("{{v}}", "off", false), ("{{v}}", "00", true), ("!{{v}}", "", true),
    ("! {{v}}", "yes", false), ("{{v}} == prod", "prod", true), ("{{v}}==prod", "staging", false),
    ("{{v}} == 'a b'", "a b", true), ("{{v}} != \"x\"", "y", true), ("{{v}} ==", "", true),
    ("{{v}} == {{v}}", "{{v}}", true), ("{{v}} && {{v}} != b", "a", true), ("{{v}} && !{{v}}", "a", false),
  ])
  func stepCondition(_ text: String, _ value: String, _ expected: Bool) throws {
    let condition = try #require(StepCondition(text))
    #expect(condition.holds(["v": value]) == expected)
  }

  @Test(arguments: ["", "v", "{{}}", "{{1x}}", "{{v}} = x", "{{v}} > 1", "!{{v}} == x", "{{v}} && ", "{{v"])
  func noStepCondition(_ text: String) { #expect(StepCondition(text) == nil) }

  private var facts: RuntimeFacts {
    var facts = RuntimeFacts()
    facts.field = { ["build.status": "closed", "a.b.output.n": "10"][$0] }
    facts.children = { step in
      step == "build" ? [{ $0 == "status" ? "closed" : nil }, { $0 == "status" ? "open" : nil }] : []
    }
    facts.count = { $0 == "complete" ? 3 : 0 }
    facts.fileExists = { $0 == "a b.md" }
    facts.variable = { $0 == "CI" ? "true" : nil }
    return facts
  }

  @Test(arguments: [
    ("build.status == 'closed'", true), ("build.status != closed", false), ("a.b.output.n >= 9", true),
    ("a.b.output.n < 9", false), ("x.status == 'closed'", false), ("x.status != 'closed'", true),
    ("children(build).all(status == 'closed')", false), ("children(build).any(status == 'closed')", true),
    ("children(none).all(status == 'closed')", false), ("steps.complete >= 3", true),
    ("steps.complete > 3", false),
    ("file.exists('a b.md')", true), ("file.exists(\"b\")", false), ("env.CI == 'true'", true),
    ("env.X == 'v'", false),
  ])
  func runtimeCondition(_ text: String, _ expected: Bool) throws {
    #expect(try #require(RuntimeCondition(text)).holds(facts) == expected)
  }

  @Test(arguments: [
    "", "x", "status == 'closed'", "build.status", "build.status = 1", "children().all(a == b)",
    "children(x).none(a == b)",
    "children(x", "file.exists()", "a.b ==", ".a == 1", "rm -rf / == 1",
  ])
  func noRuntimeCondition(_ text: String) { #expect(RuntimeCondition(text) == nil) }

  @Test(arguments: [
    ("1..3", 1, 3), ("1..2^3-1", 1, 7), ("{n}..{n}*2", 4, 8), ("-2..(1+2)*3", -2, 9), ("0..2^3^2", 0, 512),
    ("10/3..7", 3, 7), ("-2^2..0", -4, 0),
  ])
  func range(_ text: String, _ first: Int, _ last: Int) throws {
    let range = try LoopRange(text) { $0 == "n" ? "4" : nil }
    #expect(range.first == first)
    #expect(range.last == last)
  }

  @Test(arguments: [
    ("3", "write first..last"), ("1..", "a number is missing"), ("1..{x}", "`x` has no value"),
    ("1..2^65", "an exponent is from 0 to 64"),
    ("1..2^64", "a number is too large"), ("1..5/0", "divides by zero"), ("1..(2", "`)` missing"),
    ("1..2 3", "unexpected `3`"),
    ("1...3", "unexpected `.`"), ("1..99999999999999999999", "a number is too large"),
    ("1..{", "`{` without a name and `}`"),
    ("1.." + String(repeating: "(", count: 9999), "nested too deeply"),
    ("1.." + String(repeating: "-", count: 99999), "nested too deeply"),
  ])
  func badRange(_ text: String, _ reason: String) {
    #expect(throws: LoopRange.Failure(reason: reason)) { try LoopRange(text) { _ in nil } }
  }

  @Test(arguments: [
    ("a{{x}}b", "a<1>b"), ("{{x}}{{y}}", "<1>{{x}}"), ("{{ x }}", "{{ x }}"), ("{{z}}", "{{z}}"),
    ("{{x}", "{{x}"),
    ("{{{x}}}", "{<1>}"), ("{x}", "{x}"), ("{{x}}é{{x}}", "<1>é<1>"), ("{{", "{{"), ("", ""),
  ])
  func placeholders(_ text: String, _ expected: String) {
    #expect(Placeholders.fill(text, ["x": "<1>", "y": "{{x}}"]) == expected)
  }

  @Test(arguments: [
    ("{n}", "7"), ("{{n}}", "{{n}}"), ("{target.title}", "T"), ("{ n }", "{ n }"), ("{{a_{n}}}", "{{a_7}}"),
    ("{n", "{n"),
    ("{other}", "{other}"),
  ])
  func singleBraces(_ text: String, _ expected: String) {
    #expect(Placeholders.fillSingle(text, ["n": "7", "target.title": "T"]) == expected)
  }

  @Test(arguments: [
    ("^[a-z]+$", "abc", true), ("^[a-z]+$", "aBc", false), ("^\\d{2,3}$", "12", true),
    ("^[\\d.]+$", "1.2", true),
    ("^\\w+\\s\\w+$", "a b", true), ("b", "abc", true), ("^(a|b)$", "c", false),
    ("^v?[0-9]+[.][0-9]+$", "v1.2", true),
  ])
  func pattern(_ pattern: String, _ value: String, _ expected: Bool) throws {
    #expect(try FormulaPattern(pattern).matches(value) == expected)
  }

  @Test(arguments: [
    "(", "[a", "(?:a)", "((a{1,200}){1,200}){1,200}", "(a)\\1", String(repeating: "a", count: 501),
  ])
  func badPattern(_ pattern: String) { #expect(FormulaPattern.problem(pattern) != nil) }

  @Test(arguments: [
    ("*", "abc", true), ("a*c", "abc", true), ("a?c", "abc", true), ("a?c", "ac", false), ("", "", true),
    ("a*", "ba", false),
    ("*.iter*.x", "l.iter2.x", true), ("**a", "a", true),
  ])
  func glob(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }
}
