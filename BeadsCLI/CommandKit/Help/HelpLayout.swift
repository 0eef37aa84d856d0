/// Lines of help, fitted to a width.
struct HelpLayout {
  let width: Int
  private(set) var lines: [TerminalText] = []

  /// Narrower than 40 columns help is unreadable whatever one does.
  init(width: Int) { self.width = max(40, width) }

  mutating func add(_ line: TerminalText) { lines.append(line) }

  mutating func add(_ text: String, _ style: Style = .plain) { lines.append(line(text, style)) }

  /// Separates from what comes before, if anything does.
  mutating func addGap() {
    if let last = lines.last, !last.isEmpty { lines.append(TerminalText()) }
  }

  mutating func addHeading(_ title: String) {
    addGap()
    add(title + ":", .bold)
  }

  mutating func addParagraphs(_ text: String, indent: Int = 0) {
    for line in text.wrapped(toWidth: width - indent) {
      add(line.isEmpty ? "" : String(repeating: " ", count: indent) + line)
    }
  }

  /// Terms on the left, their descriptions in a column on the right; a long term gets a line of its own.
  mutating func addList(_ items: [(term: String, description: String)], column: Int, indent: Int = 2) {
    let blank = String(repeating: " ", count: column)
    for (term, description) in items {
      let left = String(repeating: " ", count: indent) + term
      var rest = description.wrapped(toWidth: max(20, width - column))[...]
      if left.displayWidth + 2 <= column, let first = rest.popFirst(), !first.isEmpty {
        add(left.padded(toWidth: column) + first)
      } else {
        add(left)
      }
      for line in rest where !line.isEmpty { add(blank + line) }
    }
  }

  /// The column for descriptions that suits the terms, at most 34 so that descriptions keep room.
  static func column(for terms: [String], indent: Int = 2) -> Int {
    min(34, indent + (terms.map(\.displayWidth).max() ?? 0) + 2)
  }

  private func line(_ text: String, _ style: Style) -> TerminalText {
    var line = TerminalText()
    line.append(safe: text, style)
    return line
  }
}
