/// The one place where errors become text: lines on stderr, and in JSON mode an object on stdout.
struct ErrorReport {
  var message: String
  var hint: String?
  var codeName: String
  var exitStatus: Int32
  var isRetryable: Bool

  init(_ error: any Error) {
    if let error = error as? any RenderableError {
      message = error.message
      hint = error.hint
      codeName = error.codeName
      exitStatus = error.exitStatus
      isRetryable = error.isRetryable
    } else {
      message = "\(error)"
      codeName = "internal"
      exitStatus = 1
      isRetryable = false
    }
  }

  /// The lines for stderr: `Error: message` and, if there is one, `Hint: hint`.
  var lines: [TerminalText] {
    var lines: [TerminalText] = ["\(Style.red.and(.bold)("Error:")) \(multiline: message)"]
    if let hint, !hint.isEmpty { lines.append("\(Style.cyan("Hint:")) \(multiline: hint)") }
    return lines
  }

  /// The object for stdout, with a line feed at the end.
  var json: String {
    var members = ["\"code\": \(jsonString(codeName))", "\"error\": \(jsonString(message))"]
    if let hint, !hint.isEmpty { members.append("\"hint\": \(jsonString(hint))") }
    if isRetryable { members.append("\"retryable\": true") }
    members.append("\"schema_version\": 1")
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
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
