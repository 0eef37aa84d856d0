/// A question that an agent may ask when it starts, and the answer that lets it work unattended.
///
/// Which answer is selected at first differs between versions and places, so the answer is found by its text, and the
/// keys are those that lead to it.
public struct StartupDialog: Sendable, Equatable {
  /// A text that is shown with this question only.
  public var question: String
  /// What the answer begins with.
  public var answer: String

  /// Describes a question.
  public init(_ question: String, answer: String) {
    self.question = question
    self.answer = answer
  }

  /// What marks the answer that is selected.
  private static let marks: Set<Character> = ["❯", "›", ">", "●", "▶"]

  /// The key that leads on in a question: towards the answer, or Enter once it is selected; nil when the screen does not
  /// show the question.
  public func key(on screen: String) -> String? {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
    // Lines break where the terminal ends.
    guard screen.contains(question) || joined(lines).contains(question),
      let first = lines.firstIndex(where: { $0.contains(question.prefix(20)) })
    else { return nil }
    let options = lines[first...].map(Self.option)
    guard let selected = options.lastIndex(where: \.isSelected),
      let wanted = options.lastIndex(where: { $0.text.hasPrefix(answer) })
    else { return nil }
    // What was answered may still be above of what came after it.
    if options[(max(selected, wanted) + 1)...].count(where: { !$0.text.isEmpty }) > 3 { return nil }
    return wanted == selected ? "Enter" : wanted > selected ? "Down" : "Up"
  }

  private func joined(_ lines: [Substring]) -> String {
    lines.map { $0.drop { $0 == " " || $0 == "│" } }.joined(separator: " ")
  }

  /// A line without what frames it: mark, number, border.
  private static func option(_ line: Substring) -> (isSelected: Bool, text: Substring) {
    var rest = line.drop { $0 == " " || $0 == "│" || $0 == "\u{A0}" }
    let isSelected = rest.first.map(marks.contains) == true
    if isSelected { rest = rest.dropFirst().drop { $0 == " " || $0 == "\u{A0}" } }
    let behindNumber = rest.drop { $0.isASCII && $0.isNumber }
    if behindNumber.count < rest.count, behindNumber.first == "." || behindNumber.first == ")" {
      rest = behindNumber.dropFirst().drop { $0 == " " }
    }
    return (isSelected, rest)
  }
}
