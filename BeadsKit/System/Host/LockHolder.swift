#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the holder of a lock says about itself: one line of fixed length, so that it is written in one piece.
struct LockHolder: Equatable {
  var ticket: Int64
  var pid: Int32
  /// Nanoseconds since 1970.
  var since: Int64
  var command: String

  static let length = 160

  init(ticket: Int64, pid: Int32, since: Int64, command: String) {
    self.ticket = ticket
    self.pid = pid
    self.since = since
    self.command = command
  }

  init?(parsing bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let ticket = parseDecimal(parts[0]), let pid = parseDecimal(parts[1]),
      let since = parseDecimal(parts[2])
    else { return nil }
    var text = parts[3]
    while let last = text.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\n") { text.removeLast() }
    self.init(
      ticket: ticket, pid: Int32(clamping: pid), since: since, command: String(decoding: text, as: UTF8.self))
  }

  var encoded: [UInt8] {
    var line = Array("\(ticket) \(pid) \(since) ".utf8)
    // Control characters would spoil the line and, later, a terminal.
    line += command.utf8.prefix(Self.length - 1 - line.count).map {
      $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0
    }
    line += repeatElement(UInt8(ascii: " "), count: Self.length - 1 - line.count)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  func description(at now: Int64) -> String {
    let age = max(0, now - since) / 1_000_000_000
    let name = command.isEmpty ? "" : " `\(command)`"
    // A pid that does not exist is either a lie of an old record or a process in another container.
    let state = kill(pid, 0) != 0 && errno == ESRCH ? ", which is not visible from here" : ""
    return "pid \(pid)\(name) since \(age) s\(state)"
  }
}

/// The value of one or more ASCII digits, or nil for anything else.
func parseDecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64? {
  if digits.isEmpty { return nil }
  var value: Int64 = 0
  for digit in digits {
    guard case 0x30...0x39 = digit else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(Int64(digit - 0x30))
    if overflow || carry { return nil }
    value = sum
  }
  return value
}
