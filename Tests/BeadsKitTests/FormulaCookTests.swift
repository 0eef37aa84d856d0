import BeadsKit
import BeadsTesting
import Testing

@testable import BeadsFormulas

@Suite struct FormulaCookTests {
  /// Cooks the first of some TOML formulas; the others can be brought in by name.
  static func cook(_ texts: [String], _ values: [String: String]? = nil) throws -> Formula {
    let formulas = try texts.map { try FormulaReadTests.read($0) }
    let byName = Dictionary(formulas.map { ($0.name, $0) }) { first, _ in first }
    return try formulas[0].cooked(values: values) { name throws(BeadsError) in
      guard let formula = byName[name] else { throw BeadsError(.notFound, "there is no formula \(name)") }
      return formula
    }
  }

  /// `a`, `b < a` for a step that needs another, children in brackets.
  static func outline(_ steps: [FormulaStep]) -> [String] {
    steps.map { step in
      let needs = step.needs.isEmpty ? "" : " < " + step.needs.joined(separator: " ")
      let children = step.children.isEmpty ? "" : " [" + outline(step.children).joined(separator: ", ") + "]"
      return step.id + needs + children
    }
  }

  fileprivate static func steps(_ lines: String...) -> String {
    lines.map { line in
      let parts = line.split(separator: " ")
      let needs = parts.dropFirst().map { "\"\($0)\"" }.joined(separator: ", ")
      return "[[steps]]\nid = \"\(parts[0])\"\ntitle = \"\(parts[0])\"\nneeds = [\(needs)]\n"
    }.joined()
  }

  @Test func exampleOfTheContract() throws {
    let compiled = try Self.cook([FormulaReadTests.example])
    #expect(Self.outline(compiled.steps) == ["build", "approve < build", "ship < build"])
    #expect(compiled.steps[1].condition == "{{env}} == prod")
    let staging = try Self.cook([FormulaReadTests.example], ["ticket": "ab-1"])
    #expect(Self.outline(staging.steps) == ["build", "ship < build"])
    #expect(staging.steps[0].title == "Build ab-1")
    let prod = try Self.cook([FormulaReadTests.example], ["ticket": "ab-1", "env": "prod"])
    #expect(prod.steps[1].title == "Approve for prod")
    #expect(prod.steps[1].condition == nil)
    #expect(prod.steps[1].gate == FormulaGate(type: "human"))
  }

  @Test func valuesAreNotLookedAtAgain() throws {
    let text =
      "formula = \"f\"\n[vars]\na = \"\"\nb = \"secret\"\n"
      + Self.steps("s").replacing("title = \"s\"", with: "title = \"{{a}} {a}\"")
    #expect(try Self.cook([text], ["a": "{{b}}"]).steps[0].title == "{{b}} {a}")
  }

  @Test func titleAndDescriptionOfTheRoot() throws {
    let text =
      "formula = \"f\"\ndescription = \"x\"\n[vars.title]\n[vars.desc]\ndefault = \"d\"\n" + Self.steps("s")
    let formula = try Self.cook([text], ["title": "T"])
    #expect(formula.title == "T")
    #expect(formula.summary == "d")
  }

  @Test func parentsAreMergedOnce() throws {
    let root =
      "formula = \"root\"\n[vars]\nv = \"root\"\n[[compose.branch]]\nfrom = \"a\"\nsteps = [\"b\"]\n"
      + Self.steps("a", "b")
    let left = "formula = \"left\"\nextends = [\"root\"]\n[vars]\nv = \"left\"\n" + Self.steps("a", "l a")
    let right = "formula = \"right\"\nextends = [\"root\"]\n" + Self.steps("r b")
    let top = "formula = \"top\"\nextends = [\"left\", \"right\"]\n" + Self.steps("t l r")
    let formula = try Self.cook([top, root, left, right])
    #expect(Self.outline(formula.steps) == ["a", "b < a", "l < a", "r < b", "t < l r"])
    #expect(formula.variables.map(\.defaultValue) == ["left"])
  }

