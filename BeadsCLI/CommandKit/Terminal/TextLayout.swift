extension String {
  /// The text cut to at most `width` columns, the last of them an ellipsis if anything was cut.
  public func truncated(toWidth width: Int) -> String {
    if displayWidth <= width { return self }
    return clipped(toWidth: width - 1) + (width > 0 ? "…" : "")
  }

  /// The longest beginning that fits `width` columns and does not split a character.
  func clipped(toWidth width: Int) -> String {
    var result = ""
    var used = 0
    for character in self {
      used += String(character).displayWidth
      if used > width { break }
      result.append(character)
    }
    return result
  }

  /// The text filled up to `width` columns with spaces; longer text stays as it is.
  public func padded(toWidth width: Int, alignment: Alignment = .left) -> String {
    let missing = width - displayWidth
    if missing <= 0 { return self }
    let blank = String(repeating: " ", count: missing)
    return alignment == .left ? self + blank : blank + self
  }

  /// The text as lines of at most `width` columns, broken at spaces; a longer word stands alone, uncut.
  ///
  /// Line feeds break lines too. A line that begins with a space is kept as it is.
  public func wrapped(toWidth width: Int) -> [String] {
    split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      if line.hasPrefix(" ") { return [String(line)] }
      var lines: [String] = []
      var current = ""
      var used = 0
      for word in line.split(separator: " ") {
        let wordWidth = String(word).displayWidth
        if current.isEmpty {
          current = String(word)
          used = wordWidth
        } else if used + 1 + wordWidth <= width {
          current += " " + word
          used += 1 + wordWidth
        } else {
          lines.append(current)
          current = String(word)
          used = wordWidth
        }
      }
      return lines + [current]
    }
  }
}

/// On which side of a column text stands.
public enum Alignment: Sendable {
  /// At the beginning of the column.
  case left
  /// At the end of the column, as numbers should.
  case right
}

extension TerminalText {
  /// The text cut to at most `width` columns, the last of them an ellipsis if anything was cut.
  public func truncated(toWidth width: Int) -> TerminalText {
    if displayWidth <= width { return self }
    var result = TerminalText()
    var left = width - 1
    for run in runs {
      let runWidth = run.text.displayWidth
      if runWidth <= left {
        result.append(safe: run.text, run.style)
        left -= runWidth
      } else {
        result.append(safe: run.text.clipped(toWidth: left) + (width > 0 ? "…" : ""), run.style)
        break
      }
    }
    return result
  }

  /// The text filled up to `width` columns with spaces; longer text stays as it is.
  public func padded(toWidth width: Int, alignment: Alignment = .left) -> TerminalText {
    let missing = width - displayWidth
    if missing <= 0 { return self }
    var blank = TerminalText()
    blank.append(safe: String(repeating: " ", count: missing), .plain)
    return alignment == .left ? self + blank : blank + self
  }
}
