// Changes by line. Every way of making a change is tried on a copy that is read again, and counts only if the key has
// the new value and all others have their old ones; so a comment that merely looks like a template does no harm.
extension YAMLDocument {
  /// Gives a dotted key a text and leaves all other bytes as they are.
  ///
  /// Replaces the value that is there, or activates a commented line `# key: ...`, or adds a line to the map the key
  /// belongs to, or at the end of the file.
  /// - Throws: when the key is empty or names a group of keys.
  package mutating func set(_ key: String, to text: String) throws(YAMLError) {
    try set(key, .scalar(text))
  }

  /// Gives a dotted key a list of texts; like the form for one text.
  package mutating func set(_ key: String, to texts: [String]) throws(YAMLError) {
    try set(key, .list(texts.map { .scalar($0) }))
  }

  private mutating func set(_ key: String, _ value: YAMLNode) throws(YAMLError) {
    if key.isEmpty { throw YAMLError("a key cannot be empty", at: 0, in: bytes) }
    let present = path(to: key[...], in: root)
    if let entry = present?.last, entry.value.map != nil { throw group(entry) }
    if let present, adopt(replacing(present, value), key, value) { return }
    for candidate in activations(key, value) + insertions(key, value) {
      if adopt(candidate, key, value) { return }
    }
    throw YAMLError("\(key) cannot be set here", at: present?.last?.start ?? 0, in: bytes)
  }

  /// Removes a dotted key and leaves all other bytes as they are; returns whether it was there.
  /// - Throws: when the key names a group of keys.
  @discardableResult
  package mutating func unset(_ key: String) throws(YAMLError) -> Bool {
    var wasThere = false
    // The key may be there both literally and nested.
    while self[key] != nil, let present = path(to: key[...], in: root), let entry = present.last {
      if entry.value.map != nil { throw group(entry) }
      let others = withoutKey(key)
      let copy = try YAMLDocument(removing(present))
      if copy.leaves.count >= leaves.count || !copy.withoutKey(key).elementsEqual(others, by: ==) {
        throw YAMLError("\(key) cannot be removed without changing others", at: entry.start, in: bytes)
      }
      self = copy
      wasThere = true
    }
    return wasThere
  }

  private func group(_ entry: YAMLEntry) -> YAMLError {
    YAMLError("\(entry.key) is a group of keys, not a value", at: entry.start, in: bytes)
  }

  private func withoutKey(_ key: String) -> [(key: String, value: YAMLNode)] {
    leaves.filter { $0.key != key }
  }

  /// Takes over the bytes if they are what was wanted.
  private mutating func adopt(_ candidate: [UInt8]?, _ key: String, _ value: YAMLNode) -> Bool {
    guard let candidate, let copy = try? YAMLDocument(candidate), copy[key] ?? .null == value,
      copy.withoutKey(key).elementsEqual(withoutKey(key), by: ==)
    else { return false }
    self = copy
    return true
  }

  // MARK: Ways to change

  private func replacing(_ path: [YAMLEntry], _ value: YAMLNode) -> [UInt8]? {
    guard let entry = path.last else { return nil }
    let isInFlow = path.dropLast().contains { $0.value.map?.isFlow == true }
    let text = YAMLWriter.encode(value, inFlow: isInFlow)
    if let range = entry.valueRange { return replacing(range, with: text) }
    guard let colonEnd = entry.colonEnd else { return replacing(entry.end..<entry.end, with: ": " + text) }
    var copy = bytes
    // A block value goes; a comment behind its key stays.
    if entry.value != .null { copy.removeSubrange(lineEnd(from: colonEnd)..<entry.end) }
    copy.insert(contentsOf: (" " + text).utf8, at: colonEnd)
    return copy
  }

  private func removing(_ path: [YAMLEntry]) -> [UInt8] {
    guard let entry = path.last else { return bytes }
    if let outer = path.dropLast().last, var map = outer.value.map, map.isFlow, let range = outer.valueRange {
      map.entries.removeAll { $0.key == entry.key }
      return replacing(range, with: YAMLWriter.encode(.map(map), inFlow: true))
    }
    var copy = bytes
    copy.removeSubrange(lineStart(of: entry.start)..<entry.end)
    return copy
  }

