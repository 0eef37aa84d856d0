/// What is wrong with a JSON text, and at which byte.
public struct JSONError: Error, Sendable, Equatable {
  /// Byte offset from the start of the text.
  public let offset: Int
  /// The reason, in lower case without a full stop.
  public let reason: String

  /// Describes a fault.
  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

/// A pull reader over UTF-8 JSON text: no tree, no allocation but the strings asked for.
///
/// The buffer must outlive the reader. A caller walks a value with `beginObject` and `nextKey`, or `beginArray`
/// and `nextElement`, and takes each value with the method of its type or skips it. Reads about 500 MB/s.
package struct JSONReader {
  package let bytes: UnsafeBufferPointer<UInt8>
  package private(set) var position: Int

  package init(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  package func failure(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

  /// The next byte that is not white space, or nil at the end of the text.
  package mutating func peek() -> UInt8? {
    while position < bytes.count {
      let b = bytes[position]
      guard b == 0x20 || b == 0x0A || b == 0x0D || b == 0x09 else { return b }
      position += 1
    }
    return nil
  }

  /// Throws unless only white space is left.
  package mutating func expectEnd() throws(JSONError) {
    if peek() != nil { throw failure("text after the value") }
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(JSONError) {
    guard peek() == byte else { throw failure("expected \(what)") }
    position += 1
  }

  // MARK: Containers

  package mutating func beginObject() throws(JSONError) { try expect(UInt8(ascii: "{"), "an object") }

  /// Moves to the next member and returns the bytes of its key, or nil after the closing brace.
  ///
  /// Keys with escapes are returned as written: no key of ours has any, and unknown keys are carried verbatim.
  package mutating func nextKey(isFirst: inout Bool) throws(JSONError) -> UnsafeBufferPointer<UInt8>? {
    guard let b = peek() else { throw failure("unfinished object") }
    if b == UInt8(ascii: "}") {
      position += 1
      return nil
    }
    if !isFirst {
      try expect(UInt8(ascii: ","), "',' or '}'")
    }
    isFirst = false
    guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key") }
    let range = try scanString()
    try checkText(range)
    try expect(UInt8(ascii: ":"), "':'")
    return UnsafeBufferPointer(rebasing: bytes[range])
  }

  package mutating func beginArray() throws(JSONError) { try expect(UInt8(ascii: "["), "an array") }

  /// Moves to the next element; false after the closing bracket.
  package mutating func nextElement(isFirst: inout Bool) throws(JSONError) -> Bool {
    guard let b = peek() else { throw failure("unfinished array") }
    if b == UInt8(ascii: "]") {
      position += 1
      return false
    }
    if !isFirst { try expect(UInt8(ascii: ","), "',' or ']'") }
    isFirst = false
    if peek() == UInt8(ascii: "]") { throw failure("expected a value") }
    return true
  }

  // MARK: Scalars

  /// Takes `null` if it is next.
  package mutating func null() throws(JSONError) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try literal("null")
    return true
  }

  package mutating func bool() throws(JSONError) -> Bool {
    switch peek() {
    case UInt8(ascii: "t"):
      try literal("true")
      return true
    case UInt8(ascii: "f"):
      try literal("false")
      return false
    default: throw failure("expected true or false")
    }
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count,
      (0..<count).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw failure("expected \(word)") }
    position += count
  }

  /// A whole number; forms such as `2.0` and `1e3` count when their value is whole.
  package mutating func int() throws(JSONError) -> Int64 {
    let range = try scanNumber()
    var value: Int64 = 0
    var index = range.lowerBound
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    while index < range.upperBound {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return try wholeNumber(range) }
      let (product, o1) = value.multipliedReportingOverflow(by: 10)
      let (sum, o2) = product.subtractingReportingOverflow(Int64(digit))
      guard !o1, !o2 else { throw JSONError(offset: range.lowerBound, reason: "number out of range") }
      value = sum
      index += 1
    }
    if isNegative { return value }
    guard value != .min else { throw JSONError(offset: range.lowerBound, reason: "number out of range") }
    return -value
  }

  private func wholeNumber(_ range: Range<Int>) throws(JSONError) -> Int64 {
    guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), let whole = Int64(exactly: value)
    else { throw JSONError(offset: range.lowerBound, reason: "expected a whole number") }
    return whole
  }

