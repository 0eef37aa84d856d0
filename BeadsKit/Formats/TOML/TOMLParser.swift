/// A TOML 1.0 document.
///
/// Linear in the text; nesting is limited to 100. https://toml.io/en/v1.0.0
public struct TOMLDocument: Sendable {
  /// The table of the keys before the first header, and of everything below them.
  public let root: TOMLTable
  private let bytes: [UInt8]

  /// Parses a whole text.
  public init(_ bytes: [UInt8]) throws(TOMLError) {
    self.bytes = bytes
    var parser = TOMLParser(bytes)
    root = try parser.document()
  }

  /// Parses a whole text.
  public init(_ text: String) throws(TOMLError) { try self.init(Array(text.utf8)) }

  /// The place of a byte, such as `TOMLNode.offset`.
  public func position(of offset: Int) -> TextPosition { TextPosition(of: offset, in: bytes) }
}

/// Reads statements and values.
struct TOMLParser {
  static let depthLimit = 100
  private var scanner: TOMLScanner
  private let root = TOMLTableBuilder(.header, offset: 0)

  init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes) }

  mutating func document() throws(TOMLError) -> TOMLTable {
    if let invalid = scanner.bytes.firstInvalidUTF8 { throw scanner.failure("not UTF-8", at: invalid) }
    if scanner.hasPrefix("\u{FEFF}") { scanner.position = 3 }
    var current = root
    while true {
      try scanner.skipBlankLines()
      guard let byte = scanner.byte else { return root.table }
      if byte == UInt8(ascii: "[") {
        current = try header()
      } else {
        try keyAndValue(into: current, depth: 0)
      }
      try scanner.endLine()
    }
  }

  // MARK: Statements

  private mutating func header() throws(TOMLError) -> TOMLTableBuilder {
    let isArray = scanner.hasPrefix("[[")
    scanner.position += isArray ? 2 : 1
    let key = try scanner.key()
    guard scanner.take("]"), !isArray || scanner.take("]") else {
      throw scanner.failure("expected `\(isArray ? "]]" : "]")` behind the table's name")
    }
    var table = root
    for part in key.dropLast() { table = try step(into: part, of: table) }
    guard let last = key.last else { return table }
    return isArray ? try appendTable(last, to: table) : try defineTable(last, in: table)
  }

  /// The table that a part of a header's name, but the last, leads to.
  private func step(
    into part: TOMLScanner.KeyPart, of table: TOMLTableBuilder
  ) throws(TOMLError) -> TOMLTableBuilder {
    switch table[part.text] {
    case nil: return table.add(part, .implicit)
    case .table(let next): return next
    case .tables(let list): return list.last
    case .value: throw scanner.failure("`\(part.text)` is a value already", at: part.offset)
    }
  }

  private func defineTable(
    _ part: TOMLScanner.KeyPart, in table: TOMLTableBuilder
  ) throws(TOMLError) -> TOMLTableBuilder {
    switch table[part.text] {
    case nil: return table.add(part, .header)
    case .table(let known) where known.origin == .implicit:
      known.origin = .header
      return known
    default: throw scanner.failure("`\(part.text)` is defined already", at: part.offset)
    }
  }

  private func appendTable(
    _ part: TOMLScanner.KeyPart, to table: TOMLTableBuilder
  ) throws(TOMLError) -> TOMLTableBuilder {
    let element = TOMLTableBuilder(.header, offset: part.offset)
    switch table[part.text] {
    case nil: table.insert(part, .tables(TOMLTableList(element)))
    case .tables(let list): list.append(element)
    default:
      throw scanner.failure("`\(part.text)` is defined already, and is no array of tables", at: part.offset)
    }
    return element
  }

  private mutating func keyAndValue(into table: TOMLTableBuilder, depth: Int) throws(TOMLError) {
    let key = try scanner.key()
    guard scanner.take("=") else { throw scanner.failure("expected `=` behind the key") }
    scanner.skipBlanks()
    let start = scanner.position
    let value = try value(depth: depth + key.count)
    var target = table
    for part in key.dropLast() { target = try dottedTable(part, in: target) }
    guard let last = key.last else { return }
    if target[last.text] != nil {
      throw scanner.failure("`\(last.text)` is defined already", at: last.offset)
    }
    target.insert(last, .value(TOMLNode(value: value, offset: start)))
  }

  /// The table that a part of a dotted key, but the last, defines; only dotted keys may define it further.
  private func dottedTable(
    _ part: TOMLScanner.KeyPart, in table: TOMLTableBuilder
  ) throws(TOMLError) -> TOMLTableBuilder {
    switch table[part.text] {
    case nil: return table.add(part, .dotted)
    case .table(let known) where known.origin != .header:
      known.origin = .dotted
      return known
    default: throw scanner.failure("`\(part.text)` is defined already", at: part.offset)
    }
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
    if depth > Self.depthLimit { throw scanner.failure("nested too deeply") }
    switch scanner.byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try scanner.string())
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "{"): return try inlineTable(depth: depth)
    default: return try word()
    }
  }

  private mutating func array(depth: Int) throws(TOMLError) -> TOMLValue {
    scanner.position += 1
    var items: [TOMLNode] = []
    while true {
      try scanner.skipBlankLines()
      if scanner.take("]") { return .array(items) }
      let start = scanner.position
      items.append(TOMLNode(value: try value(depth: depth + 1), offset: start))
      try scanner.skipBlankLines()
      if scanner.take(",") { continue }
      guard scanner.take("]") else { throw scanner.failure("expected `,` or `]` in the array") }
      return .array(items)
    }
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLValue {
    let builder = TOMLTableBuilder(.header, offset: scanner.position)
    scanner.position += 1
    scanner.skipBlanks()
    if scanner.take("}") { return .table(builder.table) }
    while true {
      try keyAndValue(into: builder, depth: depth + 1)
      scanner.skipBlanks()
      if scanner.take("}") { return .table(builder.table) }
      guard scanner.take(",") else { throw scanner.failure("expected `,` or `}` in the inline table") }
    }
  }

  private mutating func word() throws(TOMLError) -> TOMLValue {
    let start = scanner.position
    stepOverWord()
    // A blank may stand between a date and its time.
    let next = scanner.bytes[scanner.position...].prefix(4)
    if scanner.position - start == 10, next.first == 0x20, next.dropFirst().prefix(2).allSatisfy(\.isDigit),
      next.count == 4, next.last == UInt8(ascii: ":")
    {
      scanner.position += 1
      stepOverWord()
    }
    switch TOMLWord(scanner.bytes[start..<scanner.position]).value() {
    case .success(let value): return value
    case .failure(let problem): throw scanner.failure(problem.reason, at: start)
    }
  }

  private mutating func stepOverWord() {
    while let byte = scanner.byte, byte > 0x20, !"#,[]{}=\"'".utf8.contains(byte) { scanner.position += 1 }
  }
}

extension [UInt8] {
  /// Where the text stops being UTF-8, or nil.
  fileprivate var firstInvalidUTF8: Int? {
    if String(validating: self, as: UTF8.self) != nil { return nil }
    var decoder = UTF8()
    var iterator = makeIterator()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
    return offset
  }
}
