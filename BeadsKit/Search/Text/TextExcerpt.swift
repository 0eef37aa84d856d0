public import BeadsModel

/// The place in a text where something was found, with some words around it, on one line.
public struct TextExcerpt: Sendable, Equatable {
  /// What comes before, from the start of a word; `…` stands for what is left out.
  public let before: String
  /// What was found, as the text has it.
  public let match: String
  /// What comes after it, up to the end of a word.
  public let after: String

  /// Finds a text in another, whatever the case; nil when it does not occur.
  /// - Parameter width: About how many characters to show.
  public init?(of part: String, in text: String, width: Int = 72) {
    guard let found = Self.range(of: TextSearch.folded(part), in: text) else { return nil }
    match = Self.words(text[found])
    let room = max(0, width - match.count)
    before = Self.cut(Self.words(text[..<found.lowerBound]), room / 2, keepsEnd: true)
    after = Self.cut(Self.words(text[found.upperBound...]), room - before.count, keepsEnd: false)
  }

  /// The first place; each byte of the folded text remembers the scalar that it comes from.
  private static func range(of needle: String, in text: String) -> Range<String.Index>? {
    let needle = Array(needle.utf8)
    if needle.isEmpty { return nil }
    let isPlain = needle.allSatisfy { $0 < 0x80 }
    var folded: [UInt8] = []
    var origins: [String.Index] = []
    let scalars = text.unicodeScalars
    for index in scalars.indices {
      let scalar = scalars[index]
      let form =
        isPlain && !scalar.isASCII ? String(scalar) : TextSearch.folded(String(scalar))
      for byte in form.utf8 {
        folded.append(byte)
        origins.append(index)
      }
      guard folded.count >= needle.count, folded.suffix(needle.count).elementsEqual(needle) else { continue }
      return origins[folded.count - needle.count]..<scalars.index(after: index)
    }
    return nil
  }

  /// The text on one line, with one space for each white space.
  private static func words(_ text: Substring) -> String {
    var line = ""
    for character in text {
      if !character.isWhitespace { line.append(character) } else if line.last != " " { line.append(" ") }
    }
    return line
  }

  private static func cut(_ line: String, _ room: Int, keepsEnd: Bool) -> String {
    if line.count <= room { return keepsEnd ? String(line.drop { $0 == " " }) : line.trimmingLastSpace }
    if keepsEnd {
      let end = line.suffix(max(0, room - 1))
      return "…" + (end.firstIndex(of: " ").map { end[end.index(after: $0)...] } ?? end)
    }
    let start = line.prefix(max(0, room - 1))
    return (start.lastIndex(of: " ").map { start[..<$0] } ?? start) + "…"
  }
}

extension String {
  fileprivate var trimmingLastSpace: String { last == " " ? String(dropLast()) : self }
}

extension Issue {
  /// Where the description or the external reference has a text that neither ID nor title shows.
  ///
  /// Linear in the description.
  public func excerpt(of part: String, width: Int = 72) -> TextExcerpt? {
    if TextExcerpt(of: part, in: id.rawValue) != nil || TextExcerpt(of: part, in: title) != nil { return nil }
    return TextExcerpt(of: part, in: description, width: width)
      ?? externalRef.flatMap { TextExcerpt(of: part, in: $0, width: width) }
  }
}
