/// Takes the text of a query apart; where it stands decides what a character means.
struct QueryScanner {
  let text: [Unicode.Scalar]
  private(set) var position = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  var isAtEnd: Bool { position == text.count }
  var next: Unicode.Scalar? { isAtEnd ? nil : text[position] }

  mutating func skipSpace() {
    while let scalar = next, scalar.properties.isWhitespace { position += 1 }
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  /// Takes a word of letters, digits, `_`, `-` and `.`; empty when there is none.
  mutating func takeName() -> String { take { Self.isNameScalar($0) } }

  /// Takes AND, OR or NOT, whatever the case, where it stands as a word.
  mutating func takeKeyword(_ keyword: String) -> Bool {
    let start = position
    // What goes on is another word, such as notes.
    if takeName().uppercased() == keyword, next.map({ $0.properties.isWhitespace || $0 == "(" }) ?? true {
      return true
    }
    position = start
    return false
  }

  /// Takes a run of the characters of operators.
  mutating func takeOperator() -> String { take { "=<>!~:".unicodeScalars.contains($0) } }

  /// Takes a value as it stands up to the next space or parenthesis, and to the next comma if that separates.
  mutating func takeBareValue(separatedByComma: Bool) -> String {
    take { scalar in
      !scalar.properties.isWhitespace && scalar != "(" && scalar != ")"
        && !(separatedByComma && scalar == ",")
    }
  }

  /// Takes a value in quotes, after whose first quote it stands; a backslash protects quotes and backslashes.
  mutating func takeQuotedValue(_ quote: Unicode.Scalar) throws(QueryProblem) -> String {
    let start = position - 1
    var value = String.UnicodeScalarView()
    while let scalar = next {
      position += 1
      if scalar == quote { return String(value) }
      if scalar == "\\", let protected = next, protected == quote || protected == "\\" {
        value.append(protected)
        position += 1
      } else {
        value.append(scalar)
      }
    }
    throw QueryProblem(
      "the quote is never closed", at: start, hint: "a quote inside quotes is written \\\(quote)")
  }

  private mutating func take(while belongs: (Unicode.Scalar) -> Bool) -> String {
    let start = position
    while let scalar = next, belongs(scalar) { position += 1 }
    return String(String.UnicodeScalarView(text[start..<position]))
  }

  private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": true
    default: false
    }
  }
}