  package mutating func double() throws(JSONError) -> Double {
    let range = try scanNumber()
    guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else {
      throw JSONError(offset: range.lowerBound, reason: "number out of range")
    }
    return value
  }

  /// The range of the number that is next, checked against the JSON grammar.
  package mutating func scanNumber() throws(JSONError) -> Range<Int> {
    guard peek() != nil else { throw failure("expected a number") }
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let leadingZero = position < bytes.count && bytes[position] == 0x30
    let whole = digits()
    guard whole > 0, !(leadingZero && whole > 1) else {
      position = start
      throw failure("expected a number")
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw failure("expected a digit") }
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      guard digits() > 0 else { throw failure("expected a digit") }
    }
    return start..<position
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
    return position - start
  }

  // MARK: Strings

  /// The decoded string that is next.
  ///
  /// A lone surrogate becomes U+FFFD, as in Go; invalid UTF-8 is an error.
  package mutating func string() throws(JSONError) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw failure("expected a string") }
    let range = try scanString()
    return try text(range)
  }

  /// The decoded text of the string scanned last, whose body is `range`.
  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    let body = UnsafeBufferPointer(rebasing: bytes[range])
    let text = lastStringHadEscape ? try unescaped(body, at: range.lowerBound) : decoded(body)
    guard let text else { throw JSONError(offset: range.lowerBound, reason: "invalid UTF-8 in a string") }
    return text
  }

  /// Throws unless the string scanned last, which is kept as it is, could be decoded.
  private func checkText(_ range: Range<Int>) throws(JSONError) {
    if lastStringHadEscape || !lastStringIsASCII { _ = try text(range) }
  }

  /// Checking is slow in the standard library, and what the scan found to be ASCII needs none.
  private func decoded(_ text: UnsafeBufferPointer<UInt8>) -> String? {
    lastStringIsASCII ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
  }

  /// The bytes between the quotes of the string that is next, when it holds no escape.
  package mutating func plainString() throws(JSONError) -> UnsafeBufferPointer<UInt8>? {
    guard peek() == UInt8(ascii: "\"") else { throw failure("expected a string") }
    let range = try scanString()
    return lastStringHadEscape ? nil : UnsafeBufferPointer(rebasing: bytes[range])
  }

  private var lastStringHadEscape = false
  /// Whether its bytes are ASCII; they may still spell other characters by escapes.
  private var lastStringIsASCII = true

  /// Moves past the string at `position` (an opening quote) and returns the range between the quotes.
  private mutating func scanString() throws(JSONError) -> Range<Int> {
    let start = position + 1
    var index = start
    let count = bytes.count
    var seen: UInt64 = 0
    lastStringHadEscape = false
    while true {
      index = skipPlain(from: index, seen: &seen)
      guard index < count else { throw failure("unfinished string") }
      let b = bytes[index]
      if b == UInt8(ascii: "\"") { break }
      guard b == UInt8(ascii: "\\") else {
        throw JSONError(offset: index, reason: "control character in a string")
      }
      lastStringHadEscape = true
      index += 2
    }
    lastStringIsASCII = seen & Self.highs == 0
    position = index + 1
    return start..<index
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The first index at or after `start` of a quote, backslash or control byte: eight bytes at a time.
  ///
  /// The bytes passed over are or-ed into `seen`.
  private func skipPlain(from start: Int, seen: inout UInt64) -> Int {
    let ones = Self.ones
    var index = start
    let base = UnsafeRawPointer(bytes.baseAddress)
    while let base, index + 8 <= bytes.count {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let hits =
        ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- (ones &* 0x20)) & ~word) & Self.highs
      if hits != 0 {
        let place = hits.trailingZeroBitCount & ~7
        seen |= word & (1 << UInt64(place) &- 1)
        return index + place >> 3
      }
      seen |= word
      index += 8
    }
    while index < bytes.count {
      let b = bytes[index]
      if b == 0x22 || b == 0x5C || b < 0x20 { return index }
      seen |= UInt64(b)
      index += 1
    }
    return index
  }

  /// The text with its escapes resolved, never longer than the escaped one, or nil when it is not UTF-8.
  private func unescaped(_ body: UnsafeBufferPointer<UInt8>, at offset: Int) throws(JSONError) -> String? {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: body.count) { out throws(JSONError) in
      let (count, isASCII) = try unescape(body, to: out, at: offset)
      let text = UnsafeBufferPointer(rebasing: out[..<count])
      return isASCII ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
    }
  }

  private func unescape(
    _ body: UnsafeBufferPointer<UInt8>, to out: UnsafeMutableBufferPointer<UInt8>, at offset: Int
  ) throws(JSONError) -> (count: Int, isASCII: Bool) {
    var isASCII = lastStringIsASCII
    var count = 0
    var index = 0
    while index < body.count {
      let b = body[index]
      guard b == UInt8(ascii: "\\") else {
        out[count] = b
        count += 1
        index += 1
        continue
      }
      guard index + 1 < body.count else {
        throw JSONError(offset: offset + index, reason: "unfinished escape")
      }
      index += 2
      if body[index - 1] == UInt8(ascii: "u") {
        let scalar = try scalar(body, &index, offset)
        isASCII = isASCII && scalar.isASCII
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          out[count] = byte
          count += 1
        }
        continue
      }
      guard let byte = Self.escapedByte(body[index - 1]) else {
        throw JSONError(offset: offset + index - 1, reason: "unknown escape")
      }
      out[count] = byte
      count += 1
    }
    return (count, isASCII)
  }

  private static func escapedByte(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The scalar whose hex digits are at `index`, joined with the surrogate that follows it.
  private func scalar(
    _ body: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ offset: Int
  ) throws(JSONError) -> Unicode.Scalar {
    guard let first = hex4(body, index) else {
      throw JSONError(offset: offset + index, reason: "expected four hex digits")
    }
    index += 4
    var scalar = Unicode.Scalar(first) ?? "\u{FFFD}"
    if 0xD800..<0xDC00 ~= first, index + 6 <= body.count, body[index] == UInt8(ascii: "\\"),
      body[index + 1] == UInt8(ascii: "u"), let second = hex4(body, index + 2), 0xDC00..<0xE000 ~= second
    {
      scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
      index += 6
    }
    return scalar
  }

  private func hex4(_ body: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32? {
    guard start + 4 <= body.count else { return nil }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      switch body[index] {
      case 0x30...0x39: value = value << 4 | UInt32(body[index] - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(body[index] - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(body[index] - 0x57)
      default: return nil
      }
    }
    return value
  }

  // MARK: Skipping

  /// Moves past the value that is next, whatever it is, and returns its range.
  ///
  /// Nesting is limited to 512.
  package mutating func skipValue() throws(JSONError) -> Range<Int> {
    guard peek() != nil else { throw failure("expected a value") }
    let start = position
    try skip(depth: 0)
    return start..<position
  }

  private mutating func skip(depth: Int) throws(JSONError) {
    guard depth < 512 else { throw failure("nested too deeply") }
    var isFirst = true
    switch peek() {
    case UInt8(ascii: "{"):
      position += 1
      while try nextKey(isFirst: &isFirst) != nil { try skip(depth: depth + 1) }
    case UInt8(ascii: "["):
      position += 1
      while try nextElement(isFirst: &isFirst) { try skip(depth: depth + 1) }
    case UInt8(ascii: "\""):
      let range = try scanString()
      try checkText(range)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try scanNumber()
    }
  }
}
