import BeadsFormats

/// The lines of one file by the record they are about, found by a scan that decodes nothing.
struct MergeLines {
  /// What a line is about; memories come after issues.
  struct Key: Comparable {
    let isMemory: Bool
    let name: String

    static func == (a: Key, b: Key) -> Bool { a.isMemory == b.isMemory && a.name.isIdentical(to: b.name) }

    static func < (a: Key, b: Key) -> Bool {
      a.isMemory == b.isMemory ? a.name.precedes(b.name) : b.isMemory
    }

    /// The lesser key of those there are.
    static func first(_ a: Key?, _ b: Key?) -> Key? {
      guard let a, let b else { return a ?? b }
      return min(a, b)
    }
  }

  /// One line.
  struct Line {
    let key: Key
    let bytes: UnsafeBufferPointer<UInt8>
    let number: Int
    /// Nil in the base.
    let side: RejectedLine.Side?
    /// Where in a file with conflicts it stands.
    var part = Part.common

    func rejected(_ reason: String) -> RejectedLine {
      RejectedLine(side: side ?? .ours, number: number, bytes: Array(bytes), reason: reason)
    }

    var mentionsTombstone: Bool { bytes.contains("\"tombstone\"") }
  }

  /// The parts of a file in which git left conflicts.
  enum Part { case common, first, second, ancestor }

  let byteCount: Int
  private(set) var rejected: [RejectedLine] = []
  /// How many conflicts git left.
  private(set) var conflictCount = 0
  private(set) var hadConflictMarkers = false
  /// What both sides of those conflicts replaced, as far as git says it.
  private(set) var ancestors: [Line] = []
  private(set) var lines: [Line] = []
  private var next = 0

  /// Indexes a file; the lines of the two sides are checked to be JSON, those of the base are not.
  init(_ file: UnsafeBufferPointer<UInt8>, side: RejectedLine.Side?) {
    byteCount = file.count
    lines.reserveCapacity(file.count / 512)
    var start = file.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var number = 0
    var part = Part.common
    while start < file.count {
      let end = file.lineEnd(from: start)
      let line = UnsafeBufferPointer(rebasing: file[start..<end]).trimmed
      start = end + 1
      number += 1
      if let mark = line.conflictMark {
        hadConflictMarkers = true
        if part == .ancestor, mark.length > 7 { continue }
        if mark.character == UInt8(ascii: "<") { conflictCount += 1 }
        part = Self.part(after: mark.character)
      } else if !line.isEmpty, part == .ancestor {
        if let key = try? Self.key(of: line) {
          ancestors.append(Line(key: key, bytes: line, number: number, side: side, part: part))
        }
      } else if !line.isEmpty {
        add(line, number, side, part)
      }
    }
    if !zip(lines, lines.dropFirst()).allSatisfy({ $0.key <= $1.key }) { lines.sort { $0.key < $1.key } }
  }

  /// What both sides of a conflict replaced stands between `|` and `=`.
  private static func part(after mark: UInt8) -> Part {
    switch mark {
    case UInt8(ascii: "<"): .first
    case UInt8(ascii: "|"): .ancestor
    case UInt8(ascii: "="): .second
    default: .common
    }
  }

  private mutating func add(
    _ bytes: UnsafeBufferPointer<UInt8>, _ number: Int, _ side: RejectedLine.Side?, _ part: Part
  ) {
    do throws(JSONError) {
      if side != nil { try Self.check(bytes) }
      lines.append(Line(key: try Self.key(of: bytes), bytes: bytes, number: number, side: side, part: part))
    } catch {
      guard let side else { return }
      rejected.append(RejectedLine(side: side, number: number, bytes: Array(bytes), reason: error.reason))
    }
  }

  // MARK: Walking

  /// What the next lines are about; nil at the end.
  var nextKey: Key? { next < lines.count ? lines[next].key : nil }

  /// The lines about that record; earlier ones are passed over.
  mutating func take(_ key: Key) -> ArraySlice<Line> {
    while next < lines.count, lines[next].key < key { next += 1 }
    let start = next
    while next < lines.count, lines[next].key == key { next += 1 }
    return lines[start..<next]
  }

  // MARK: Scanning

  private static func check(_ line: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    var reader = JSONReader(line)
    guard reader.peek() == UInt8(ascii: "{") else { throw reader.failure("expected an object") }
    _ = try reader.skipValue()
    try reader.expectEnd()
  }

  private static func key(of line: UnsafeBufferPointer<UInt8>) throws(JSONError) -> Key {
    if let id = leadingID(line) { return Key(isMemory: false, name: id) }
    var reader = JSONReader(line)
    var isFirst = true
    var isMemory = false
    try reader.beginObject()
    while let name = try reader.nextKey(isFirst: &isFirst) {
      if name.elementsEqual("_type".utf8) {
        isMemory = try reader.string() == "memory"
      } else if name.elementsEqual(isMemory ? "key".utf8 : "id".utf8) {
        return Key(isMemory: isMemory, name: try reader.string())
      } else {
        _ = try reader.skipValue()
      }
    }
    throw JSONError(offset: 0, reason: "no id")
  }

  /// The ID of a line as we write it, `{"id":"bd-1",...`, unless it needs decoding.
  private static func leadingID(_ line: UnsafeBufferPointer<UInt8>) -> String? {
    guard line.starts(with: #"{"id":""#.utf8) else { return nil }
    let body = line[7...]
    guard let end = body.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }),
      line[end] == UInt8(ascii: "\"")
    else { return nil }
    return String(decoding: line[7..<end], as: UTF8.self)
  }
}
