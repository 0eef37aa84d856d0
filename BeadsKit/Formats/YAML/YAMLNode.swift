/// A value of a YAML file; scalars are text, whatever they look like.
package indirect enum YAMLNode: Sendable, Equatable {
  /// Nothing, `~` or `null`: as good as not written.
  case null
  case scalar(String)
  case list([YAMLNode])
  case map(YAMLMap)

  /// The text of a scalar.
  package var text: String? {
    if case .scalar(let text) = self { text } else { nil }
  }

  /// The members of a map.
  package var map: YAMLMap? {
    if case .map(let map) = self { map } else { nil }
  }
}

/// A map in the order it is written in.
package struct YAMLMap: Sendable, Equatable {
  package internal(set) var entries: [YAMLEntry] = []
  /// Written as `{...}` instead of one key a line.
  let isFlow: Bool
  /// The number of spaces before the keys of a block map.
  let indent: Int

  package subscript(key: some StringProtocol) -> YAMLEntry? { entries.first { $0.key == key } }

  /// Whether both have equal entries; how they are written does not count.
  package static func == (a: YAMLMap, b: YAMLMap) -> Bool { a.entries == b.entries }
}

/// A key of a map, its value, and where they are written.
package struct YAMLEntry: Sendable, Equatable {
  package let key: String
  package let value: YAMLNode
  /// Where the key starts.
  let start: Int
  /// Behind the colon, or nil in a flow map that has a key alone.
  let colonEnd: Int?
  /// The bytes of a value that starts on the key's line; nil for block values and nulls without a word.
  let valueRange: Range<Int>?
  /// Behind the last line of the entry; in a flow map, of no meaning.
  let end: Int

  package static func == (a: YAMLEntry, b: YAMLEntry) -> Bool { a.key == b.key && a.value == b.value }
}

/// Why a YAML file cannot be read or changed, and where.
package struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Counts from 1.
  package let line: Int
  /// In characters, from 1.
  package let column: Int
  package let reason: String

  package var description: String { "line \(line), column \(column): \(reason)" }

  init(_ reason: String, at offset: Int, in bytes: [UInt8]) {
    let position = TextPosition(of: offset, in: bytes)
    (line, column) = (position.line, position.column)
    self.reason = reason
  }
}
