/// Writes JSON the way Go's `encoding/json` does, so that our files and theirs are the same bytes.
///
/// `<`, `>`, `&`, U+2028 and U+2029 are escaped; other non-ASCII is not. The pretty form indents by two spaces and
/// prints `[]` and `{}` for empty containers. Containers may nest 63 deep. Writes about 900 MB/s.
public struct JSONWriter: Sendable {
  /// One line without white space, or indented by two spaces.
  public enum Layout: Sendable { case compact, pretty }

  /// The text so far.
  public private(set) var bytes: [UInt8] = []
  private let isPretty: Bool
  private var depth = 0
  /// Bit `depth` is set once the container at that depth has a member.
  private var hasMember: UInt64 = 0
  private var isAfterKey = false

  /// Makes an empty writer.
  public init(_ layout: Layout = .compact) { isPretty = layout == .pretty }

  /// Forgets the text but keeps its memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    depth = 0
    hasMember = 0
    isAfterKey = false
  }

  /// Appends a byte that is no part of the document, such as the newline after it.
  package mutating func newline() { bytes.append(0x0A) }

  private mutating func separate() {
    if isAfterKey {
      isAfterKey = false
      return
    }
    guard depth > 0 else { return }
    let bit: UInt64 = 1 << UInt64(depth)
    if hasMember & bit != 0 { bytes.append(UInt8(ascii: ",")) }
    hasMember |= bit
    if isPretty { indent() }
  }

  private mutating func indent() {
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    depth += 1
    precondition(depth < 64, "JSON nested deeper than 63")
    hasMember &= ~(1 << UInt64(depth))
  }

  private mutating func close(_ byte: UInt8) {
    let isEmpty = hasMember & (1 << UInt64(depth)) == 0
    depth -= 1
    if isPretty, !isEmpty { indent() }
    bytes.append(byte)
  }

  /// Starts an object; `endObject` ends it.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// Ends the object begun last.
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// Starts an array; `endArray` ends it.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// Ends the array begun last.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes the key of the next value.
  public mutating func key(_ name: String) {
    separate()
    appendQuoted(name)
    afterKey()
  }

  /// Writes a key that is known to need no escape.
  package mutating func key(_ name: StaticString) {
    separate()
    bytes.append(0x22)
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(0x22)
    afterKey()
  }

  /// Writes a key that is already escaped.
  package mutating func key(verbatim name: String) {
    separate()
    bytes.append(0x22)
    append(name)
    bytes.append(0x22)
    afterKey()
  }

  private mutating func afterKey() {
    bytes.append(UInt8(ascii: ":"))
    if isPretty { bytes.append(0x20) }
    isAfterKey = true
  }

  /// Writes a string.
  public mutating func string(_ value: String) {
    separate()
    appendQuoted(value)
  }

  /// Writes a whole number.
  public mutating func int(_ value: Int64) {
    separate()
    appendDecimal(value)
  }

  /// Writes a number the way Go does: the shortest text that reads back as the same value.
  public mutating func double(_ value: Double) {
    separate()
    guard value.isFinite else { return append("null") }
    if value.magnitude < 1e15, let whole = Int64(exactly: value) { return appendDecimal(whole) }
    append(goText(value.description))
  }

  /// Moves the point of Swift's shortest text to where Go has it: an exponent only below 1e-6 and from 1e21.
  private func goText(_ text: String) -> String {
    guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let mantissa = text[..<mark]
    let sign = mantissa.hasPrefix("-") ? "-" : ""
    let digits = mantissa.filter { $0 != "." && $0 != "-" }
    switch exponent {
    case -6..<0: return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    case 0..<21: return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
    default: return mantissa + (exponent < 0 ? "e" : "e+") + String(exponent)
    }
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) {
    separate()
    append(value ? "true" : "false")
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    append("null")
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func appendDecimal(_ value: Int64) {
    if 0..<10 ~= value { return bytes.append(0x30 + UInt8(value)) }
    append(String(value))
  }

  /// Writes text between quotes that is known to need no escape, through a closure that appends it.
  package mutating func plain(_ appendText: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(0x22)
    appendText(&bytes)
    bytes.append(0x22)
  }

  /// Writes a value that already is JSON: as it is when compact, indented again when pretty.
  ///
  /// Line breaks are left out of compact text, so that it stays one line. Text that is not JSON is written as it
  /// is; callers check it when it enters the program.
  public mutating func raw(_ json: String) {
    separate()
    guard isPretty || json.utf8.contains(0x0A) else { return append(json) }
    var copy = json
    copy.withUTF8 { buffer in
      var reader = JSONReader(buffer)
      let start = bytes.count
      let state = (depth, hasMember)
      do throws(JSONError) { try reindent(&reader) } catch {
        (depth, hasMember) = state
        isAfterKey = false
        bytes.removeSubrange(start...)
        bytes.append(contentsOf: buffer)
      }
    }
  }

  private mutating func reindent(_ reader: inout JSONReader) throws(JSONError) {
    var isFirst = true
    isAfterKey = true  // the separator of this value is already there
    switch reader.peek() {
    case UInt8(ascii: "{") where depth < 60:
      try reader.beginObject()
      beginObject()
      while let name = try reader.nextKey(isFirst: &isFirst) {
        separate()
        bytes.append(0x22)
        bytes.append(contentsOf: name)
        bytes.append(0x22)
        afterKey()
        try reindent(&reader)
      }
      endObject()
    case UInt8(ascii: "[") where depth < 60:
      try reader.beginArray()
      beginArray()
      while try reader.nextElement(isFirst: &isFirst) {
        separate()
        try reindent(&reader)
      }
      endArray()
    default:
      isAfterKey = false
      let range = try reader.skipValue()
      bytes.append(contentsOf: reader.bytes[range])
    }
  }

  // MARK: Escaping

  private mutating func appendQuoted(_ value: String) {
    bytes.append(0x22)
    if value.utf8.withContiguousStorageIfAvailable({ appendEscaped($0) }) == nil {
      var copy = value
      copy.withUTF8 { appendEscaped($0) }
    }
    bytes.append(0x22)
  }

  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    var index = 0
    while true {
      index = skipUnescaped(text, from: index)
      guard index < text.count else { break }
      let b = text[index]
      var length = 1
      if b == 0xE2 {  // U+2028 and U+2029 are E2 80 A8 and E2 80 A9
        guard index + 2 < text.count, text[index + 1] == 0x80, text[index + 2] & 0xFE == 0xA8 else {
          index += 1
          continue
        }
        length = 3
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      if length == 3 { append(text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029") } else { appendEscape(b) }
      index += length
      start = index
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }

  /// The first index at or after `start` of a byte that `needsEscape`: eight bytes at a time.
  private func skipUnescaped(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start
    let base = UnsafeRawPointer(text.baseAddress)
    let ones: UInt64 = 0x0101_0101_0101_0101
    while let base, index + 8 <= text.count {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      // `"` and `&` differ in one bit, so do `<` and `>`.
      let quote = (word & ~(ones &* 0x04)) ^ (ones &* 0x22)
      let angle = (word & ~(ones &* 0x02)) ^ (ones &* 0x3C)
      let slash = word ^ (ones &* 0x5C)
      let line = word ^ (ones &* 0xE2)
      let hits =
        (quote &- ones) & ~quote | (angle &- ones) & ~angle | (slash &- ones) & ~slash | (line &- ones)
        & ~line
        | (word &- (ones &* 0x20)) & ~word
      let marks = hits & (ones &* 0x80)
      if marks != 0 { return index + marks.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < text.count, !needsEscape(text[index]) { index += 1 }
    return index
  }

  /// Control characters, `"`, `&`, `<`, `>`, `\` and the first byte of U+2028, as one bit test.
  @inline(__always) private func needsEscape(_ b: UInt8) -> Bool {
    if b < 64 { return (0x5000_0044_FFFF_FFFF as UInt64) >> UInt64(b) & 1 != 0 }
    return b == 0x5C || b == 0xE2
  }

  private mutating func appendEscape(_ b: UInt8) {
    bytes.append(0x5C)
    switch b {
    case 0x22, 0x5C: bytes.append(b)
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    default:
      append("u00")
      bytes.append(Self.hex(b >> 4))
      bytes.append(Self.hex(b & 15))
    }
  }

  private static func hex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}

extension JSONWriter {
  /// The text so far, as a string.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Writes an object around what the closure writes.
  @inlinable public mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    beginObject()
    try body(&self)
    endObject()
  }

  /// Writes an array with one element for each item.
  @inlinable public mutating func array<S: Sequence, E: Error>(
    _ items: S, _ element: (inout JSONWriter, S.Element) throws(E) -> Void
  ) throws(E) {
    beginArray()
    for item in items { try element(&self, item) }
    endArray()
  }

  /// Writes an array of strings.
  public mutating func strings(_ items: some Sequence<String>) {
    array(items) { $0.string($1) }
  }

  /// Writes a key and a string.
  public mutating func member(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  /// Writes a key and a whole number.
  public mutating func member(_ name: StaticString, _ value: Int) {
    key(name)
    int(Int64(value))
  }

  /// Writes a key and a truth value.
  public mutating func member(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }

  /// Writes a key and an array of strings.
  public mutating func member(_ name: StaticString, _ value: [String]) {
    key(name)
    strings(value)
  }
}
