import BeadsSystem

/// What is wrong with the text of a query, and where.
struct QueryProblem: Error {
  let message: String
  /// Index of the character that is to blame; may be one past the last.
  let position: Int
  let hint: String?

  init(_ message: String, at position: Int, hint: String? = nil) {
    self.message = message
    self.position = position
    self.hint = hint
  }

  /// The error, with the part of the text around the problem and a caret under it.
  func error(in text: [Unicode.Scalar]) -> BeadsError {
    let place = min(position, text.count)
    let start = max(0, place - Self.reach)
    let end = min(text.count, place + Self.reach)
    // One column for each character, so that the caret stands right.
    var line = String.UnicodeScalarView(text[start..<end].map { $0.value < 0x20 ? " " : $0 })
    if end < text.count { line.append("…") }
    let lead = start > 0 ? "…" : ""
    let indent = String(repeating: " ", count: place - start + lead.unicodeScalars.count)
    return BeadsError(
      .invalid, "\(message) (character \(place + 1))", details: [lead + String(line), indent + "^"],
      hint: hint)
  }

  /// How many characters are shown on either side.
  private static let reach = 50
}
