/// A condition that decides, when variables are known, whether a step stays: `{{v}}`, `!{{v}}`, `{{v}} == value`
/// or `{{v}} != value`, several of them joined by `&&`.
public struct StepCondition: Sendable, Equatable {
  private struct Term: Sendable, Equatable {
    let variable: String
    /// nil asks whether the variable is true.
    let value: String?
    let isNegated: Bool
  }

  private let terms: [Term]

  /// Reads a condition; nil when it is none.
  public init?(_ text: String) {
    var terms: [Term] = []
    var rest = text[...]
    while true {
      let end = rest.firstRange(of: "&&")
      guard let term = Self.term(trimmed(rest[..<(end?.lowerBound ?? rest.endIndex)])) else { return nil }
      terms.append(term)
      guard let end else { break }
      rest = rest[end.upperBound...]
    }
    self.terms = terms
  }

  /// The variables it asks for.
  public var variables: [String] { terms.map(\.variable) }

  /// Whether it holds; variables without value count as empty.
  public func holds(_ values: [String: String]) -> Bool {
    terms.allSatisfy { term in
      let value = values[term.variable] ?? ""
      let isTrue = term.value.map { value == $0 } ?? Self.isTrue(value)
      return isTrue != term.isNegated
    }
  }

  /// Whether a value counts as true: all but the empty text, `false`, `0`, `no` and `off`.
  public static func isTrue(_ value: String) -> Bool {
    !["", "false", "0", "no", "off"].contains(value.lowercased())
  }

  private static func term(_ text: Substring) -> Term? {
    let isNegated = text.hasPrefix("!")
    var rest = isNegated ? trimmed(text.dropFirst()) : text
    guard rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") else { return nil }
    let name = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound])
    guard FormulaText.isVariableName(name) else { return nil }
    rest = trimmed(rest[end.upperBound...])
    if rest.isEmpty { return Term(variable: name, value: nil, isNegated: isNegated) }
    guard !isNegated, rest.hasPrefix("==") || rest.hasPrefix("!=") else { return nil }
    let value = unquoted(trimmed(rest.dropFirst(2)))
    return Term(variable: name, value: value, isNegated: rest.hasPrefix("!="))
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.utf8.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\""
    else {
      return String(text)
    }
    return String(text.dropFirst().dropLast())
  }
}

/// Without blanks at the ends.
func trimmed(_ text: Substring) -> Substring {
  var rest = text
  while let first = rest.utf8.first, first == 0x20 || first == 0x09 || first == 0x0A { rest.removeFirst() }
  while let last = rest.utf8.last, last == 0x20 || last == 0x09 || last == 0x0A { rest.removeLast() }
  return rest
}
