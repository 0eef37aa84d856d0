import BeadsSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Looks for a text in others, whatever the case.
///
/// What is looked for is in lower case already, see `folded`. If it is ASCII, the letters of ASCII are alike, as in
/// SQLite's LIKE; otherwise the lower case of both is compared. Works on bytes and allocates once.
struct TextSearch {
  /// How well a text fits; smaller is better.
  enum Fit: Int64 {
    /// The whole text.
    case whole
    /// Words of their own.
    case words
    /// The beginning of a word.
    case beginning
    /// Anywhere.
    case inside
  }

  /// Room for a text in lower case, of which the beginning is used.
  private var room: [UInt8] = []

  /// The form in which texts are looked for.
  static func folded(_ text: String) -> String { text.lowercased() }

  mutating func contains(_ needle: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let length = fold(text, for: needle) else { return false }
    return room.withUnsafeBufferPointer {
      Self.place(of: needle, in: UnsafeBufferPointer(rebasing: $0[..<length]), from: 0) != nil
    }
  }

  /// The best place of the text, or nil when it does not occur.
  mutating func fit(_ needle: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Fit? {
    guard let length = fold(text, for: needle) else { return nil }
    return room.withUnsafeBufferPointer { Self.fit(needle, in: UnsafeBufferPointer(rebasing: $0[..<length])) }
  }

  private static func fit(
    _ needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
  ) -> Fit? {
    if needle.count == text.count { return place(of: needle, in: text, from: 0) == nil ? nil : .whole }
    var best: Fit?
    var start = 0
    while let place = place(of: needle, in: text, from: start) {
      let end = place + needle.count
      let begins = place == 0 || !(isWord(text[place - 1]) && isWord(text[place]))
      let ends = end == text.count || !(isWord(text[end - 1]) && isWord(text[end]))
      if begins, ends { return .words }
      if begins { best = .beginning } else if best == nil { best = .inside }
      start = place + 1
    }
    return best
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: byte >= 0x80
    }
  }

  /// Brings a text into the form it is searched in; nil when it cannot hold what is looked for.
  private mutating func fold(
    _ text: UnsafeBufferPointer<UInt8>, for needle: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    if needle.isASCII {
      if text.count < needle.count { return nil }
      if room.count < text.count { room = [UInt8](repeating: 0, count: 2 * text.count) }
      room.withUnsafeMutableBufferPointer { text.copyLowered(to: $0) }
      return text.count
    }
    if text.isASCII { return nil }
    room.removeAll(keepingCapacity: true)
    room.appendFolded(text)
    return room.count < needle.count ? nil : room.count
  }

  private static func place(
    of needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    guard let first = needle.first, let base = text.baseAddress, let wanted = needle.baseAddress else {
      return nil
    }
    var place = start
    let last = text.count - needle.count
    while place <= last {
      guard let found = memchr(base + place, Int32(first), last - place + 1) else { return nil }
      place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if memcmp(base + place, wanted, needle.count) == 0 { return place }
      place += 1
    }
    return nil
  }
}

extension UnsafeBufferPointer<UInt8> {
  var isASCII: Bool {
    var all: UInt8 = 0
    for byte in self { all |= byte }
    return all < 0x80
  }

  /// Writes the bytes with the letters of ASCII in lower case.
  func copyLowered(to target: UnsafeMutableBufferPointer<UInt8>) {
    for index in indices {
      let byte = self[index]
      target[index] = byte | (byte &- 0x41 < 26 ? 0x20 : 0)
    }
  }
}

extension [UInt8] {
  /// Adds a text in lower case.
  mutating func appendFolded(_ text: UnsafeBufferPointer<UInt8>) {
    if text.isASCII {
      let start = count
      append(contentsOf: text)
      withUnsafeMutableBufferPointer { bytes in
        text.copyLowered(to: UnsafeMutableBufferPointer(rebasing: bytes[start...]))
      }
    } else {
      append(contentsOf: TextSearch.folded(String(decoding: text, as: UTF8.self)).utf8)
    }
  }
}

extension Connection {
  /// Makes two functions callable; what is looked for comes first, in the form of `TextSearch.folded`.
  ///
  /// - `text_has(part, text, ...)`: whether one of the texts has it.
  /// - `text_rank(part, id, title, description)`: how well an issue fits that has it, the best first.
  func addTextFunctions() throws(BeadsError) {
    var search = TextSearch()
    try addFunction("text_has", argumentCount: -1) { arguments in .integer(search.holds(arguments) ? 1 : 0) }
    try addFunction("text_rank", argumentCount: 4) { arguments in .integer(search.rank(arguments)) }
  }
}

extension TextSearch {
  fileprivate mutating func holds(_ arguments: borrowing FunctionArguments) -> Bool {
    for index in 1..<arguments.count where fit(arguments, index, isRanked: false) != nil { return true }
    return false
  }

  fileprivate mutating func rank(_ arguments: borrowing FunctionArguments) -> Int64 {
    if arguments.length(1) == arguments.length(0), fit(arguments, 1, isRanked: true) == .whole { return 0 }
    if let title = fit(arguments, 2, isRanked: true) { return 1 + title.rawValue }
    return 5 + (fit(arguments, 3, isRanked: true) ?? .inside).rawValue
  }

  private mutating func fit(
    _ arguments: borrowing FunctionArguments, _ index: Int, isRanked: Bool
  ) -> Fit? {
    arguments.withText(0) { needle in
      guard let needle else { return nil }
      return arguments.withText(index) { text in
        guard let text else { return nil }
        if isRanked { return fit(needle, text) }
        return contains(needle, text) ? .inside : nil
      }
    }
  }
}

extension FunctionArguments {
  fileprivate func length(_ index: Int) -> Int { withText(index) { $0?.count ?? 0 } }
}
