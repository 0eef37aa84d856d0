import BeadsFormats
import BeadsModel
import BeadsSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a line is no record.
struct LineError: Error {
  let reason: String
}

/// The records of a JSONL file, tolerant as contract 3.4 asks: blank lines, CRLF and a byte order mark are fine.
struct FileLines {
  /// The longest line that is read, in bytes.
  static let maximumLength = 64 << 20

  /// Calls `body` for each line of content with its number and bytes, without line end.
  static func forEach<E: Error>(
    _ content: UnsafeBufferPointer<UInt8>, _ body: (Int, UnsafeBufferPointer<UInt8>) throws(E) -> Void
  ) throws(E) {
    var start = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var number = 0
    while start < content.count {
      let rest = UnsafeBufferPointer(rebasing: content[start...])
      let length = rest.firstNewline
      var end = length
      if end > 0, rest[end - 1] == 0x0D { end -= 1 }
      number += 1
      let line = UnsafeBufferPointer(rebasing: rest[..<end])
      if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { try body(number, line) }
      start += length + 1
    }
  }

  /// The record on a line.
  static func record(
    _ line: UnsafeBufferPointer<UInt8>, _ decoder: IssueDecoder
  ) throws(LineError) -> FileRecord {
    if line.count > maximumLength { throw LineError(reason: "longer than \(maximumLength >> 20) MB") }
    do throws(JSONError) { return try decoder.decode(line) } catch {
      throw LineError(reason: error.reason)
    }
  }

  /// The character of which git's conflict marker on this line consists, nil for any other line.
  ///
  /// Markers are seven characters long, and longer where conflicts lie in a conflict.
  static func conflictMark(_ line: UnsafeBufferPointer<UInt8>) -> UInt8? {
    guard let mark = line.first, [0x3C, 0x3D, 0x3E, 0x7C].contains(mark) else { return nil }
    let length = line.prefix { $0 == mark }.count
    return length >= 7 && (length == line.count || line[length] == 0x20) ? mark : nil
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The index of the first newline, or the count when there is none.
  fileprivate var firstNewline: Int {
    guard let base = baseAddress, let found = memchr(base, 0x0A, count) else { return count }
    return base.distance(to: found.assumingMemoryBound(to: UInt8.self))
  }
}
