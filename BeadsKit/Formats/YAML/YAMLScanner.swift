/// Reads keys, scalars and flow collections.
struct YAMLScanner {
  let bytes: [UInt8]
  var position: Int
  /// The end of the line, which block scalars and keys cannot cross.
  var lineEnd: Int

  private static let depthLimit = 64

  init(_ bytes: [UInt8], from position: Int, lineEnd: Int) {
    self.bytes = bytes
    self.position = position
    self.lineEnd = lineEnd
  }

  func failure(_ reason: String) -> YAMLError { YAMLError(reason, at: position, in: bytes) }

  private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func skipBlanks() {
    while position < lineEnd, isBlank(bytes[position]) { position += 1 }
  }

  /// Whether only a comment is left of the line.
  var isAtLineEnd: Bool { position >= lineEnd || isComment(position) }

  private func isComment(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: "#")
      && (index == 0 || isBlank(bytes[index - 1]) || bytes[index - 1] == UInt8(ascii: "\n"))
  }

  private func endsKey(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: ":") && (index + 1 >= lineEnd || isBlank(bytes[index + 1]))
  }

  // MARK: Block context

  /// A key and its colon.
  mutating func blockKey() throws(YAMLError) -> String {
    let key: String
    if let quoted = try quoted() {
      key = quoted
      skipBlanks()
    } else {
      try checkPlainStart()
      let start = position
      while position < lineEnd, !endsKey(position), !isComment(position) { position += 1 }
      key = text(start..<trimmedEnd(start, position))
    }
    guard position < lineEnd, endsKey(position) else { throw failure("expected `:` behind the key") }
    position += 1
    return key
  }

  /// A value that starts on this line.
  mutating func blockScalarOrFlow() throws(YAMLError) -> YAMLNode {
    if let collection = try flowCollection(depth: 0) { return collection }
    if let quoted = try quoted() { return .scalar(quoted) }
    try checkPlainStart()
    let start = position
    while position < lineEnd, !isComment(position) {
      if endsKey(position) { throw failure("a `:` here needs quotes around the value") }
      position += 1
    }
    position = trimmedEnd(start, position)
    return Self.plain(text(start..<position))
  }

  private static func plain(_ text: String) -> YAMLNode {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    default: .scalar(text)
    }
  }

  /// Refuses what begins something else than a plain scalar.
  private func checkPlainStart() throws(YAMLError) {
    switch bytes[position] {
    case UInt8(ascii: "&"), UInt8(ascii: "*"):
      throw failure("anchors and aliases are not supported; use quotes")
    case UInt8(ascii: "!"): throw failure("tags are not supported; use quotes")
    case UInt8(ascii: "|"), UInt8(ascii: ">"): throw failure("text over several lines is not supported")
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","),
      UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
      throw failure("text that begins so needs quotes")
    case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
      if byte(at: position + 1).map({ isBlank($0) || isLineEnd($0) }) ?? true {
        throw failure("text that begins so needs quotes")
      }
    default: break
    }
  }

  // MARK: Flow context

  private mutating func flowCollection(depth: Int) throws(YAMLError) -> YAMLNode? {
    let opening = bytes[position]
    guard opening == UInt8(ascii: "[") || opening == UInt8(ascii: "{") else { return nil }
    if depth > Self.depthLimit { throw failure("too deeply nested") }
    position += 1
    return opening == UInt8(ascii: "[") ? .list(try flowList(depth)) : .map(try flowMap(depth))
  }

  private mutating func flowList(_ depth: Int) throws(YAMLError) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while try !closes(UInt8(ascii: "]")) {
      items.append(try flowValue(depth))
      try separator(UInt8(ascii: "]"))
    }
    return items
  }

  private mutating func flowMap(_ depth: Int) throws(YAMLError) -> YAMLMap {
    var map = YAMLMap(isFlow: true, indent: 0)
    while try !closes(UInt8(ascii: "}")) {
      let start = position
      let entry = try flowEntry(depth)
      if map[entry.key] != nil { throw YAMLError("the key \(entry.key) appears twice", at: start, in: bytes) }
      map.entries.append(entry)
      try separator(UInt8(ascii: "}"))
    }
    return map
  }

  private mutating func flowEntry(_ depth: Int) throws(YAMLError) -> YAMLEntry {
    let start = position
    let key: String
    if let quoted = try quoted() { key = quoted } else { key = try flowPlain() }
    try skipFlowSpace()
    var colonEnd: Int?
    var value = YAMLNode.null
    var range: Range<Int>?
    if byte(at: position) == UInt8(ascii: ":") {
      position += 1
      colonEnd = position
      try skipFlowSpace()
      let next = byte(at: position)
      if next != UInt8(ascii: ","), next != UInt8(ascii: "}") {
        let valueStart = position
        value = try flowValue(depth)
        range = valueStart..<position
      }
    }
    return YAMLEntry(
      key: key, value: value, start: start, colonEnd: colonEnd, valueRange: range, end: position)
  }

  private mutating func flowValue(_ depth: Int) throws(YAMLError) -> YAMLNode {
    if position >= bytes.count { throw failure("the collection is not closed") }
    if let collection = try flowCollection(depth: depth + 1) { return collection }
    if let quoted = try quoted() { return .scalar(quoted) }
    return Self.plain(try flowPlain())
  }

  private mutating func flowPlain() throws(YAMLError) -> String {
    try checkPlainStart()
    let start = position
    while let byte = byte(at: position), !isFlowEnd(byte), !isLineEnd(byte), !isComment(position) {
      if byte == UInt8(ascii: ":"),
        self.byte(at: position + 1).map({ isBlank($0) || isFlowEnd($0) || isLineEnd($0) }) ?? true
      {
        break
      }
      position += 1
    }
    position = trimmedEnd(start, position)
    return text(start..<position)
  }

  private func isFlowEnd(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
    default: false
    }
  }

  private mutating func closes(_ closing: UInt8) throws(YAMLError) -> Bool {
    try skipFlowSpace()
    guard position < bytes.count, bytes[position] == closing else { return false }
    position += 1
    return true
  }

  private mutating func separator(_ closing: UInt8) throws(YAMLError) {
    try skipFlowSpace()
    if byte(at: position) == UInt8(ascii: ",") {
      position += 1
    } else if byte(at: position) != closing {
      throw failure("expected `,` or `\(Character(Unicode.Scalar(closing)))`")
    }
  }

  private mutating func skipFlowSpace() throws(YAMLError) {
    while let byte = byte(at: position) {
      if isBlank(byte) || isLineEnd(byte) {
        position += 1
      } else if isComment(position) {
        position = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      } else {
        return
      }
    }
    throw failure("the collection is not closed")
  }

  // MARK: Text

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  private func trimmedEnd(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return end
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// A quoted scalar, or nil when there is none here.
  private mutating func quoted() throws(YAMLError) -> String? {
    switch byte(at: position) {
    case UInt8(ascii: "'"): try singleQuoted()
    case UInt8(ascii: "\""): try doubleQuoted()
    default: nil
    }
  }

  private mutating func nextQuotedByte(_ start: Int) throws(YAMLError) -> UInt8 {
    guard let byte = byte(at: position), byte != UInt8(ascii: "\n") else {
      throw YAMLError("the quotes are not closed on this line", at: start, in: bytes)
    }
    position += 1
    return byte
  }

  private mutating func singleQuoted() throws(YAMLError) -> String {
    let start = position
    var result: [UInt8] = []
    position += 1
    while true {
      let next = try nextQuotedByte(start)
      if next == UInt8(ascii: "'") {
        if byte(at: position) != UInt8(ascii: "'") { return String(decoding: result, as: UTF8.self) }
        position += 1
      }
      result.append(next)
    }
  }

  private mutating func doubleQuoted() throws(YAMLError) -> String {
    let start = position
    var result: [UInt8] = []
    position += 1
    while true {
      let next = try nextQuotedByte(start)
      if next == UInt8(ascii: "\"") { return String(decoding: result, as: UTF8.self) }
      if next == UInt8(ascii: "\\") {
        result += try escape(start).utf8
      } else {
        result.append(next)
      }
    }
  }

  private mutating func escape(_ start: Int) throws(YAMLError) -> String {
    let kind = try nextQuotedByte(start)
    switch kind {
    case UInt8(ascii: "x"): return try hexadecimal(2)
    case UInt8(ascii: "u"): return try hexadecimal(4)
    case UInt8(ascii: "U"): return try hexadecimal(8)
    default:
      if let index = Self.escapeNames.firstIndex(of: kind) { return Self.escaped[index] }
      position -= 2
      throw failure("unknown escape in double quotes")
    }
  }

  private static let escapeNames = Array("0abtnvfreN_LP \"/\\".utf8)
  private static let escaped = [
    "\0", "\u{7}", "\u{8}", "\t", "\n", "\u{B}", "\u{C}", "\r", "\u{1B}", "\u{85}", "\u{A0}", "\u{2028}",
    "\u{2029}", " ",
    "\"", "/", "\\",
  ]

  private mutating func hexadecimal(_ count: Int) throws(YAMLError) -> String {
    let digits = text(position..<min(position + count, bytes.count))
    guard digits.utf8.count == count, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
    else { throw failure("expected \(count) hexadecimal digits of a character") }
    position += count
    return String(scalar)
  }
}
