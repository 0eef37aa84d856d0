/// A value of a TOML 1.0 document.
public indirect enum TOMLValue: Sendable, Equatable {
  /// Text.
  case string(String)
  /// A whole number of 64 bits.
  case integer(Int64)
  /// A number, `inf` or `nan`.
  case float(Double)
  /// `true` or `false`.
  case boolean(Bool)
  /// A date, a time of day, or both, with or without offset.
  case dateTime(TOMLDateTime)
  /// Values in brackets, or the tables of `[[name]]`.
  case array([TOMLNode])
  /// A table, however it is written.
  case table(TOMLTable)

  /// What the value is, in the words of the TOML specification.
  public var typeName: String {
    switch self {
    case .string: "string"
    case .integer: "integer"
    case .float: "float"
    case .boolean: "boolean"
    case .dateTime: "date-time"
    case .array: "array"
    case .table: "table"
    }
  }
}

/// A value and where it is written.
public struct TOMLNode: Sendable, Equatable {
  /// The value.
  public let value: TOMLValue
  /// The byte at which it starts; `TOMLDocument.position` tells line and column.
  public let offset: Int

  /// Whether both have the same value, wherever it is written.
  public static func == (a: TOMLNode, b: TOMLNode) -> Bool { a.value == b.value }
}

/// Keys and values in the order they are written in.
public struct TOMLTable: Sendable, Equatable {
  /// A key and its value.
  public struct Entry: Sendable, Equatable {
    /// The key.
    public let key: String
    /// The byte at which the key starts.
    public let keyOffset: Int
    /// The value.
    public let node: TOMLNode

    /// Whether both say the same, wherever it is written.
    public static func == (a: Entry, b: Entry) -> Bool { a.key == b.key && a.node == b.node }
  }

  /// The entries.
  public let entries: [Entry]
  private let places: [String: Int]

  init(_ entries: [Entry]) {
    self.entries = entries
    places = Dictionary(entries.enumerated().map { ($1.key, $0) }) { first, _ in first }
  }

  /// The entry of a key, in constant time.
  public func entry(_ key: String) -> Entry? { places[key].map { entries[$0] } }

  /// The value of a key, in constant time.
  public subscript(key: String) -> TOMLValue? { entry(key)?.node.value }

  /// Whether both have the same entries in the same order.
  public static func == (a: TOMLTable, b: TOMLTable) -> Bool { a.entries == b.entries }
}

/// A line and a column of a text, both from 1; columns count characters (Unicode scalars).
public struct TextPosition: Sendable, Hashable, CustomStringConvertible {
  /// The line.
  public let line: Int
  /// The column.
  public let column: Int

  /// `line 3, column 5`.
  public var description: String { "line \(line), column \(column)" }

  /// The position of a byte; linear in what is before it.
  package init(of offset: Int, in bytes: [UInt8]) {
    var start = 0
    var line = 1
    let end = min(offset, bytes.count)
    for index in 0..<end where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      start = index + 1
    }
    self.line = line
    // A continuation byte starts no character.
    column = bytes[start..<end].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

/// Why a text is no TOML, and where.
public struct TOMLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where.
  public let position: TextPosition
  /// Why, as a sentence without capital and full stop.
  public let reason: String

  /// `line 3, column 5: expected a value`.
  public var description: String { "\(position): \(reason)" }

  init(_ reason: String, at offset: Int, in bytes: [UInt8]) {
    position = TextPosition(of: offset, in: bytes)
    self.reason = reason
  }
}
