import BeadsKit
import BeadsTesting
import Testing

/// Variables: what is asked for, what is refused, and that values are text and nothing else.
@Suite struct MoleculeVariableTests {
  private func formula() -> Formula {
    var formula = Formula(name: "mol-vars", summary: "For {{ticket}}")
    var env = FormulaVariable(name: "env", defaultValue: "staging")
    env.allowed = ["staging", "prod"]
    formula.variables = [FormulaVariable(name: "ticket"), FormulaVariable(name: "unused"), env]
    formula.steps = [FormulaStep(id: "a", title: "Ship {{ticket}} to {{env}}, not {{other}}")]
    formula.steps[0].gate = FormulaGate(type: "gh:pr", awaitID: "{{ticket}}")
    return formula
  }

  @Test func valuesAndDefaultsAreFilledInOnce() throws {
    let store = try TestProject().makeStore()
    let molecule = try store.pour(MoleculePlan(formula()), .liquid, ["ticket": "{{env}}-1", "env": "prod"])
    let issues = try store.issues(molecule.ids.map(\.id))
    #expect(issues[0].description == "For {{env}}-1")
    #expect(issues[1].awaitID == "{{env}}-1" && issues[1].title == "Gate: gh:pr {{env}}-1")
    #expect(issues[2].title == "Ship {{env}}-1 to prod, not {{other}}")
  }

  @Test(arguments: [
    ([:], "missing required variable of mol-vars: ticket"),
    (["ticket": "x", "env": "moon"], "variable env"),
  ]) func whatIsMissingOrNotAllowedIsNamed(_ values: [String: String], _ part: String) throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let plan = try MoleculePlan(formula())
    let error = #expect(throws: BeadsError.self) { try store.pour(plan, .liquid, values) }
    #expect(error?.message.contains(part) == true, "\(String(describing: error))")
    #expect(try store.operations().isEmpty)
  }

  @Test func aTemplateThatDeclaresNothingNeedsWhatItMentions() throws {
    var formula = Formula(name: "mol-old")
    formula.steps = [FormulaStep(id: "a", title: "{{b}} and {{a}}, {{b}}, {{this}}, {{ no }}, {{1x}}, {{}}")]
    #expect(try MoleculePlan(formula).requiredVariables == ["b", "a"])
  }

  @Test(arguments: [
    "'; DROP TABLE issues; --", "a \"quoted\" \\ word", "two\nlines", "\u{1B}[31mred\u{7}", "$(rm -rf /)",
    "\u{202E}sdrawkcab", "{{ticket}}", "}}{{", "\u{0}nul", "🦀 crab",
  ]) func valuesAreTextAndNothingElse(_ value: String) throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let molecule = try store.pour(MoleculePlan(formula()), .liquid, ["ticket": value])
    #expect(try store.issue(molecule.ids[2].id)?.title == "Ship \(value) to staging, not {{other}}")
    #expect(try store.issue(molecule.rootID)?.description == "For \(value)")
    try store.close()
    let again = try project.openStore()
    #expect(try again.issue(molecule.rootID)?.description == "For \(value)")
    #expect(project.exportedText.split(separator: "\n").count == 3)
  }

  @Test func aValueOfAMegabyteFitsADescriptionAndNoTitle() throws {
    let store = try TestProject().makeStore()
    var formula = Formula(name: "mol-long", summary: "{{text}}")
    formula.variables = [FormulaVariable(name: "text")]
    formula.steps = [FormulaStep(id: "a", title: "A")]
    let text = String(repeating: "long ", count: 200_000)
    let molecule = try store.pour(MoleculePlan(formula), .liquid, ["text": text])
    #expect(try store.issue(molecule.rootID)?.description == text)
    let count = try store.operations().count
    formula.steps[0].title = "{{text}}"
    let plan = try MoleculePlan(formula)
    #expect(throws: BeadsError.self) { try store.pour(plan, .liquid, ["text": text]) }
    #expect(throws: BeadsError.self) { try store.pour(plan, .liquid, ["text": " \n"]) }
    #expect(try store.operations().count == count)
    #expect(try store.count() == 2)
  }

  @Test func circlesAndDeadEndsAreRefused() throws {
    func refusal(_ steps: [FormulaStep]) -> String {
      var formula = Formula(name: "mol-bad")
      formula.steps = steps
      do { _ = try MoleculePlan(formula) } catch { return error.message }
      return "accepted"
    }
    let a = FormulaStep(id: "a", title: "A", needs: ["b"])
    #expect(refusal([a, FormulaStep(id: "b", title: "B", needs: ["a"])]) == "mol-bad has a cycle: a → b → a")
    #expect(refusal([a]).contains("needs \"b\", which is no step"))
    #expect(refusal([FormulaStep(id: "b", title: "B", children: [a])]).contains("which it is a part of"))
    let part = FormulaStep(id: "c", title: "C")
    #expect(refusal([FormulaStep(id: "b", title: "B", needs: ["c"], children: [part])]).contains("cycle"))
    #expect(refusal([part, part]).contains("two steps \"c\""))
    #expect(refusal([]).contains("no steps"))
  }
}
