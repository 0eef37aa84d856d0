import BeadsModel

extension FormulaVariable {
  /// What is wrong with a value, such as `"x" is not one of a, b`, or nil; the empty text is always right.
  package func problem(with value: String) -> String? {
    if value.isEmpty { return nil }
    if !allowed.isEmpty, !allowed.contains(value) {
      return "\(quoted(value)) is not one of \(allowed.joined(separator: ", "))"
    }
    guard let pattern else { return nil }
    do throws(FormulaPattern.Failure) {
      if value.utf8.count > 100_000 { return "is too long for the pattern \(pattern)" }
      if value.utf8.contains(0) { return "\(quoted(value)) holds a NUL" }
      return try FormulaPattern(pattern).matches(value) ? nil : "\(quoted(value)) does not match \(pattern)"
    } catch {
      return "cannot be compared with the pattern \(pattern)"
    }
  }
}

extension FormulaVariable {
  /// Whether a variable may be called so.
  package static func isName(_ text: String) -> Bool { FormulaText.isVariableName(text) }
}

extension FormulaText {
  /// Words that stand in braces for something else than a variable.
  static let controlWords: Set<String> = ["else", "this", "root", "index", "key", "first", "last"]

  /// Whether a text may name a variable.
  static func isVariableName(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, !(0x30...0x39 ~= first), bytes.count <= 200 else { return false }
    return bytes.allSatisfy(isNameByte)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
