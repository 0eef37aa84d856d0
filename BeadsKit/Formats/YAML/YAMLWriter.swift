/// Writes values on one line.
enum YAMLWriter {
  /// A value as it stands behind a key; inside a flow collection more text needs quotes.
  static func encode(_ node: YAMLNode, inFlow: Bool = false) -> String {
    switch node {
    case .null: "null"
    case .scalar(let text): isSafe(text, inFlow) && !isNull(text) ? text : quoted(text)
    case .list(let items): "[" + items.map { encode($0, inFlow: true) }.joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.entries.map { "\(key($0.key)): \(encode($0.value, inFlow: true))" }.joined(separator: ", ")
        + "}"
    }
  }

  /// A key without its colon.
  static func key(_ text: String) -> String {
    isSafe(text, true) && !text.utf8.contains(UInt8(ascii: ":")) ? text : quoted(text)
  }

  private static func isNull(_ text: String) -> Bool { ["~", "null", "Null", "NULL"].contains(text) }

  /// Whether every reader takes the text for itself without quotes.
  private static func isSafe(_ text: String, _ inFlow: Bool) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, !isBlank(first), !isBlank(last) else {
      return false
    }
    if "-?:,[]{}#&*!|>'\"%@`".utf8.contains(first), !isNegativeNumber(text) { return false }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "#") where isBlank(previous): return false
      case _ where isBlank(byte) && previous == UInt8(ascii: ":"): return false
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        if inFlow || previous == UInt8(ascii: ":") { return false }
      default: break
      }
      previous = byte
    }
    return last != UInt8(ascii: ":") && !text.unicodeScalars.contains(where: needsEscape)
  }

  private static func isNegativeNumber(_ text: String) -> Bool {
    text.utf8.count > 1 && text.utf8.first == UInt8(ascii: "-")
      && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where needsEscape(scalar): result += escaped(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Control characters, and spaces and marks that a reader would not see.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}": true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
