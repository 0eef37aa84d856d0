/// A condition about a running workflow: of gates, and of loops that go on until something is so.
///
/// `build.status == 'closed'`, `children(build).all(status == 'closed')`, `steps.complete >= 3`,
/// `file.exists('report.md')`, `env.CI == 'true'`.
public struct RuntimeCondition: Sendable, Equatable {
  /// What is compared with what.
  struct Comparison: Sendable, Equatable {
    let field: String
    let relation: Relation
    let value: String
  }

  enum Relation: String, Sendable, CaseIterable {
    case notBelow = ">="
    case notAbove = "<="
    case equal = "=="
    case unequal = "!="
    case above = ">"
    case below = "<"
  }

  enum Form: Sendable, Equatable {
    case file(String)
    case environment(Comparison)
    case steps(Comparison)
    case children(of: String, isAll: Bool, Comparison)
    case step(Comparison)
  }

  let form: Form

  /// Reads a condition; nil when it is none.
  public init?(_ text: String) {
    let text = trimmed(text[...])
    if text.hasPrefix("file.exists("), text.hasSuffix(")") {
      let path = Self.value(text.dropFirst("file.exists(".utf8.count).dropLast())
      if path.isEmpty { return nil }
      form = .file(path)
    } else if text.hasPrefix("children(") {
      guard let form = Self.children(text.dropFirst("children(".utf8.count)) else { return nil }
      self.form = form
    } else {
      guard let comparison = Comparison(text) else { return nil }
      if let name = Self.rest(of: comparison, behind: "env.") {
        form = .environment(name)
      } else if let state = Self.rest(of: comparison, behind: "steps."), Int(comparison.value) != nil {
        form = .steps(state)
      } else {
        // A step and one of its fields.
        guard comparison.field.contains("."), !comparison.field.hasPrefix("."),
          !comparison.field.hasSuffix(".")
        else { return nil }
        form = .step(comparison)
      }
    }
  }

  private static func children(_ text: Substring) -> Form? {
    guard let close = text.firstIndex(of: ")") else { return nil }
    let step = String(trimmed(text[..<close]))
    let rest = trimmed(text[text.index(after: close)...])
    let isAll = rest.hasPrefix(".all(")
    guard isAll || rest.hasPrefix(".any("), rest.hasSuffix(")"), !step.isEmpty,
      let comparison = Comparison(trimmed(rest.dropFirst(5).dropLast()))
    else { return nil }
    return .children(of: step, isAll: isAll, comparison)
  }

  private static func rest(of comparison: Comparison, behind prefix: String) -> Comparison? {
    guard comparison.field.hasPrefix(prefix), comparison.field.utf8.count > prefix.utf8.count else {
      return nil
    }
    return Comparison(
      field: String(comparison.field.dropFirst(prefix.utf8.count)), relation: comparison.relation,
      value: comparison.value)
  }

  /// A value without its quotes.
  fileprivate static func value(_ text: Substring) -> String {
    let text = trimmed(text)
    guard text.utf8.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\""
    else {
      return String(text)
    }
    return String(text.dropFirst().dropLast())
  }
}

extension RuntimeCondition.Comparison {
  /// `field op value`; the value may be in quotes.
  fileprivate init?(_ text: Substring) {
    guard let start = text.utf8.firstIndex(where: { "=!<>".utf8.contains($0) }) else { return nil }
    let rest = text[start...]
    guard let relation = RuntimeCondition.Relation.allCases.first(where: { rest.hasPrefix($0.rawValue) })
    else {
      return nil
    }
    let field = String(trimmed(text[..<start]))
    let bare = trimmed(rest.dropFirst(relation.rawValue.utf8.count))
    let isField = field.utf8.allSatisfy {
      FormulaText.isNameByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
    }
    guard isField, !field.isEmpty, !bare.isEmpty else { return nil }
    self.init(field: field, relation: relation, value: RuntimeCondition.value(bare))
  }

  /// Whether a value has the relation: numbers as numbers, everything else as text.
  func holds(_ actual: String?) -> Bool {
    let actual = actual ?? ""
    if relation == .equal || relation == .unequal, actual == value { return relation == .equal }
    if let left = Double(actual), let right = Double(value) { return relation.holds(left, right) }
    return relation.holds(actual, value)
  }
}

extension RuntimeCondition.Relation {
  fileprivate func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .above: left > right
    case .notBelow: left >= right
    case .below: left < right
    case .notAbove: left <= right
    }
  }
}

/// What a runtime condition may ask for.
public struct RuntimeFacts {
  /// A field of a step, such as `status` or `output.approved`, by `STEP.FIELD`; step IDs may hold dots.
  public var field: (String) -> String?
  /// The fields of the children of a step, one function for each child.
  public var children: (String) -> [(String) -> String?]
  /// How many steps are in a state: `complete`, `total` ...
  public var count: (String) -> Int
  /// Whether there is a file.
  public var fileExists: (String) -> Bool
  /// An environment variable.
  public var variable: (String) -> String?

  /// Makes facts of nothing.
  public init() {
    field = { _ in nil }
    children = { _ in [] }
    count = { _ in 0 }
    fileExists = { _ in false }
    variable = { _ in nil }
  }
}

extension RuntimeCondition {
  /// Whether it holds; what is unknown counts as empty, and all of no children are nothing.
  public func holds(_ facts: RuntimeFacts) -> Bool {
    switch form {
    case .file(let path): facts.fileExists(path)
    case .environment(let comparison): comparison.holds(facts.variable(comparison.field))
    case .steps(let comparison): comparison.holds(String(facts.count(comparison.field)))
    case .step(let comparison): comparison.holds(facts.field(comparison.field))
    case .children(let step, let isAll, let comparison):
      isAll
        ? allHold(comparison, facts.children(step))
        : facts.children(step).contains { comparison.holds($0(comparison.field)) }
    }
  }

  private func allHold(_ comparison: Comparison, _ children: [(String) -> String?]) -> Bool {
    !children.isEmpty && children.allSatisfy { comparison.holds($0(comparison.field)) }
  }
}
