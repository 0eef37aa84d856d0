import BeadsFormats
import BeadsModel
public import BeadsSystem

/// The way a formula is written down.
public enum FormulaFormat: Sendable {
  /// `NAME.formula.toml`.
  case toml
  /// `NAME.formula.json`.
  case json

  /// The format of a file, by its name; nil when the name tells none.
  public init?(path: String) {
    if path.hasSuffix(".toml") {
      self = .toml
    } else if path.hasSuffix(".json") {
      self = .json
    } else {
      return nil
    }
  }
}

/// Reads one formula file and tells everything that is wrong with it at once.
///
/// What depends on other formulas is checked when the formula is cooked.
public struct FormulaReader {
  /// The largest file that is read, in bytes.
  public static let sizeLimit = 4 << 20
  /// How deep steps may be nested, loops counted.
  public static let depthLimit = 12

  let problems: FormulaProblems
  /// The IDs and references of the tree that is being read.
  var scope = FormulaScope()
  /// Whether IDs may hold `{target}` and the like.
  var isTemplate = false

  /// Reads a formula; linear in the text.
  ///
  /// - Parameter source: Where it comes from: a path, or `builtin:NAME`.
  /// - Throws: `invalid` with one detail, `FILE:LINE:COLUMN: message`, for each problem.
  public static func read(
    _ bytes: [UInt8], format: FormulaFormat, source: String
  ) throws(BeadsError) -> Formula {
    switch check(bytes, format: format, source: source) {
    case .success(let formula): return formula
    case .failure(let failure): throw .formula(failure.problems)
    }
  }

  /// All problems of a formula file; empty when it can be used.
  public static func problems(
    _ bytes: [UInt8], format: FormulaFormat, source: String
  ) -> [FormulaProblem] {
    switch check(bytes, format: format, source: source) {
    case .success: []
    case .failure(let failure): failure.problems
    }
  }

  struct Failure: Error { let problems: [FormulaProblem] }

  static func check(
    _ bytes: [UInt8], format: FormulaFormat, source: String
  ) -> Result<Formula, Failure> {
    let text = FormulaText(bytes, source: source)
    let problems = FormulaProblems(text)
    guard bytes.count <= sizeLimit else {
      return .failure(Failure(problems: [FormulaProblem("\(source) is larger than \(sizeLimit >> 20) MB")]))
    }
    guard let entries = entries(bytes, format, problems) else {
      return .failure(Failure(problems: problems.sorted))
    }
    var reader = FormulaReader(problems: problems)
    let root = FormulaTable(entries, offset: 0, name: "formula", problems: problems)
    var formula = reader.formula(root)
    formula.source = source
    let found = problems.sorted
    return found.isEmpty ? .success(formula) : .failure(Failure(problems: found))
  }

  init(problems: FormulaProblems) { self.problems = problems }