  @Test func loopsInLoops() throws {
    let text = """
      formula = "f"
      [vars]
      n = "2"
      [[steps]]
      id = "a"
      title = "A"
      [[steps]]
      id = "l"
      title = "L"
      needs = ["a"]
      labels = ["x"]
      loop = { range = "1..{n}", var = "i", body = [
        { id = "p", title = "P{i}" },
        { id = "q", title = "Q", needs = ["p"], loop = { range = "{i}..2", var = "j", body = [{ id = "r", title = "R{i}{j}", needs = ["a"] }] } },
      ] }
      [[steps]]
      id = "z"
      title = "Z"
      needs = ["l"]
      """
    let formula = try Self.cook([text])
    #expect(
      Self.outline(formula.steps) == [
        "a", "l.iter1.p < a", "l.iter1.q.iter1.r < l.iter1.p a",
        "l.iter1.q.iter2.r < l.iter1.q.iter1.r a", "l.iter2.p < l.iter1.q.iter2.r",
        "l.iter2.q.iter1.r < l.iter2.p a", "z < l.iter2.q.iter1.r",
      ])
    #expect(formula.steps.map(\.title) == ["A", "P1", "R11", "R12", "P2", "R22", "Z"])
    #expect(formula.steps[5].labels == ["x"])
  }

  @Test func aLoopWithoutRoundsIsNothing() throws {
    let loop =
      "[[steps]]\nid = \"l\"\ntitle = \"L\"\nneeds = [\"a\"]\nloop = { range = \"2..1\", body = [{ id = \"x\", title = \"X\" }] }\n"
    let formula = try Self.cook(["formula = \"f\"\n" + Self.steps("a") + loop + Self.steps("z l")])
    #expect(Self.outline(formula.steps) == ["a", "z < a"])
  }

  @Test func untilIsOneRoundWithALabel() throws {
    let loop =
      "[[steps]]\nid = \"l\"\ntitle = \"L\"\nloop = { until = \"x.status == 'closed'\", max = 3, body = [{ id = \"x\", title = \"X\" }] }\n"
    let formula = try Self.cook(["formula = \"f\"\n" + loop])
    #expect(Self.outline(formula.steps) == ["l.iter1.x"])
    #expect(formula.steps[0].labels == ["loop:{\"until\":\"x.status == 'closed'\",\"max\":3}"])
  }

  @Test func branchesAndGates() throws {
    let text =
      "formula = \"f\"\n" + Self.steps("a", "b", "c", "d")
      + "[[compose.branch]]\nfrom = \"a\"\nsteps = [\"b\", \"c\"]\njoin = \"d\"\n[[compose.gate]]\nbefore = \"d\"\ncondition = \"steps.complete >= 2\"\n"
    let formula = try Self.cook([text])
    #expect(Self.outline(formula.steps) == ["a", "b < a", "c < a", "d < b c"])
    #expect(formula.steps[3].labels == ["gate:{\"condition\":\"steps.complete \\u003e= 2\"}"])
  }

  fileprivate static let pair = """
    formula = "pair"
    type = "expansion"
    [vars]
    who = "me"
    [[template]]
    id = "{target}.one"
    title = "{target.title} by {who} for {{whom}}"
    description = "{target.description}"
    [[template]]
    id = "{target}.two"
    title = "Two"
    needs = ["{target}.one"]
    """

  @Test func expansions() throws {
    let text =
      "formula = \"f\"\n" + Self.steps("a", "b a", "c b")
      + "expand = \"pair\"\nexpand_vars = { who = \"you\" }\n"
      + Self.steps("z c") + "[[compose.map]]\nselect = \"a*\"\nwith = \"pair\"\n"
    let formula = try Self.cook([text, Self.pair])
    #expect(
      Self.outline(formula.steps) == [
        "a.one", "a.two < a.one", "b < a.two", "c.one < b", "c.two < c.one", "z < c.two",
      ])
    #expect(formula.steps[0].title == "a by me for {{whom}}")
    #expect(formula.steps[3].title == "c by you for {{whom}}")
    #expect(Self.outline(try Self.cook([Self.pair]).steps) == ["main.one", "main.two < main.one"])
  }

  @Test func adviceAndAspects() throws {
    let aspect = """
      formula = "watch"
      type = "aspect"
      [[pointcuts]]
      glob = "s*"
      [[advice]]
      target = "*p"
      [advice.before]
      id = "{step.id}-scan"
      title = "Scan {step.title}"
      args = { deep = true }
      [[advice.after]]
      id = "{step.id}-log"
      """
    let text = "formula = \"f\"\n[compose]\naspects = [\"watch\"]\n" + Self.steps("map", "ship map", "z ship")
    let formula = try Self.cook([text, aspect])
    #expect(
      Self.outline(formula.steps) == [
        "map", "ship-scan < map", "ship < map ship-scan", "ship-log < ship", "z < ship",
      ])
    #expect(formula.steps[1].title == "Scan ship")
    #expect(formula.steps[1].metadata == "{\"args\":{\"deep\":true}}")
  }

  @Test func convoys() throws {
    let text = """
      formula = "c"
      type = "convoy"
      agent = "codex"
      [inputs.pr]
      required_unless = ["branch"]
      required = true
      [inputs.branch]
      [prompts]
      base = "Look at {{.pr}}."
      [[legs]]
      id = "a"
      title = "A"
      focus = "Errors"
      description = "Find them."
      [[legs]]
      id = "b"
      title = "B"
      agent = "claude"
      [synthesis]
      title = "Sum"
      [output]
      directory = "out"
      leg_pattern = "{{.leg.id}}.md"
      """
    let formula = try Self.cook([text])
    #expect(Self.outline(formula.steps) == ["a", "b", "synthesis < a b"])
    #expect(
      formula.steps[0].summary
        == "Look at {{pr}}.\n\nFocus: Errors\n\nFind them.\n\nWrite the findings to out/a.md.")
    #expect(formula.steps.map(\.agent) == ["codex", "claude", "codex"])
    #expect(
      try Self.cook([text], ["pr": "7"]).steps[1].summary == "Look at 7.\n\nWrite the findings to out/b.md.")
    #expect(throws: BeadsError.self) { try Self.cook([text], [:]) }
  }

  @Test func missingAndForbiddenValuesAreToldTogether() throws {
    let error = #expect(throws: BeadsError.self) {
      try Self.cook([FormulaReadTests.example], ["env": "moon"])
    }
    #expect(error?.message == "missing required variable of formula mol-patch: ticket")
    #expect(error?.details == ["variable env: \"moon\" is not one of staging, prod"])
    #expect(error?.hint == "--var ticket=<value>")
  }

  @Test func overlays() throws {
    let overlay = try FormulaOverlay(
      toml: Array(
        """
        [[step-overrides]]
        step_id = "approve"
        mode = "skip"
        [[step-overrides]]
        step_id = "ship"
        mode = "append"
        description = "Slowly."
        [[step-overrides]]
        step_id = "gone"
        mode = "replace"
        description = "x"
        """.utf8), source: "o")
    let text = FormulaReadTests.example.replacing(
      "title = \"Ship\"\nneeds = [\"build\"]",
      with: "title = \"Ship\"\nneeds = [\"approve\"]\ndescription = \"Send it.\"")
    let formula = try Self.cook([text])
    let changed = try formula.applying(overlay)
    #expect(Self.outline(changed.steps) == ["build", "ship < build"])
    #expect(changed.steps[1].summary == "Send it.\n\nSlowly.")
    #expect(overlay.staleSteps(in: formula) == ["gone"])
    let error = #expect(throws: BeadsError.self) {
      try FormulaOverlay(toml: Array("[[step-overrides]]\nmode = \"skp\"".utf8), source: "o")
    }
    #expect(error?.details.count == 2)
  }

  // MARK: What cannot be cooked

  @Test(arguments: [
    (
      ["formula = \"f\"\nextends = [\"g\"]", "formula = \"g\"\nextends = [\"f\"]"],
      "f:1:11: formulas extend each other: f → g → f"
    ),
    (
      [
        "formula = \"f\"\nextends = [\"p\"]",
        "formula = \"p\"\ntype = \"expansion\"\n[[template]]\nid = \"a\"\ntitle = \"A\"",
      ],
      "f:1:11: a formula of type workflow cannot extend \"p\" of type expansion"
    ),
    (
      ["formula = \"f\"\n" + steps("a") + "[[compose.expand]]\ntarget = \"x\"\nwith = \"pair\"", pair],
      "f:6:11: compose.expand: \"x\" is no step"
    ),
    (
      ["formula = \"f\"\n" + steps("a") + "expand = \"f\""],
      "f:3:6: formula \"f\" is of type workflow, not expansion"
    ),
    (
      ["formula = \"f\"\nextends = [\"g\"]\n" + steps("a b", "b a"), "formula = \"g\"\n" + steps("b")],
      "f:8:6: steps wait for each other: b → a → b"
    ),
    (
      ["formula = \"f\"\nextends = [\"g\"]\n" + steps("a nothing"), "formula = \"g\""],
      "f:4:6: step \"a\": needs \"nothing\", which is no step"
    ),
    (
      [
        "formula = \"f\"\n" + steps("a", "a.one") + "[[compose.expand]]\ntarget = \"a\"\nwith = \"pair\"",
        pair,
      ], "f:7:6: two steps have the id \"a.one\""
    ),
    (
      ["formula = \"f\"\n" + steps("a") + "[[compose.bond_points]]\nid = \"p\"\nafter_step = \"x\""],
      "f:6:11: bond point \"p\": \"x\" is no step"
    ),
    (
      [
        "formula = \"f\"\n[vars.n]\n[[steps]]\nid = \"l\"\ntitle = \"L\"\nloop = { range = \"1..{n}\", body = [{ id = \"x\", title = \"X\" }] }"
      ],
      "f:4:6: step \"l\", loop: bad `range` \"1..{n}\": `n` has no value"
    ),
  ])
  func mistake(_ texts: [String], _ expected: String) {
    let error = #expect(throws: BeadsError.self) { try Self.cook(texts) }
    #expect(error?.details.first == expected)
  }

  /// Small files that would grow without bounds end quickly in an error.
  @Test(arguments: [
    [
      "formula = \"f\"\n[[steps]]\nid = \"l\"\ntitle = \"L\"\nloop = { count = 20000, body = [{ id = \"x\", title = \"X\" }, { id = \"y\", title = \"Y\" }] }"
    ],
    [
      "formula = \"f\"\n[[steps]]\nid = \"l\"\ntitle = \"L\"\nloop = { range = \"0..2^62\", body = [{ id = \"x\", title = \"X\" }] }"
    ],
    [
      "formula = \"f\"\n" + steps("a") + "expand = \"e\"",
      "formula = \"e\"\ntype = \"expansion\"\n[[template]]\nid = \"{target}x\"\ntitle = \"T\"\nexpand = \"e\"",
    ],
    // Each level doubles the description.
    [
      "formula = \"f\"\n" + steps("a") + "description = \"" + String(repeating: "x", count: 20_000)
        + "\"\nexpand = \"e1\""
    ]
      + (1...5).map {
        "formula = \"e\($0)\"\ntype = \"expansion\"\n[[template]]\nid = \"{target}x\"\ntitle = \"T\"\ndescription = \""
          + String(repeating: "{target.description}", count: 30) + "\"\n"
          + ($0 < 5 ? "expand = \"e\($0 + 1)\"" : "")
      },
    // Every step of a round needs every step of the one before.
    [
      "formula = \"f\"\n[[steps]]\nid = \"l\"\ntitle = \"L\"\n[steps.loop]\ncount = 10\n"
        + (0..<1000).map { "[[steps.loop.body]]\nid = \"x\($0)\"\ntitle = \"X\"\n" }.joined()
    ],
  ])
  func bomb(_ texts: [String]) {
    let start = ContinuousClock.now
    #expect(throws: BeadsError.self) { try Self.cook(texts) }
    #expect(start.duration(to: .now) < .seconds(30))
  }

  @Test func largeFilesAreRefusedUnread() {
    let start = ContinuousClock.now
    let bytes = [UInt8](repeating: 0x20, count: 10 << 20)
    #expect(throws: BeadsError.self) { try FormulaReader.read(bytes, format: .toml, source: "f") }
    #expect(start.duration(to: .now) < .seconds(1))
  }

  @Test func libraryFindsByPathAndName() throws {
    let project = try TestProject()
    let directory = project.directory + "/.beads/formulas"
    try FileSystem.makeDirectory(directory)
    try FileSystem.replace(directory + "/a.formula.json", with: Array("{\"formula\": \"a\"}".utf8))
    try FileSystem.replace(directory + "/b.formula.toml", with: Array("formula = \"c\"".utf8))
    let library = FormulaLibrary(
      environment: project.environment, directories: [directory, "/nowhere"],
      builtins: [("a", []), ("z", Array("formula = \"z\"".utf8))])
    #expect(try library.entries().map(\.name) == ["a", "b", "z"])
    #expect(try library.formula(named: "a").source == directory + "/a.formula.json")
    #expect(try library.formula(named: ".beads/formulas/b.formula.toml").name == "c")
    #expect(try library.formula(named: "z").source == "builtin:z")
    #expect(throws: BeadsError.self) { try library.formula(named: "b") }
    #expect(throws: BeadsError.self) { try library.formula(named: "../formulas/a") }
    try FileSystem.replace(directory + "/a.formula.toml", with: Array("formula = \"a\"\nversion = 2".utf8))
    #expect(try library.formula(named: "a").version == 2)
  }
}
