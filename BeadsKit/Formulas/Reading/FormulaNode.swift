import BeadsFormats

/// A value of a formula file and where it is written, whichever format the file has.
struct FormulaNode {
  indirect enum Value {
    case string(String)
    case integer(Int64)
    /// Any other number, as JSON writes it.
    case number(String)
    case boolean(Bool)
    case null
    /// Something JSON has no word for: a date, or a number that is none.
    case other(String)
    case array([FormulaNode])
    case table([Entry])
  }

  struct Entry {
    let key: String
    let keyOffset: Int
    let node: FormulaNode
  }

  let value: Value
  let offset: Int

  /// What the value is, with its article.
  var kind: String {
    switch value {
    case .string: "text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    case .other: "a date or a special number"
    case .array: "a list"
    case .table: "a table"
    }
  }

  /// The text of a value that is neither list nor table.
  var scalarText: String? {
    switch value {
    case .string(let text), .number(let text), .other(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .null, .array, .table: nil
    }
  }

  /// The value as JSON.
  var json: JSONValue {
    switch value {
    case .string(let text), .other(let text): .string(text)
    case .integer(let number): .number(String(number))
    case .number(let text): .number(text)
    case .boolean(let flag): .bool(flag)
    case .null: .null
    case .array(let items): .array(items.map(\.json))
    case .table(let entries):
      .object(entries.map { JSONValue.Member(key: $0.key, value: $0.node.json) })
    }
  }
}

// MARK: TOML

extension FormulaNode {
  init(_ node: TOMLNode) {
    offset = node.offset
    value =
      switch node.value {
      case .string(let text): .string(text)
      case .integer(let number): .integer(number)
      case .float(let number): number.isFinite ? .number("\(number)") : .other("\(number)")
      case .boolean(let flag): .boolean(flag)
      case .dateTime(let date): .other("\(date)")
      case .array(let items): .array(items.map(FormulaNode.init))
      case .table(let table): .table(Self.entries(table))
      }
  }

  static func entries(_ table: TOMLTable) -> [Entry] {
    table.entries.map { Entry(key: $0.key, keyOffset: $0.keyOffset, node: FormulaNode($0.node)) }
  }
}

// MARK: JSON

extension FormulaNode {
  /// Takes the next value; nesting is limited as in `JSONValue`.
  init(from reader: inout JSONReader, depth: Int = 0) throws(JSONError) {
    guard depth < 60 else { throw reader.failure("nested too deeply") }
    let first = reader.peek()
    offset = reader.position
    switch first {
    case UInt8(ascii: "{"): value = .table(try Self.members(&reader, depth))
    case UInt8(ascii: "["):
      var isFirst = true
      var items: [FormulaNode] = []
      try reader.beginArray()
      while try reader.nextElement(isFirst: &isFirst) {
        items.append(try FormulaNode(from: &reader, depth: depth + 1))
      }
      value = .array(items)
    case UInt8(ascii: "\""): value = .string(try reader.string())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): value = .boolean(try reader.bool())
    case UInt8(ascii: "n"):
      guard try reader.null() else { throw reader.failure("expected null") }
      value = .null
    default:
      let range = try reader.scanNumber()
      let text = String(decoding: reader.bytes[range], as: UTF8.self)
      value = Int64(text).map { .integer($0) } ?? .number(text)
    }
  }

  private static func members(_ reader: inout JSONReader, _ depth: Int) throws(JSONError) -> [Entry] {
    var isFirst = true
    var entries: [Entry] = []
    try reader.beginObject()
    while let name = try reader.nextKey(isFirst: &isFirst) {
      let place = name.baseAddress.flatMap { reader.bytes.baseAddress?.distance(to: $0) } ?? reader.position
      let key = try JSONValue.decodeKey(name)
      let node = try FormulaNode(from: &reader, depth: depth + 1)
      entries.append(Entry(key: key, keyOffset: max(0, place - 1), node: node))
    }
    return entries
  }
}