  /// The entries of the outermost table, or nil when the text is not in its format.
  static func entries(
    _ bytes: [UInt8], _ format: FormulaFormat, _ problems: FormulaProblems
  ) -> [FormulaNode.Entry]? {
    switch format {
    case .toml:
      do throws(TOMLError) { return FormulaNode.entries(try TOMLDocument(bytes).root) } catch {
        problems.add("no TOML: \(error.reason)", at: error.position.offset(in: bytes))
      }
    case .json:
      do throws(JSONError) {
        let node = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
          var reader = JSONReader(buffer)
          let node = try FormulaNode(from: &reader)
          try reader.expectEnd()
          return node
        }
        if case .table(let entries) = node.value { return entries }
        problems.add("a formula is a table, not \(node.kind)", at: node.offset)
      } catch {
        problems.add("no JSON: \(error.reason)", at: error.offset)
      }
    }
    return nil
  }

  // MARK: The outermost table

  private mutating func formula(_ table: FormulaTable) -> Formula {
    var formula = Formula(name: name(table))
    formula.origin = problems.origin(table.offset(of: "formula"))
    formula.summary = table.string("description")
    formula.version = table.integer("version") ?? 1
    if formula.version < 1 { table.complain("`version` must be at least 1", at: "version") }
    formula.kind = word(table, "type", of: Formula.Kind.self) ?? .workflow
    formula.phase = word(table, "phase", of: Formula.Phase.self)
    formula.poursSteps = table.boolean("pour") ?? false
    formula.agent = table.string("agent")
    formula.isReviewOnly = table.boolean("review_only") ?? false
    // Set by loaders; what a file says about its own place means nothing.
    _ = table.node("source")
    formula.extends = table.texts("extends").map { parent in
      checkName(parent.text, "`extends`", parent.offset)
      return parent.text
    }
    formula.variables = variables(table, "vars")
    let trees = readTrees(table, into: &formula)
    readComposition(table, into: &formula)
    checkKind(formula, table)
    table.finish()
    for tree in trees { check(tree, of: formula) }
    return formula
  }

  private struct Tree {
    let steps: [FormulaStep]
    var scope: FormulaScope
  }

  private mutating func readTrees(_ table: FormulaTable, into formula: inout Formula) -> [Tree] {
    formula.steps = steps(table, "steps", depth: 1)
    let steps = Tree(steps: formula.steps, scope: scope)
    scope = FormulaScope()
    isTemplate = true
    formula.template = self.steps(table, "template", depth: 1)
    isTemplate = false
    let template = Tree(steps: formula.template, scope: scope)
    scope = FormulaScope()
    readConvoy(table, into: &formula)
    return [steps, template, Tree(steps: formula.convoy.legs, scope: scope)]
  }

  /// References and cycles, as far as this file alone can tell.
  private func check(_ tree: Tree, of formula: Formula) {
    if !formula.extends.isEmpty { return }
    var scope = tree.scope
    if !formula.compose.isEmpty || !formula.advice.isEmpty { scope.hasReplacedSteps = true }
    scope.finish(problems)
    for problem in FormulaGraph(tree.steps).problems { problems.add(problem) }
  }

  private func name(_ table: FormulaTable) -> String {
    guard let name = table.string("formula") else {
      if !table.has("formula") { table.complain("name missing: `formula = \"...\"`") }
      return ""
    }
    checkName(name, "formula name", table.offset(of: "formula"))
    return name
  }

  func checkName(_ name: String, _ what: String, _ offset: Int) {
    if let reason = FormulaName.problem(name) {
      problems.add("\(what) \(quoted(name)) \(reason)", at: offset)
    }
  }

  /// One of the words of an enumeration, or nil when there is none or it is wrong.
  func word<E: RawRepresentable & CaseIterable>(_ table: FormulaTable, _ key: String, of type: E.Type) -> E?
  where E.RawValue == String {
    guard let word = table.string(key) else { return nil }
    if let value = E(rawValue: word) { return value }
    let known = E.allCases.map(\.rawValue)
    table.complain("unknown \(key) \(quoted(word)); known are: \(known.joined(separator: ", "))", at: key)
    return nil
  }

  /// What a formula of its type must have, and must not.
  private func checkKind(_ formula: Formula, _ table: FormulaTable) {
    if !formula.extends.isEmpty { return }
    switch formula.kind {
    case .expansion where formula.template.isEmpty: table.complain("expansion without `template`")
    case .aspect where formula.advice.isEmpty: table.complain("aspect without `advice`")
    case .convoy where formula.convoy.legs.isEmpty: table.complain("convoy without `legs`")
    default: break
    }
    let owners: [(key: String, kind: Formula.Kind)] = [
      ("template", .expansion), ("pointcuts", .aspect), ("legs", .convoy), ("synthesis", .convoy),
      ("inputs", .convoy), ("prompts", .convoy), ("output", .convoy),
    ]
    for owner in owners where table.has(owner.key) && formula.kind != owner.kind {
      table.complain("`\(owner.key)` belongs to formulas of type \(owner.kind.rawValue)", at: owner.key)
    }
    if table.has("steps"), formula.kind != .workflow {
      table.complain("`steps` belong to formulas of type workflow", at: "steps")
    }
  }
}

extension TextPosition {
  /// The byte of a position that was made from one.
  func offset(in bytes: [UInt8]) -> Int {
    var line = 1
    var index = 0
    while line < self.line, index < bytes.count {
      if bytes[index] == 0x0A { line += 1 }
      index += 1
    }
    var column = 1
    while column < self.column, index < bytes.count {
      index += 1
      while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
      column += 1
    }
    return index
  }
}
