/// The text of a screen, without what draws it.
enum ScreenText {
  /// The lines with something in them: without control sequences, frames and blanks at their ends.
  static func lines(_ screen: String) -> [String] {
    screen.split(whereSeparator: \.isNewline).map { trimmed(plain($0)) }.filter { !$0.isEmpty }
  }

  /// The last lines in one.
  static func tail(_ screen: String, _ count: Int) -> String {
    lines(screen).suffix(count).map { String($0.prefix(200)) }.joined(separator: " / ")
  }

  private static func trimmed(_ line: String) -> String {
    let isFrame: (Character) -> Bool = { $0.isWhitespace || "│┃|╭╮╰╯─━".contains($0) }
    let start = line.drop(while: isFrame)
    guard let end = start.lastIndex(where: { !isFrame($0) }) else { return "" }
    return String(start[...end])
  }

  /// A line without escape sequences (`ESC [ ... letter`, `ESC letter`) and control characters.
  private static func plain(_ line: Substring) -> String {
    var result = String.UnicodeScalarView()
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}" {
        if rest.first == "[" {
          rest.removeFirst()
          rest = rest.drop { !(0x40...0x7E).contains($0.value) }
        }
        rest = rest.dropFirst()
      } else if scalar.value >= 0x20, scalar.value != 0x7F {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
