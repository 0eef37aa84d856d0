import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An open file that closes itself and does not leak into child processes.
public struct File: ~Copyable {
  /// How a file is opened.
  public enum Mode: Sendable {
    case read
    /// Reading and writing; created with these permission bits when missing.
    case update(createMode: UInt32?)
    /// Writing at the end; created with these permission bits when missing.
    case append(createMode: UInt32)
    /// Writing a file that must not exist yet.
    case create(mode: UInt32)
  }

  /// The file descriptor, which the value closes.
  public let descriptor: Int32
  /// The path it was opened under.
  public let path: String

  /// Opens a file; errors call it `reportedAs` when the path is one that the user does not know.
  /// - Throws: `not_found`, `read_only` (opening for writing was refused), `already_exists`, `io_error`.
  public init(_ path: String, _ mode: Mode, reportedAs: String? = nil) throws(BeadsError) {
    let (flags, permissions, intent): (Int32, UInt32, Intent) =
      switch mode {
      case .read: (O_RDONLY, 0, .read)
      case .update(let bits?): (O_RDWR | O_CREAT, bits, .write)
      case .update(nil): (O_RDWR, 0, .write)
      case .append(let bits): (O_WRONLY | O_APPEND | O_CREAT, bits, .write)
      case .create(let bits): (O_WRONLY | O_CREAT | O_EXCL, bits, .write)
      }
    descriptor =
      intent == .read
      ? retrying { open(path, flags | O_CLOEXEC, mode_t(permissions)) }
      : retrying("file.open") { open(path, flags | O_CLOEXEC, mode_t(permissions)) }
    self.path = reportedAs ?? path
    if descriptor < 0 {
      throw .system(errno, (intent == .read ? "read " : "write ") + self.path, intent)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The file's kind, permissions and stamp.
  public func status() throws(BeadsError) -> FileStatus {
    var raw = stat()
    if fstat(descriptor, &raw) != 0 { throw .system(errno, "examine \(path)", .read) }
    return FileStatus(raw)
  }

  /// Reads up to the buffer's size at the current position; 0 is the end of the file.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(BeadsError) -> Int {
    let count = retrying { read_(descriptor, buffer) }
    if count < 0 { throw .system(errno, "read \(path)", .read) }
    return count
  }

  /// Everything from the current position to the end.
  public func readToEnd() throws(BeadsError) -> [UInt8] {
    let expected = Int(clamping: try status().stamp.size)
    var bytes: [UInt8] = []
    // One byte more than the size, so that the read that finds the end needs no second buffer.
    var capacity = expected + 1
    while true {
      var failure: BeadsError?
      let start = bytes.count
      let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        count = 0
        do throws(BeadsError) {
          while count < capacity {
            let got = try read(
              into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
            if got == 0 { break }
            count += got
          }
        } catch { failure = error }
      }
      if let failure { throw failure }
      if start == 0 { bytes = chunk } else { bytes += chunk }
      if chunk.count < capacity { return bytes }
      capacity = max(64 * 1024, bytes.count)
    }
  }

  /// Writes all bytes at the current position (at the end for `append`).
  public func write(_ bytes: UnsafeRawBufferPointer) throws(BeadsError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(FailPoint.share(of: rest.count, "file.write")))
      let count = retrying("file.write") { write_(descriptor, part) }
      if count < 0 { throw .system(errno, "write \(path)", .write) }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes all bytes at the current position.
  public func write(_ bytes: [UInt8]) throws(BeadsError) {
    try bytes.withUnsafeBufferPointer { buffer throws(BeadsError) in try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Waits until the file is on the disk.
  public func synchronize() throws(BeadsError) {
    if retrying("file.sync", { fsync(descriptor) }) != 0 { throw .system(errno, "write \(path)", .write) }
  }

  /// Copies bytes of this file to the current position of another, inside the kernel where it can.
  /// - Throws: `corrupt` when this file ends before the range does; `io_error`.
  public func copyRange(offset: Int64, length: Int64, to target: borrowing File) throws(BeadsError) {
    var position = off_t(offset)
    let end = off_t(offset + length)
    #if os(Linux)
      while position < end {
        let wanted = FailPoint.share(of: Int(end - position), "file.copy")
        let count = retrying("file.copy") {
          copy_file_range(descriptor, &position, target.descriptor, nil, wanted, 0)
        }
        if count > 0 { continue }
        if count < 0, [ENOSPC, EDQUOT, EIO].contains(errno) {
          throw .system(errno, "write \(target.path)", .write)
        }
        break
      }
    #endif
    try copyByHand(from: position, to: end, target)
  }

  private func copyByHand(from start: off_t, to end: off_t, _ target: borrowing File) throws(BeadsError) {
    if start >= end { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(1 << 20, Int(end - start)), alignment: 16)
    defer { buffer.deallocate() }
    var position = start
    while position < end {
      let wanted = min(buffer.count, Int(end - position))
      let count = retrying { pread(descriptor, buffer.baseAddress, wanted, position) }
      if count < 0 { throw .system(errno, "read \(path)", .read) }
      if count == 0 { throw BeadsError(.corrupt, "\(path) ended while it was being copied") }
      try target.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      position += off_t(count)
    }
  }
}

// The C functions under names that the methods do not shadow.
private func read_(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}

private func write_(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
  write(descriptor, buffer.baseAddress, buffer.count)
}
