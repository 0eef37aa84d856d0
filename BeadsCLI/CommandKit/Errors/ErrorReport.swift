/// The one place where errors become text: lines on stderr, and in JSON mode an object on stdout.
struct ErrorReport {
  var message: String
  var details: [String] = []
  var hint: String?
  var codeName: String
  var exitStatus: Int32
  var isRetryable: Bool

  init(_ error: any Error) {
    if let error = error as? any RenderableError {
      message = error.message
      details = error.details
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

  /// The lines for stderr: `Error: message`, a line for each detail and, if there is one, `Hint: hint`.
  ///
  /// A line feed in a message is shown, not obeyed: data in it must not be able to forge a hint.
  var lines: [TerminalText] {
    var lines: [TerminalText] = ["\(Style.red.and(.bold)("Error:")) \(message)"]
    for detail in details { lines.append("- \(detail)") }
    if let hint, !hint.isEmpty { lines.append("\(Style.cyan("Hint:")) \(hint)") }
    return lines
  }

  /// The object for stdout.
  var json: JSONText {
    var members: [String: JSONText] = [
      "code": .string(codeName),
      "error": .string(([message] + details.map { "- " + $0 }).joined(separator: "\n")),
      "schema_version": .integer(1),
    ]
    if let hint, !hint.isEmpty { members["hint"] = .string(hint) }
    if isRetryable { members["retryable"] = .bool(true) }
    return .object(members)
  }
}
