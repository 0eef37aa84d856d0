/// A JSON text that is changed in places, every other byte of it kept.
///
/// Items are named by their places, an index for each level; of several members of one name the last counts, as for
/// most readers. Each change parses anew, which is fast enough for files that people write.
public struct JSONEdit: Sendable {
  /// The text; always one JSON value.
  public private(set) var bytes: [UInt8]
  /// What is in it.
  public private(set) var root: Node

  /// Where a value stands, and what is in it.
  public struct Node: Sendable {
    /// Where its text is, in bytes.
    public let range: Range<Int>
    /// The members of an object or the elements of an array; nil for anything else.
    public let items: [Item]?
    /// Whether it is an array.
    public let isArray: Bool
  }

  /// An element of an array, or a member of an object.
  public struct Item: Sendable {
    /// Nil in an array.
    public let key: String?
    /// From the key, if there is one, to the end of the value.
    public let range: Range<Int>
    /// Its value.
    public let node: Node
  }

  /// Parses a text.
  public init(_ bytes: [UInt8]) throws(JSONError) {
    self.bytes = bytes
    root = try Self.parse(bytes)
  }

  private static func parse(_ bytes: [UInt8]) throws(JSONError) -> Node {
    try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
      var reader = JSONReader(buffer)
      let node = try parse(&reader, depth: 0)
      try reader.expectEnd()
      return node
    }
  }

  private static func parse(_ reader: inout JSONReader, depth: Int) throws(JSONError) -> Node {
    let next = reader.peek()
    let start = reader.position
    guard depth < 60, next == UInt8(ascii: "{") || next == UInt8(ascii: "[") else {
      return Node(range: try reader.skipValue(), items: nil, isArray: false)
    }
    var items: [Item] = []
    var isFirst = true
    let isArray = next == UInt8(ascii: "[")
    if isArray {
      try reader.beginArray()
      while try reader.nextElement(isFirst: &isFirst) {
        let node = try parse(&reader, depth: depth + 1)
        items.append(Item(key: nil, range: node.range, node: node))
      }
    } else {
      try reader.beginObject()
      while let name = try reader.nextKey(isFirst: &isFirst) {
        let key = try JSONValue.decodeKey(name)
        guard let text = reader.bytes.baseAddress, let word = name.baseAddress else { continue }
        let place = word - text - 1  // at its quote
        let node = try parse(&reader, depth: depth + 1)
        items.append(Item(key: key, range: place..<node.range.upperBound, node: node))
      }
    }
    return Node(range: start..<reader.position, items: items, isArray: isArray)
  }
}

extension JSONEdit {
  /// The places of nested members, as far as they exist.
  public func places(of keys: [String]) -> [Int] {
    var places: [Int] = []
    var node = root
    for key in keys {
      guard !node.isArray, let place = node.items?.lastIndex(where: { $0.key == key }) else { break }
      places.append(place)
      if let next = node.items?[place].node { node = next }
    }
    return places
  }

  /// What stands at a place; the root for an empty one.
  public func node(at places: [Int]) -> Node? {
    var node: Node? = root
    for place in places {
      guard let items = node?.items, items.indices.contains(place) else { return nil }
      node = items[place].node
    }
    return node
  }

  /// The value at a place.
  public func value(at places: [Int]) -> JSONValue? {
    node(at: places).flatMap { JSONValue(parsing: String(decoding: bytes[$0.range], as: UTF8.self)) }
  }

  /// Adds an item behind the others of the object or array at a place.
  ///
  /// It is laid out as the item before it is. In an empty container it stands on the same line, behind a space.
  /// - Parameter key: Nil in an array.
  public mutating func add(_ key: String?, _ value: JSONValue, at places: [Int]) throws(JSONError) {
    guard let node = node(at: places), let items = node.items, node.isArray == (key == nil) else { return }
    var text: [UInt8] = []
    if let last = items.last {
      let start = items.count > 1 ? items[items.count - 2].range.upperBound : node.range.lowerBound + 1
      var gap = bytes[start..<last.range.lowerBound].filter { $0 != UInt8(ascii: ",") }
      if gap.isEmpty, items.count == 1 { gap = [UInt8(ascii: " ")] }
      let indent = gap.lastIndex(of: UInt8(ascii: "\n")).map { Array(gap[($0 + 1)...]) }
      text = [UInt8(ascii: ",")] + gap + item(key, value, indent)
      bytes.insert(contentsOf: text, at: last.range.upperBound)
    } else {
      text = [UInt8(ascii: " ")] + item(key, value, nil)
      bytes.insert(contentsOf: text, at: node.range.lowerBound + 1)
    }
    root = try Self.parse(bytes)
  }

  /// Removes an item and the comma and blanks that go with it.
  public mutating func remove(_ places: [Int]) throws(JSONError) {
    guard let place = places.last, let node = node(at: Array(places.dropLast())), let items = node.items,
      items.indices.contains(place)
    else { return }
    let range =
      if items.count == 1 {
        node.range.lowerBound + 1..<items[place].range.upperBound
      } else if place == items.count - 1 {
        items[place - 1].range.upperBound..<items[place].range.upperBound
      } else {
        items[place].range.lowerBound..<items[place + 1].range.lowerBound
      }
    bytes.removeSubrange(range)
    root = try Self.parse(bytes)
  }

  /// An item as it is written: over several lines when it has an indentation, else on one.
  private func item(_ key: String?, _ value: JSONValue, _ indent: [UInt8]?) -> [UInt8] {
    let name = key.map { Array((JSONValue.string($0).compactText + ": ").utf8) } ?? []
    guard let indent else { return name + Array(value.compactText.utf8) }
    return name + Self.pretty(value, indent: indent, unit: unit)
  }

  /// The indentation of one level.
  private var unit: [UInt8] {
    guard let first = root.items?.first else { return [0x20, 0x20] }
    let gap = bytes[root.range.lowerBound + 1..<first.range.lowerBound]
    guard let line = gap.lastIndex(of: UInt8(ascii: "\n")), line + 1 < gap.endIndex else {
      return [0x20, 0x20]
    }
    return Array(gap[(line + 1)...])
  }

  /// A value over several lines, its first without indentation.
  public static func pretty(
    _ value: JSONValue, indent: [UInt8] = [], unit: [UInt8] = [0x20, 0x20]
  ) -> [UInt8] {
    let inner = indent + unit
    func lines(_ items: [[UInt8]], _ open: Unicode.Scalar, _ close: Unicode.Scalar) -> [UInt8] {
      let newline = UInt8(ascii: "\n")
      if items.isEmpty { return [UInt8(ascii: open), UInt8(ascii: close)] }
      let body = items.map { [newline] + inner + $0 }.joined(separator: [UInt8(ascii: ",")])
      return [UInt8(ascii: open)] + body + [newline] + indent + [UInt8(ascii: close)]
    }
    switch value {
    case .array(let items):
      return lines(items.map { pretty($0, indent: inner, unit: unit) }, "[", "]")
    case .object(let members):
      let items = members.map { member in
        Array((JSONValue.string(member.key).compactText + ": ").utf8)
          + pretty(member.value, indent: inner, unit: unit)
      }
      return lines(items, "{", "}")
    default: return Array(value.compactText.utf8)
    }
  }
}
