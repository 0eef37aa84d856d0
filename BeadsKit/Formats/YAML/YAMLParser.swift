/// Reads the block structure: maps and lists by indentation.
struct YAMLParser {
  let bytes: [UInt8]
  private let lines: [Line]
  private var next = 0

  /// A line with content.
  private struct Line {
    /// The first byte that is no space.
    let start: Int
    /// Behind the last byte that is no line end.
    let end: Int
    /// Behind the line end.
    let following: Int
    let indent: Int
  }

  private static let depthLimit = 64

  init(_ bytes: [UInt8]) throws(YAMLError) {
    self.bytes = bytes
    lines = try Self.split(bytes)
  }

  private static func split(_ bytes: [UInt8]) throws(YAMLError) -> [Line] {
    var lines: [Line] = []
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < bytes.count {
      let lineStart = position
      let newline = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
      let following = newline.map { $0 + 1 } ?? bytes.count
      var end = newline ?? bytes.count
      if end > lineStart, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      var start = lineStart
      while start < end, bytes[start] == UInt8(ascii: " ") { start += 1 }
      let content = bytes[start..<end].firstIndex { !isBlank($0) } ?? end
      position = following
      if content == end || bytes[content] == UInt8(ascii: "#") { continue }
      if content != start { throw YAMLError("a tab cannot indent; use spaces", at: start, in: bytes) }
      lines.append(Line(start: start, end: end, following: following, indent: start - lineStart))
    }
    return lines
  }

  mutating func document() throws(YAMLError) -> YAMLMap {
    if next < lines.count, lines[next].indent == 0, isMarker(lines[next], "---") { next += 1 }
    if let line = lines.first(where: { $0.indent == 0 && isDocumentEnd($0) }) {
      throw YAMLError("a second document or directive is not supported", at: line.start, in: bytes)
    }
    if next == lines.count { return YAMLMap(isFlow: false, indent: 0) }
    let first = lines[next].start
    guard case .map(let root) = try block(depth: 0) else {
      throw YAMLError("expected `key: value`", at: first, in: bytes)
    }
    if next < lines.count {
      throw YAMLError("less indented than the first key", at: lines[next].start, in: bytes)
    }
    return root
  }

  private func isDocumentEnd(_ line: Line) -> Bool {
    let isFirst = line.start == lines[0].start
    return isMarker(line, "...") || (isMarker(line, "---") && !isFirst)
      || bytes[line.start] == UInt8(ascii: "%")
  }

  private func isMarker(_ line: Line, _ marker: String) -> Bool {
    let text = bytes[line.start..<line.end]
    guard text.starts(with: marker.utf8) else { return false }
    return text.dropFirst(3).first.map(isBlank) ?? true
  }

  private func isItem(_ line: Line) -> Bool {
    bytes[line.start] == UInt8(ascii: "-") && (line.start + 1 == line.end || isBlank(bytes[line.start + 1]))
  }

  private mutating func block(depth: Int) throws(YAMLError) -> YAMLNode {
    let line = lines[next]
    if depth > Self.depthLimit { throw YAMLError("too deeply nested", at: line.start, in: bytes) }
    let node: YAMLNode = isItem(line) ? .list(try list(line.indent)) : .map(try map(line.indent, depth))
    if next < lines.count, lines[next].indent > line.indent {
      throw YAMLError("unexpected indentation", at: lines[next].start, in: bytes)
    }
    return node
  }

  private mutating func map(_ indent: Int, _ depth: Int) throws(YAMLError) -> YAMLMap {
    var map = YAMLMap(isFlow: false, indent: indent)
    var keys: Set<String> = []
    while next < lines.count, lines[next].indent == indent {
      let start = lines[next].start
      if isItem(lines[next]) { throw YAMLError("a list item where a key is expected", at: start, in: bytes) }
      let entry = try entry(lines[next], depth)
      if !keys.insert(entry.key).inserted {
        throw YAMLError("the key \(entry.key) appears twice", at: start, in: bytes)
      }
      map.entries.append(entry)
    }
    return map
  }

  private mutating func entry(_ line: Line, _ depth: Int) throws(YAMLError) -> YAMLEntry {
    var scanner = YAMLScanner(bytes, from: line.start, lineEnd: line.end)
    let key = try scanner.blockKey()
    let colonEnd = scanner.position
    scanner.skipBlanks()
    let valueStart = scanner.position
    let value: YAMLNode
    var range: Range<Int>?
    if scanner.isAtLineEnd {
      next += 1
      value = try blockValue(below: line, depth)
    } else {
      value = try scanner.blockScalarOrFlow()
      range = valueStart..<scanner.position
      try finishLine(&scanner)
    }
    return YAMLEntry(
      key: key, value: value, start: line.start, colonEnd: colonEnd, valueRange: range,
      end: lines[next - 1].following)
  }

  private mutating func blockValue(below line: Line, _ depth: Int) throws(YAMLError) -> YAMLNode {
    guard next < lines.count else { return .null }
    let below = lines[next]
    // The items of a list may stand right below the key, without indentation.
    if below.indent > line.indent { return try block(depth: depth + 1) }
    if below.indent == line.indent, isItem(below) { return .list(try list(below.indent)) }
    return .null
  }

  private mutating func list(_ indent: Int) throws(YAMLError) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while next < lines.count, lines[next].indent == indent, isItem(lines[next]) {
      let line = lines[next]
      var scanner = YAMLScanner(bytes, from: line.start + 1, lineEnd: line.end)
      scanner.skipBlanks()
      if scanner.isAtLineEnd {
        items.append(.null)
        next += 1
      } else {
        items.append(try scanner.blockScalarOrFlow())
        try finishLine(&scanner)
      }
    }
    if next < lines.count, lines[next].indent > indent {
      throw YAMLError("nested lists and maps in lists are not supported", at: lines[next].start, in: bytes)
    }
    return items
  }

  // A flow value may have ended on a later line than it began.
  private mutating func finishLine(_ scanner: inout YAMLScanner) throws(YAMLError) {
    while next < lines.count, lines[next].start < scanner.position { next += 1 }
    scanner.lineEnd = lines[next - 1].end
    scanner.skipBlanks()
    if !scanner.isAtLineEnd { throw scanner.failure("unexpected text behind the value") }
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
