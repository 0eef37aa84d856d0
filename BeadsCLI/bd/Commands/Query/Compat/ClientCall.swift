import BeadsFormats
import BeadsKit

/// One command line of a client and what the client needs back (contract 11, lessons 3.3).
struct ClientCall: Sendable {
  enum Answer: Sendable {
    case json(Shape)
    /// Text with this in it.
    case text(String)
    /// Nothing but an ID.
    case id
  }

  let client: String
  /// The command line, quoted as for a shell, without `bd`.
  let line: String
  let answer: Answer
  /// What else stands in the compact JSON.
  let says: [String]
  /// Whether `--json` is added: not when the line asks for JSON in another way.
  let addsFlag: Bool

  init(_ client: String, _ line: String, _ answer: Answer, says: [String] = [], addsFlag: Bool = true) {
    (self.client, self.line, self.answer, self.says, self.addsFlag) = (client, line, answer, says, addsFlag)
  }

  static let all =
    beadsMCP + gasTown + gasTownChanges + gasTownWork + gasTownSpellings + viewers + editors

  /// The arguments: words between spaces, or in quotes.
  var words: [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        (word, quote) = (word ?? "", character)
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? []) + (addsFlag ? ["--json"] : [])
  }

  /// Why the client could not use what a command answered; nothing when it can.
  func complaints(status: Int32, output: String, errorOutput: String) -> [String] {
    var complaints: [String] = []
    if status != 0 { complaints.append("status \(status): \(errorOutput)") }
    // Gas Town takes an empty answer with a remark on stderr for a failure.
    if output.isEmpty, !errorOutput.isEmpty { complaints.append("nothing on standard output") }
    switch answer {
    case .text(let text):
      if !output.contains(text) { complaints.append("\(quoted(text)) is not in \(quoted(output))") }
    case .id:
      let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count == 2, lines[1].isEmpty, (try? IssueID(String(lines[0]))) != nil else {
        complaints.append("\(quoted(output)) is not one ID")
        break
      }
    case .json(let shape):
      guard let value = JSONValue(parsing: output) else {
        complaints.append("\(quoted(output)) is not JSON")
        break
      }
      complaints += shape.complaints(about: value)
      let text = value.compactText
      for wanted in says where !text.contains(wanted) { complaints.append("\(wanted) is not in \(text)") }
    }
    return complaints
  }
}
