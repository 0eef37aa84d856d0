/// The subset of YAML that configuration files use, kept with its bytes so that it can be edited in place.
///
/// Understood are comments, maps by indentation, lists of scalars, flow lists and maps, and plain, single- and
/// double-quoted scalars. Refused with line and column are anchors, tags, block scalars, text over several lines,
/// maps in lists, several documents and duplicate keys.
package struct YAMLDocument: Sendable {
  /// The file as it is.
  package internal(set) var bytes: [UInt8]
  package internal(set) var root: YAMLMap

  package init(_ bytes: [UInt8] = []) throws(YAMLError) {
    self.bytes = bytes
    var parser = try YAMLParser(bytes)
    root = try parser.document()
  }

  /// The value of a dotted key, or nil when it is not set.
  ///
  /// `sync.branch` finds both the line `sync.branch: x` and `branch: x` below `sync:`; the former wins.
  package subscript(key: String) -> YAMLNode? {
    guard let entry = path(to: key[...], in: root)?.last, entry.value != .null else { return nil }
    return entry.value
  }

  /// The text of a scalar; nil when the key is not set or is a list or a map.
  package func string(_ key: String) -> String? { self[key]?.text }

  /// A truth value; nil when the key is not set.
  /// - Throws: when the value is none of true, false, yes, no, on, off, 1, 0 in any case.
  package func bool(_ key: String) throws(YAMLError) -> Bool? {
    try typed(key, "true or false") { text in
      switch text.lowercased() {
      case "true", "yes", "on", "1": true
      case "false", "no", "off", "0": false
      default: nil
      }
    }
  }

  /// A whole number; nil when the key is not set.
  package func int(_ key: String) throws(YAMLError) -> Int? {
    try typed(key, "a whole number") { Int($0) }
  }

  /// The texts of a list, or of a scalar's parts between commas; nil when the key is not set or a map.
  package func list(_ key: String) -> [String]? {
    switch self[key] {
    case .list(let nodes): return nodes.compactMap(\.text)
    case .scalar(let text): return text.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
    default: return nil
    }
  }

  /// All set keys in dotted form with their values, in the order of the file; maps are entered, lists are not.
  package var leaves: [(key: String, value: YAMLNode)] { Self.leaves(of: root, below: "") }

  private static func leaves(of map: YAMLMap, below prefix: String) -> [(key: String, value: YAMLNode)] {
    map.entries.flatMap { entry -> [(key: String, value: YAMLNode)] in
      switch entry.value {
      case .null: []
      case .map(let inner): leaves(of: inner, below: prefix + entry.key + ".")
      default: [(prefix + entry.key, entry.value)]
      }
    }
  }

  private func typed<T>(
    _ key: String, _ expected: String, _ convert: (String) -> T?
  ) throws(YAMLError) -> T? {
    guard let entry = path(to: key[...], in: root)?.last, entry.value != .null else { return nil }
    if let value = entry.value.text.flatMap(convert) { return value }
    throw YAMLError("\(key) must be \(expected)", at: entry.valueRange?.lowerBound ?? entry.start, in: bytes)
  }

  /// The entries that lead to a dotted key, outermost first.
  ///
  /// A key that is written but null gives way to others.
  func path(to key: Substring, in map: YAMLMap) -> [YAMLEntry]? {
    let whole = map[key].map { [$0] }
    if let whole, whole[0].value != .null { return whole }
    var rest = key
    while let dot = rest.lastIndex(of: ".") {
      rest = key[..<dot]
      guard let outer = map[rest], case .map(let inner) = outer.value else { continue }
      if let found = path(to: key[key.index(after: dot)...], in: inner) { return [outer] + found }
    }
    return whole
  }
}

private func trimmed(_ text: Substring) -> String {
  let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
  return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
}
