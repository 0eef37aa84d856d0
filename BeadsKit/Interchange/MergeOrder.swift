import BeadsFormats

// A merge needs the equality and order of what is written. `String` takes some different bytes for equal, and
// `Timestamp` different offsets; if a merge did so too, its result would depend on the direction.

extension String {
  /// Whether both are the same bytes.
  func isIdentical(to other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    let same = utf8.withContiguousStorageIfAvailable { a in
      other.utf8.withContiguousStorageIfAvailable { a.isSame(as: $0) }
    }
    return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
  }

  /// Whether this comes first in byte order.
  func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

/// A text as a key: equal when its bytes are.
struct ExactText: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: ExactText, b: ExactText) -> Bool { a.text.isIdentical(to: b.text) }

  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Timestamp {
  /// Whether both are written the same.
  func isIdentical(to other: Timestamp) -> Bool { self == other && offsetMinutes == other.offsetMinutes }

  /// Whether this is the earlier moment, or the same moment with the smaller offset.
  func precedes(_ other: Timestamp) -> Bool {
    self == other ? offsetMinutes < other.offsetMinutes : self < other
  }
}

extension IssueField {
  /// Whether both issues would be written with the same bytes for this field.
  func isIdentical(_ a: UnsafePointer<Issue>, _ b: UnsafePointer<Issue>) -> Bool {
    switch storage {
    case .int, .int64, .optionalInt, .real, .flag: isEqual(a, b)
    case .id: a.pointee.id.rawValue.isIdentical(to: b.pointee.id.rawValue)
    case .text(let path): path.value(in: a).isIdentical(to: path.value(in: b))
    case .time(let path): path.value(in: a).isIdentical(to: path.value(in: b))
    case .labels: a.pointee.labels.elementsEqual(b.pointee.labels) { $0.isIdentical(to: $1) }
    case .dependencies: a.pointee.dependencies == b.pointee.dependencies && isWrittenAlike(a, b)
    case .comments: a.pointee.comments == b.pointee.comments && isWrittenAlike(a, b)
    case .optionalText, .json, .optionalTime, .strings: isEqual(a, b) && isWrittenAlike(a, b)
    }
  }

  private func isWrittenAlike(_ a: UnsafePointer<Issue>, _ b: UnsafePointer<Issue>) -> Bool {
    isEmpty(a) ? isEmpty(b) : writtenBytes(a) == writtenBytes(b)
  }

  private func isEmpty(_ issue: UnsafePointer<Issue>) -> Bool {
    switch storage {
    case .optionalText(let path), .json(let path): path.value(in: issue) == nil
    case .optionalTime(let path): path.value(in: issue) == nil
    case .strings(let path): path.value(in: issue).isEmpty
    case .dependencies: issue.pointee.dependencies.isEmpty
    case .comments: issue.pointee.comments.isEmpty
    default: false
    }
  }

  /// The member as it would be written.
  func writtenBytes(_ issue: UnsafePointer<Issue>) -> [UInt8] {
    var writer = JSONWriter()
    writer.field(self, of: issue, edges: .raw)
    return writer.bytes
  }
}

extension Issue {
  /// Whether both would be written as the same line.
  func isIdentical(to other: Issue) -> Bool {
    withUnsafePointer(to: self) { a in
      withUnsafePointer(to: other) { b in IssueField.all.allSatisfy { $0.isIdentical(a, b) } }
    } && unknownMembers.elementsEqual(other.unknownMembers) { $0.isIdentical(to: $1) }
  }
}

extension Issue.UnknownMember {
  func isIdentical(to other: Issue.UnknownMember) -> Bool {
    key.isIdentical(to: other.key) && json.isIdentical(to: other.json)
  }
}
