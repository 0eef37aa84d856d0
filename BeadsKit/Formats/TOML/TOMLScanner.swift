/// Walks over the bytes of a TOML document: white space, comments, keys and strings.
struct TOMLScanner {
  let bytes: [UInt8]
  var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func failure(_ reason: String) -> TOMLError { TOMLError(reason, at: position, in: bytes) }

  func failure(_ reason: String, at offset: Int) -> TOMLError { TOMLError(reason, at: offset, in: bytes) }

  var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  func hasPrefix(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[position...].starts(with: $0) }
  }

  /// Steps over a character if it is the next one.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  // MARK: Between values

  mutating func skipBlanks() {
    while byte == 0x20 || byte == 0x09 { position += 1 }
  }

  /// Steps over blanks, comments and line ends.
  mutating func skipBlankLines() throws(TOMLError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while try takeLineEnd()
  }

  /// Steps over the rest of a line, which has to be empty.
  mutating func endLine() throws(TOMLError) {
    skipBlanks()
    try skipComment()
    if byte == nil { return }
    if try !takeLineEnd() { throw failure("expected the end of the line") }
  }

  private mutating func skipComment() throws(TOMLError) {
    guard take("#") else { return }
    while let byte, byte != 0x0A, byte != 0x0D { try stepOverText(byte) }
  }

  private mutating func takeLineEnd() throws(TOMLError) -> Bool {
    if take("\n") { return true }
    guard byte == 0x0D else { return false }
    guard hasPrefix("\r\n") else { throw failure("a carriage return without a line feed") }
    position += 2
    return true
  }

  private mutating func stepOverText(_ byte: UInt8) throws(TOMLError) {
    if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw failure("a control character") }
    position += 1
  }

  // MARK: Keys

  /// A part of a key and where it starts.
  struct KeyPart {
    let text: String
    let offset: Int
  }

  /// A key with its dots.
  mutating func key() throws(TOMLError) -> [KeyPart] {
    var parts: [KeyPart] = []
    repeat {
      skipBlanks()
      parts.append(try keyPart())
      if parts.count > TOMLParser.depthLimit { throw failure("nested too deeply") }
      skipBlanks()
    } while take(".")
    return parts
  }

  private mutating func keyPart() throws(TOMLError) -> KeyPart {
    let start = position
    if hasPrefix("\"\"\"") || hasPrefix("'''") { throw failure("a key cannot have several lines") }
    if byte == UInt8(ascii: "\"") { return KeyPart(text: try basicString(), offset: start) }
    if byte == UInt8(ascii: "'") { return KeyPart(text: try literalString(), offset: start) }
    while let byte, byte.isBareKeyCharacter { position += 1 }
    if position == start { throw failure("expected a key") }
    return KeyPart(text: text(start..<position), offset: start)
  }

  // MARK: Strings

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// A string of any of the four kinds.
  mutating func string() throws(TOMLError) -> String {
    if hasPrefix("\"\"\"") { return try multilineString(UInt8(ascii: "\""), hasEscapes: true) }
    if hasPrefix("'''") { return try multilineString(UInt8(ascii: "'"), hasEscapes: false) }
    return try byte == UInt8(ascii: "'") ? literalString() : basicString()
  }

  private mutating func literalString() throws(TOMLError) -> String {
    position += 1
    let start = position
    while let byte, byte != UInt8(ascii: "'") { try stepInLine(byte) }
    if byte == nil { throw failure("a string that does not end") }
    defer { position += 1 }
    return text(start..<position)
  }

  private mutating func basicString() throws(TOMLError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        try appendEscape(to: &content)
      } else {
        try stepInLine(byte)
        content.append(byte)
      }
    }
    if byte == nil { throw failure("a string that does not end") }
    position += 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func stepInLine(_ byte: UInt8) throws(TOMLError) {
    if byte == 0x0A || byte == 0x0D { throw failure("a string that does not end on its line") }
    try stepOverText(byte)
  }

  private mutating func multilineString(_ quote: UInt8, hasEscapes: Bool) throws(TOMLError) -> String {
    let start = position
    position += 3
    _ = try takeLineEnd()
    var content: [UInt8] = []
    while let byte {
      if byte == quote {
        if try endMultiline(quote, &content) { return String(decoding: content, as: UTF8.self) }
      } else if try takeLineEnd() {
        content.append(0x0A)
      } else if hasEscapes, byte == UInt8(ascii: "\\") {
        if try !skipEscapedLineEnd() { try appendEscape(to: &content) }
      } else {
        try stepOverText(byte)
        content.append(byte)
      }
    }
    throw failure("a string that does not end", at: start)
  }

  /// Reads a run of quotes: three end the string, and up to two more before them belong to it.
  private mutating func endMultiline(_ quote: UInt8, _ content: inout [UInt8]) throws(TOMLError) -> Bool {
    var count = 0
    while byte == quote, count < 5 {
      position += 1
      count += 1
    }
    let isEnd = count >= 3
    content.append(contentsOf: repeatElement(quote, count: isEnd ? count - 3 : count))
    return isEnd
  }

  /// A backslash at the end of a line joins it with the next text.
  private mutating func skipEscapedLineEnd() throws(TOMLError) -> Bool {
    let start = position
    position += 1
    skipBlanks()
    guard try takeLineEnd() else {
      position = start
      return false
    }
    repeat { skipBlanks() } while try takeLineEnd()
    return true
  }

  private mutating func appendEscape(to content: inout [UInt8]) throws(TOMLError) {
    let start = position
    position += 1
    guard let letter = byte else { throw failure("a string that does not end") }
    position += 1
    switch letter {
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(letter)
    case UInt8(ascii: "u"): try appendScalar(digits: 4, from: start, to: &content)
    case UInt8(ascii: "U"): try appendScalar(digits: 8, from: start, to: &content)
    default: throw failure("an unknown escape; a backslash itself is written \\\\", at: start)
    }
  }

  private mutating func appendScalar(
    digits: Int, from start: Int, to content: inout [UInt8]
  ) throws(TOMLError) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = byte.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw failure("expected \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw failure("no character has that code", at: start) }
    content.append(contentsOf: Character(scalar).utf8)
  }
}

extension UInt8 {
  fileprivate var isBareKeyCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: isDigit
    }
  }
}
