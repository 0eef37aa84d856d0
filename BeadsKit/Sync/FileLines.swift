import BeadsFormats
import BeadsModel
import BeadsSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The records of a JSONL file, tolerant as contract 3.4 asks: blank lines, CRLF and a byte order mark are fine.
struct FileLines {
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

  /// Whether a line is a conflict marker that git left.
  static func isConflictMarker(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].contains { line.starts(with: $0.utf8) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The index of the first newline, or the count when there is none.
  fileprivate var firstNewline: Int {
    guard let base = baseAddress, let found = memchr(base, 0x0A, count) else { return count }
    return base.distance(to: found.assumingMemoryBound(to: UInt8.self))
  }
}
