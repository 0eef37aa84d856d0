import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One caller's place in the queue of a lock file; see `FileLock` for the idea.
///
/// Bytes of the file: 0 the next ticket in decimal, 64 the holder. Bytes locked: 0 while drawing a ticket, 1 while
/// holding the lock, `firstTicket + n` while ticket n waits or holds.
struct LockQueue: ~Copyable {
  private(set) var ticket: Int64 = 0
  private let file: File

  private static let counterByte: Int64 = 0
  private static let mainByte: Int64 = 1
  private static let firstTicket: Int64 = 1 << 40
  private static let counterLength = 20
  private static let holderOffset: off_t = 64
  private static let microsecond: Int64 = 1000

  init(path: String, createMode: UInt32? = 0o644) throws(BeadsError) {
    do throws(BeadsError) {
      file = try File(path, .update(createMode: createMode))
    } catch {
      if createMode == nil || error.code != .notFound { throw error }
      throw BeadsError(.readOnly, "cannot create \(path): the directory does not exist")
    }
  }

  deinit {
    // Unlock before closing: a child that is between fork and exec still shares the open file.
    _ = setLock(F_UNLCK, 0, 0)
  }

  /// Draws a ticket and waits for its turn; false when the deadline passed first.
  mutating func wait(until deadline: Int64) throws(BeadsError) -> Bool {
    guard try drawTicket(until: deadline) else { return false }
    var pace = QueuePace(ticket: ticket)
    while true {
      let isNext = !isLocked(Self.firstTicket, ticket)
      if isNext, try tryLock(Self.mainByte) { return true }
      let now = monotonicNanoseconds()
      pace.observe(serving: holder()?.ticket ?? -1, isFree: !isNext && !isHeld, now: now)
      if pace.mayOvertake(now: now), try tryLock(Self.mainByte) { return true }
      if now >= deadline { return false }
      pause(nanoseconds: min(pace.delay(isNext: isNext, now: now), deadline - now))
    }
  }

  /// Whether somebody else holds the lock.
  var isHeld: Bool { isLocked(Self.mainByte, 1) }

  /// Whether somebody waits besides whoever holds the lock: two tickets are in use.
  var hasWaiter: Bool {
    guard let end = lockedEnd(Self.firstTicket, 0) else { return false }
    return lockedEnd(end, 0) != nil || isLocked(Self.firstTicket, end - 1 - Self.firstTicket)
  }

  /// What the last holder wrote about itself.
  func holder() -> LockHolder? {
    withUnsafeTemporaryAllocation(byteCount: LockHolder.length, alignment: 1) { buffer in
      let count = pread(file.descriptor, buffer.baseAddress, buffer.count, Self.holderOffset)
      return count == buffer.count ? LockHolder(parsing: UnsafeRawBufferPointer(buffer)) : nil
    }
  }

  /// Tells those who wait who holds the lock; failing to is harmless.
  func announce(_ holder: LockHolder) {
    let bytes = holder.encoded
    _ = pwrite(file.descriptor, bytes, bytes.count, Self.holderOffset)
  }

  private mutating func drawTicket(until deadline: Int64) throws(BeadsError) -> Bool {
    var delay = 20 * Self.microsecond
    while !(try tryLock(Self.counterByte)) {
      if monotonicNanoseconds() >= deadline { return false }
      pause(nanoseconds: delay)
      delay = min(delay * 2, 1000 * Self.microsecond)
    }
    ticket = readCounter()
    // A counter that was reset (truncated file) may name tickets still in use: go behind the last of them.
    while let end = lockedEnd(Self.firstTicket + ticket, 0) { ticket = end - Self.firstTicket }
    guard try tryLock(Self.firstTicket + ticket) else {
      throw BeadsError(.io, "cannot queue at \(file.path)")
    }
    try writeCounter(ticket + 1)
    _ = setLock(F_UNLCK, Self.counterByte, 1)
    return true
  }

  private func readCounter() -> Int64 {
    withUnsafeTemporaryAllocation(byteCount: Self.counterLength, alignment: 1) { buffer in
      guard pread(file.descriptor, buffer.baseAddress, buffer.count, 0) == buffer.count else { return 0 }
      return parseDecimal(UnsafeRawBufferPointer(buffer)[...]).flatMap { $0 < 1 << 60 ? $0 : nil } ?? 0
    }
  }

  private func writeCounter(_ value: Int64) throws(BeadsError) {
    let digits = String(value)
    let padding = String(repeating: "0", count: Self.counterLength - digits.utf8.count)
    // Filled up to the holder's line, so that the file stays readable text.
    let spaces = String(repeating: " ", count: Int(Self.holderOffset) - Self.counterLength - 1)
    let line = Array((padding + digits + spaces + "\n").utf8)
    if pwrite(file.descriptor, line, line.count, 0) != line.count {
      throw .system(errno, "write \(file.path)", .write)
    }
  }
}

// The locks themselves.
extension LockQueue {
  private func setLock(_ type: Int32, _ start: Int64, _ length: Int64) -> Int32 {
    var range = Self.range(type, start, length)
    return retrying { fcntl(file.descriptor, Int32(BEADS_OFD_SETLK), &range) }
  }

  private func tryLock(_ byte: Int64) throws(BeadsError) -> Bool {
    if setLock(F_WRLCK, byte, 1) == 0 { return true }
    if errno == EAGAIN || errno == EACCES { return false }
    throw .system(errno, "lock \(file.path)", .write)
  }

  /// Whether another caller has locked part of the range.
  private func isLocked(_ start: Int64, _ length: Int64) -> Bool {
    length > 0 && lockedEnd(start, length) != nil
  }

  /// The end of a lock that another caller has in the range; length 0 reaches to the end of the file.
  private func lockedEnd(_ start: Int64, _ length: Int64) -> Int64? {
    var range = Self.range(F_WRLCK, start, length)
    guard fcntl(file.descriptor, Int32(BEADS_OFD_GETLK), &range) == 0, range.l_type != Int16(F_UNLCK)
    else { return nil }
    return Int64(range.l_start) + max(1, Int64(range.l_len))
  }

  private static func range(_ type: Int32, _ start: Int64, _ length: Int64) -> flock {
    var range = flock()
    range.l_type = Int16(type)
    range.l_whence = Int16(SEEK_SET)
    range.l_start = off_t(start)
    range.l_len = off_t(length)
    return range
  }
}
