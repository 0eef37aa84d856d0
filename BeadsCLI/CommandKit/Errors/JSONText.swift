/// The little JSON this module writes itself: errors and help.
enum JSONText {
  case string(String)
  case bool(Bool)
  case integer(Int)
  case array([JSONText])
  case object([String: JSONText])

  /// The document as Go writes it: keys sorted, two spaces of indentation, a line feed at the end.
  var document: String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .string(let value): text += jsonString(value)
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .array(let elements):
      writeMembers("[", "]", elements, to: &text, indent: indent) { $0.write(to: &$1, indent: $2) }
    case .object(let members):
      let sorted = members.sorted { $0.key < $1.key }
      writeMembers("{", "}", sorted, to: &text, indent: indent) { member, text, indent in
        text += jsonString(member.key) + ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private func writeMembers<Member>(
    _ open: String, _ close: String, _ members: [Member], to text: inout String, indent: String,
    write: (Member, inout String, String) -> Void
  ) {
    text += open
    for (index, member) in members.enumerated() {
      text += (index == 0 ? "\n" : ",\n") + indent + "  "
      write(member, &text, indent + "  ")
    }
    text += (members.isEmpty ? "" : "\n" + indent) + close
  }
}

/// A JSON string as Go writes it, with `<`, `>`, `&` and the line separators escaped.
///
/// DEL and C1 controls are escaped too, so that the text is harmless on a terminal.
func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\u{00}"..."\u{1F}", "<", ">", "&", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
