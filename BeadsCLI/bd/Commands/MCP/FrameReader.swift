import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One line of input.
enum Frame {
  /// The bytes without the line feed.
  case message([UInt8])
  /// A line of more bytes than are taken; they were read and dropped.
  case oversized
}

/// Splits a stream into lines without keeping more than one of them in memory.
struct FrameReader {
  /// Descriptions of issues are a thousandth of this.
  static let limit = 4 << 20

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// Where the search for the next line feed goes on.
  private var searched = 0
  private var isOversized = false
  private var isAtEnd = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next line, or nil at the end; a last line needs no line feed.
  mutating func next() throws(BeadsError) -> Frame? {
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { drop(through: end) }
        return isOversized || end > Self.limit ? .oversized : .message(Array(buffer[..<end]))
      }
      searched = buffer.count
      if isAtEnd {
        defer { drop(through: buffer.count - 1) }
        return isOversized ? .oversized : buffer.isEmpty ? nil : .message(buffer)
      }
      if searched > Self.limit {
        isOversized = true
        buffer.removeAll()
        searched = 0
      }
      try fill()
    }
  }

  private mutating func drop(through end: Int) {
    buffer.removeSubrange(...end)
    searched = 0
    isOversized = false
  }

  private mutating func fill() throws(BeadsError) {
    while true {
      var error: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { bytes, count in
        let got = read(descriptor, bytes.baseAddress, bytes.count)
        error = got < 0 ? errno : 0
        count = max(0, got)
      }
      switch error {
      case 0:
        isAtEnd = chunk.isEmpty
        buffer += chunk
        return
      case EINTR: continue
      case EAGAIN, EWOULDBLOCK:
        // Whoever shares the descriptor made it non-blocking.
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&request, 1, -1)
      default: throw BeadsError(.io, "cannot read messages: \(String(cString: strerror(error)))")
      }
    }
  }
}