  /// The file with a commented line `# key: ...` made a real one, for each that there is.
  private func activations(_ key: String, _ value: YAMLNode) -> [[UInt8]] {
    let names = suffixes(of: key).map { Array((YAMLWriter.key(String($0)) + ":").utf8) }
    return commentedLines().compactMap { line -> [UInt8]? in
      let content = line.text.drop(while: isBlank)
      guard names.contains(where: { content.starts(with: $0) }),
        let entry = try? YAMLDocument(Array(content)),
        let only = entry.root.entries.first, entry.root.entries.count == 1
      else { return nil }
      let active = entry.replacing([only], value) ?? []
      return Array(bytes[..<line.start]) + line.indent + line.text.prefix(while: isBlank) + active
        + bytes[line.end...]
    }
  }

  private func commentedLines() -> [(start: Int, end: Int, indent: [UInt8], text: ArraySlice<UInt8>)] {
    var lines: [(start: Int, end: Int, indent: [UInt8], text: ArraySlice<UInt8>)] = []
    var start = 0
    while start < bytes.count {
      let following = lineEnd(from: start)
      let end = bytes[start..<following].lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
      let line = bytes[start..<(end.map { $0 + 1 } ?? start)]
      let indent = line.prefix(while: isBlank)
      if line.dropFirst(indent.count).first == UInt8(ascii: "#") {
        var text = line.dropFirst(indent.count + 1)
        if text.first == UInt8(ascii: " ") { text = text.dropFirst() }
        lines.append((start, line.endIndex, Array(indent), text))
      }
      start = following
    }
    return lines
  }

  /// The file with a line more: in the innermost map that holds such keys, and else at the end.
  private func insertions(_ key: String, _ value: YAMLNode) -> [[UInt8]] {
    var results: [[UInt8]] = []
    for suffix in suffixes(of: key).reversed() where suffix.startIndex != key.startIndex {
      let prefix = key[..<key.index(before: suffix.startIndex)]
      guard let outer = path(to: prefix, in: root)?.last else { continue }
      results += insertion(String(suffix), value, into: outer).map { [$0] } ?? []
    }
    results.append(
      inserting(line(key, value, indent: root.indent), at: bytes.count))
    return results
  }

  private func insertion(_ key: String, _ value: YAMLNode, into outer: YAMLEntry) -> [UInt8]? {
    switch outer.value {
    case .map(let map) where map.isFlow:
      guard let range = outer.valueRange else { return nil }
      var longer = map
      longer.entries.append(
        YAMLEntry(key: key, value: value, start: 0, colonEnd: nil, valueRange: nil, end: 0))
      return replacing(range, with: YAMLWriter.encode(.map(longer), inFlow: true))
    case .map(let map):
      return inserting(line(key, value, indent: map.indent), at: map.entries.last?.end ?? outer.end)
    case .null where outer.valueRange == nil:
      let indent = outer.start - lineStart(of: outer.start) + 2
      return inserting(line(key, value, indent: indent), at: outer.end)
    default: return nil
    }
  }

  // MARK: Bytes

  /// The key itself and what follows each of its dots.
  private func suffixes(of key: String) -> [Substring] {
    [key[...]]
      + key.indices.filter { key[$0] == "." }.map { key[key.index(after: $0)...] }.filter { !$0.isEmpty }
  }

  private func replacing(_ range: Range<Int>, with text: String) -> [UInt8] {
    Array(bytes[..<range.lowerBound]) + Array(text.utf8) + bytes[range.upperBound...]
  }

  private func inserting(_ line: String, at offset: Int) -> [UInt8] {
    let head = bytes[..<offset]
    let gap =
      switch head.last {
      case nil, UInt8(ascii: "\n"): ""
      case UInt8(ascii: "\r"): "\n"
      default: newline
      }
    return Array(head) + Array((gap + line + newline).utf8) + bytes[offset...]
  }

  private func line(_ key: String, _ value: YAMLNode, indent: Int) -> String {
    String(repeating: " ", count: indent) + YAMLWriter.key(key) + ": " + YAMLWriter.encode(value)
  }

  private var newline: String {
    guard let first = bytes.firstIndex(of: UInt8(ascii: "\n")), first > 0 else { return "\n" }
    return bytes[first - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
  }

  private func lineStart(of offset: Int) -> Int {
    bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  }

  private func lineEnd(from offset: Int) -> Int {
    bytes[offset...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
  }
}
