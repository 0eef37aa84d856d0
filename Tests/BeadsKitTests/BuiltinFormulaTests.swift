import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// The formulas that every program carries: their texts, and what becomes of them.
@Suite struct BuiltinFormulaTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Formulas")

  /// What is embedded is the folder: no file is forgotten, none is old.
  @Test func embeddedIsTheFolder() throws {
    let suffix = ".formula.toml"
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
    #expect(BuiltinFormulas.all.map { $0.name } == files.sorted())
    for (name, bytes) in BuiltinFormulas.all {
      let file = try Data(contentsOf: Self.folder.appendingPathComponent(name + suffix))
      #expect(bytes == [UInt8](file), "\(name)")
    }
  }

  /// Lines that fit a terminal, no control characters.
  @Test(arguments: BuiltinFormulas.all.map { $0.name })
  func textIsPlain(_ name: String) throws {
    let bytes = try #require(BuiltinFormulas.all.first { $0.name == name }).bytes
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      #expect(line.count <= 120 && !line.contains { $0 < 0x20 }, "\(String(decoding: line, as: UTF8.self))")
    }
  }

  // MARK: What they make

  private let project: TestProject
  private let library: FormulaLibrary

  init() throws {
    project = try TestProject()
    library = FormulaLibrary(environment: project.environment, directories: [])
  }

  @Test(arguments: BuiltinFormulas.all.map { $0.name })
  func variablesAreExplainedAndUsed(_ name: String) throws {
    let formula = try library.cook(named: name)
    let used = formula.placeholders
    for variable in formula.variables {
      #expect(variable.summary?.isEmpty == false, "\(name): \(variable.name) is not explained")
      #expect(used.contains(variable.name), "\(name): \(variable.name) is not used")
    }
    #expect(used.allSatisfy { name in formula.variables.contains { $0.name == name } }, "\(name): \(used)")
    #expect(formula.summary?.isEmpty == false)
  }

  /// Each can be poured, and an agent who reads one of its issues finds what to do and how to know that it is done.
  @Test(arguments: BuiltinFormulas.all.map { $0.name }.filter { $0 != "security-audit" })
  func pours(_ name: String) throws {
    let kind = try library.formula(named: name).kind
    let required = try library.cook(named: name).requiredVariables.map(\.name)
    #expect(kind != .expansion || required.isEmpty)
    let values = Dictionary(
      uniqueKeysWithValues: required.map { ($0, $0 == "version" ? "v1.2.0" : "sample") })
    let formula = try library.cook(named: name, values: values)
    let store = try project.makeStore()
    let molecule = try store.write("mol pour") { transaction throws(BeadsError) in
      try transaction.instantiate(try MoleculePlan(formula, isFilled: true))
    }
    for issue in try store.issues(molecule.ids.map(\.id)) where issue.type != .gate {
      #expect(!issue.description.isEmpty, "\(name): \(issue.title)")
      if issue.type != .molecule, !molecule.knowsNoAcceptance(issue.id) {
        #expect(!issue.acceptanceCriteria.isEmpty, "\(name): \(issue.title)")
      }
      for text in [issue.title, issue.description, issue.acceptanceCriteria] {
        #expect(
          !text.contains("{{") && !text.contains("{target") && !text.contains("{step"), "\(name): \(text)")
      }
    }
    try store.close()
  }

  @Test func anAspectIsNotPoured() throws {
    let aspect = try library.cook(named: "security-audit")
    #expect(throws: BeadsError.self) { try MoleculePlan(aspect) }
  }

  /// Aspects and expansions are woven in where they belong.
  @Test func compositionsHaveTheStepsOfTheirParts() throws {
    let shiny = try stepIDs("shiny")
    #expect(shiny == ["design", "implement", "test", "review", "submit"])
    #expect(try stepIDs("mol-feature") == shiny)
    #expect(
      Set(try stepIDs("shiny-secure")) == Set(shiny).union(["implement-threats", "submit-audit"]))
    let five = ["draft", "correct", "clear", "edges", "excellent"].map { "implement.\($0)" }
    #expect(
      Set(try stepIDs("shiny-enterprise"))
        == Set(shiny + five).subtracting(["implement"]).union(["implement.draft-threats", "submit-audit"]))
    let cycle = ["write-tests", "verify-red", "implement", "verify-green", "refactor"]
    let work = try stepIDs("mol-polecat-work")
    #expect(
      work == [
        "load-context", "branch-setup", "implement", "commit-changes", "self-review", "build-check",
        "pre-verify",
        "submit-and-exit",
      ])
    #expect(
      try stepIDs("mol-polecat-work-tdd")
        == work.flatMap { id in id == "implement" ? cycle.map { "implement.\($0)" } : [id] })
    #expect(try stepIDs("towers-of-hanoi").count == 1025)
    #expect(try stepIDs("mol-idea-to-plan").count { $0.hasPrefix("improve.") } == 6)
  }

  /// Patrols, polecats' work and the like stay in the clone; a release is kept step by step.
  @Test func phasesFit() throws {
    for (name, _) in BuiltinFormulas.all {
      let formula = try library.formula(named: name)
      let isPassing = name.contains("polecat") || name.contains("patrol") || name.contains("dance")
      #expect((formula.phase == .vapor) == isPassing, "\(name)")
      #expect(formula.poursSteps == (name == "mol-release"), "\(name)")
    }
  }

  private func stepIDs(_ name: String) throws -> [String] { try library.cook(named: name).steps.map(\.id) }
}

extension Molecule {
  /// Whether an issue comes from an advice or a synthesis, which the format gives no acceptance.
  fileprivate func knowsNoAcceptance(_ id: IssueID) -> Bool {
    ids.contains { step in
      step.id == id && ["-threats", "-audit", ".synthesis"].contains { step.key.hasSuffix($0) }
    }
  }
}
